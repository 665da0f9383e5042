// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "net/socket_address.h"

namespace wakeline::sip {

/// Writes into the top Via of a response where its request really came from: `received` always, `rport` when
/// the client asked for it (RFC 3261 18.2.1, RFC 3581). What the client itself wrote there is replaced.
void stamp_received(std::string& response, const net::SocketAddress& from);

} // namespace wakeline::sip
