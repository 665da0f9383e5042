// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/stream_plan.h"

namespace wakeline::media {

/// A unicast address that means the same host everywhere: not RFC 1918, RFC 6598, link-local, loopback or the
/// like.
bool is_public(const net::SocketAddress& address);

/// Nobody in particular is there: no address, no port, a group, or everybody.
bool unusable(const net::SocketAddress& address);

/// Whether the address that a leg's SDP names may be believed: packets from exactly there join it, and
/// packets may be sent there before any came. A PBX's always may. A phone's may when it is the address that
/// signals, or a public one; a phone behind NAT names a private address, which on our side of the NAT is
/// somebody else's, and which other phones name too. Such a leg is silent until its first packet shows the
/// address that works.
bool credible(const LegPlan& plan, const net::SocketAddress& named);

} // namespace wakeline::media
