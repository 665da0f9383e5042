// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "registrar/binding.h"

namespace wakeline::registrar {

/// Whether two bindings of one address of record are the same device, which then replaces its old contact
/// (SBC-REG-07), or two of them (SBC-REG-06):
/// - the same instance-id (and reg-id): the same device. Not when the push tokens differ, unless the REGISTER
///   goes on with the old one's Call-ID or connection: then the token was renewed; otherwise two devices were
///   set up from one backup (scenarios 36, 37);
/// - the same push token: the same device, even with a new instance-id (scenario 35);
/// - without either: the same Contact from the same host or with the same Call-ID, or another Contact of that
///   user with the same Call-ID.
bool same_device(const Binding& known, const Binding& fresh);

/// RFC 8599 section 5.3: all of provider, parameter and token.
bool same_push(const Binding& a, const Binding& b);

} // namespace wakeline::registrar
