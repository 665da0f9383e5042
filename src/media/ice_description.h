// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "media/ice_lite.h"
#include "media/sdp.h"

namespace wakeline::media {

/// What SDP says of ICE (RFC 8839), as far as a lite agent needs it: who will check, and whether what came is
/// what was sent.
struct IceDescription {
    IceCredentials theirs;
    bool mismatch = false; // something on the way has changed c= or m=: RFC 8839 section 4.2.5
    bool operator==(const IceDescription&) const = default;

    /// Nothing where no ICE is offered, or none that we could do: both ends lite check nothing.
    /// `default_address`: of c= and m=.
    static std::optional<IceDescription> read(const SdpSection& session, const SdpSection& section,
                                              const net::SocketAddress& default_address);
};

/// Our side of it, in an m= section: one candidate for each port, at `address` and the port after it.
void write_ice(SdpSection& section, const IceCredentials& ours, const net::SocketAddress& address,
               bool rtcp_mux);

} // namespace wakeline::media
