// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wakeline::sip {

/// The two requests that an INVITE client transaction makes of its own INVITE, from the text that was sent.

/// The ACK of a 3xx to 6xx (RFC 3261 17.1.1.3); `to` is the To of that response, with its tag.
std::string ack_of(std::string_view invite, std::string_view to);
/// The CANCEL (9.1). `reason`: a Reason header value (RFC 3326), or empty.
std::string cancel_of(std::string_view invite, std::string_view reason);

} // namespace wakeline::sip
