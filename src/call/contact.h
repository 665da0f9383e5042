// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sip/transport.h"

namespace wakeline::call {

/// The Contact by which we are reached on that flow: `<sip:user@our-host;transport=tls>`.
std::string contact_on(const sip::FlowInfo& flow, std::string_view user);

} // namespace wakeline::call
