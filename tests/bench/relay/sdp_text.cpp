// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/sdp_text.h"

#include "media/sdp.h"

namespace wakeline::bench {

using media::CryptoLine;

std::string audio_sdp(const net::SocketAddress& address, const CryptoLine* crypto) {
    std::string text = "v=0\r\no=- 1 1 IN IP4 " + address.ip() + "\r\ns=-\r\nc=IN IP4 " + address.ip() +
                       "\r\nt=0 0\r\nm=audio " + std::to_string(address.port()) +
                       (crypto != nullptr ? " RTP/SAVP" : " RTP/AVP") + " 8\r\na=rtpmap:8 PCMA/8000\r\n";
    if (crypto != nullptr) text += "a=crypto:" + crypto->str() + "\r\n";
    return text;
}

Result<ToldAudio> read_audio(std::string_view text) {
    const auto sdp = media::Sdp::parse(text);
    if (!sdp) return sdp.error();
    if (sdp->media.empty()) return Error{ErrorCode::InvalidInput, "an SDP without media"};
    const auto& audio = sdp->media[0];
    const auto line = media::SdpMediaLine::parse(audio.lines[0].value);
    if (!line) return line.error();
    const auto* connection = audio.find('c') != nullptr ? audio.find('c') : sdp->session.find('c');
    if (connection == nullptr) return Error{ErrorCode::InvalidInput, "an SDP without c="};
    const auto address = media::parse_connection(*connection, line->port);
    if (!address) return address.error();
    ToldAudio told{.address = *address, .crypto = {}};
    if (const auto value = audio.attribute("crypto")) {
        auto crypto = CryptoLine::parse(*value);
        if (!crypto) return crypto.error();
        told.crypto = *std::move(crypto);
    }
    return told;
}

} // namespace wakeline::bench
