// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "media/crypto_line.h"
#include "net/socket_address.h"

namespace wakeline::bench {

/// One party's description of its audio: G.711, with a key SRTP.
std::string audio_sdp(const net::SocketAddress& address, const media::CryptoLine* crypto);

struct ToldAudio {
    net::SocketAddress address;
    std::optional<media::CryptoLine> crypto;
};
/// What a relay tells a party.
Result<ToldAudio> read_audio(std::string_view sdp);

} // namespace wakeline::bench
