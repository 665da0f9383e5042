// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <optional>
#include <string>

#include "base/assert.h"
#include "fakes/srtp.h"
#include "media/relay.h"

namespace wakeline::test {

inline net::SocketAddress at(std::string_view text) { return *net::SocketAddress::parse(text); }

/// RTP or RTCP from one source, numbered; with keys, SRTP.
class FakeSource {
public:
    FakeSource(std::string_view from, std::uint32_t ssrc) : address(at(from)), ssrc_(ssrc) {}

    void protect_with(const media::SrtpKey& key) {
        session_.emplace(*media::SrtpSession::create(srtp_library(), media::SrtpDirection::Outbound, key));
    }
    Bytes rtp(std::uint8_t payload_type = 8) {
        ++sequence;
        Bytes packet{
            0x80,           payload_type, high(sequence), low(sequence), 0, 0, high(timestamp_ += 160),
            low(timestamp_)};
        append_ssrc(packet);
        packet.insert(packet.end(), {'v', 'o', 'i', 'c', 'e'});
        return protect(std::move(packet), false);
    }
    Bytes rtcp() {
        Bytes packet{0x80, 201, 0, 1};
        append_ssrc(packet);
        return protect(std::move(packet), true);
    }

    net::SocketAddress address;
    std::uint16_t sequence = 100;

private:
    static std::uint8_t high(std::uint16_t v) { return static_cast<std::uint8_t>(v >> 8); }
    static std::uint8_t low(std::uint16_t v) { return static_cast<std::uint8_t>(v); }
    void append_ssrc(Bytes& packet) const {
        for (int shift = 24; shift >= 0; shift -= 8)
            packet.push_back(static_cast<std::uint8_t>(ssrc_ >> shift));
    }
    Bytes protect(Bytes packet, bool rtcp) {
        if (!session_) return packet;
        std::size_t size = packet.size();
        packet.resize(size + media::SrtpSession::kTrailerRoom);
        const auto verdict = rtcp ? session_->protect_rtcp(packet, size) : session_->protect(packet, size);
        WAKELINE_ASSERT(verdict == media::SrtpVerdict::Good);
        packet.resize(size);
        return packet;
    }

    std::uint32_t ssrc_;
    std::uint16_t timestamp_ = 0;
    std::optional<media::SrtpSession> session_;
};

/// Packet I/O for a relay without sockets: a packet in, and where the relay would send it.
class FakeWire {
public:
    explicit FakeWire(media::Relay& relay) : relay_(relay) {}

    /// "192.0.2.1:5000 from 2", or "dropped". What would be sent is in `sent`.
    std::string deliver(media::SocketId socket, const net::SocketAddress& from, const Bytes& data) {
        std::array<std::uint8_t, 2'048> room{};
        std::copy(data.begin(), data.end(), room.begin());
        media::Packet packet;
        packet.room = room;
        packet.size = data.size();
        packet.from_socket = socket;
        std::memcpy(&packet.from, from.sa(), from.size());
        relay_.process({&packet, 1}, now);
        sent.assign(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(packet.size));
        if (packet.to == nullptr) return "dropped";
        return net::SocketAddress::from(packet.to, packet.to_size).str() + " from " +
               std::to_string(packet.to_socket);
    }

    net::TimePoint now{std::chrono::seconds(1'000)};
    Bytes sent;

private:
    media::Relay& relay_;
};

} // namespace wakeline::test
