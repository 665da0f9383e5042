// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace wakeline::call {

/// G.711 at 20 ms: the call that an administrator counts with.
inline constexpr std::uint64_t kUsualCost = 83'200;

/// What one direction of a call takes from a line, in bit/s: the payload at its packet time, with 48 octets
/// of headers a packet (IPv4, UDP, RTP, and PPPoE as most lines have it). An offer may become any of its
/// codecs, and costs what the dearest does; an answer costs what its first does. Without SDP the usual call
/// is meant.
std::uint64_t cost_of_offer(std::string_view sdp);
std::uint64_t cost_of_answer(std::string_view sdp);

} // namespace wakeline::call
