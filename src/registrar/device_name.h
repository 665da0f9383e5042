// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "registrar/binding.h"

namespace wakeline::registrar {

/// "#3f1a": enough to tell the devices of one user apart.
std::string short_id(BindingId id);

/// "Linphone/5.2 #3f1a": a device as people speak of it.
std::string device_name(const Binding& binding);

} // namespace wakeline::registrar
