// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/crypto_line.h"
#include "media/sdp.h"
#include "media/stream_description.h"

namespace wakeline::media {

/// What an m= section must say to the other side; all else stays as its writer had it.
struct SectionEdit {
    /// Our certificate, and who begins the handshake.
    struct Dtls {
        std::string fingerprint;
        DtlsSetup setup = DtlsSetup::ActPass;
    };

    net::SocketAddress address; // of our RTP port
    std::string proto;
    std::vector<CryptoLine> crypto;
    std::optional<Dtls> dtls;
    std::optional<IceCredentials> ice;
    bool ice_mismatch = false;
    bool rtcp_mux = false;
    bool offers_mux = false; // it may be refused: RTCP has its candidate too (RFC 8839 section 4.2.1.1)
    std::optional<MediaDirection> direction; // to replace c=0.0.0.0 by what it means
};

/// Removes from the session part what concerns one side alone: addresses, keys, ICE, DTLS, BUNDLE, capability
/// negotiation. o= and c= become `origin` and `address`.
void rewrite_session(SdpSection& session, std::string origin, const net::SocketAddress& address);

void rewrite_section(SdpSection& section, const SectionEdit& edit);

/// A stream that is not relayed: port 0, and nothing but its m= line.
void refuse_section(SdpSection& section, std::string_view proto = {});

} // namespace wakeline::media
