// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <optional>
#include <string>

#include "base/assert.h"
#include "fakes/srtp.h"
#include "media/rtp.h"
#include "net/socket.h"

namespace wakeline::test {

/// The far end of a media leg on loopback: an RTP socket, and with keys an SRTP endpoint, independent of the
/// relay.
class MediaPeer {
public:
    explicit MediaPeer(const std::string& ip = "127.0.0.1")
        : fd_(*net::new_socket(*net::SocketAddress::parse(ip, 0), SOCK_DGRAM)) {
        WAKELINE_ASSERT(net::bind_socket(fd_, *net::SocketAddress::parse(ip, 0)).has_value());
    }

    net::SocketAddress address() const { return net::local_address(fd_); }
    std::string port() const { return std::to_string(address().port()); }

    void set_keys(const media::SrtpKey& send, const media::SrtpKey& receive) {
        out_.emplace(*media::SrtpSession::create(srtp_library(), media::SrtpDirection::Outbound, send));
        in_.emplace(*media::SrtpSession::create(srtp_library(), media::SrtpDirection::Inbound, receive));
    }

    void send(const net::SocketAddress& to, std::string_view payload) {
        Bytes packet{0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        put(packet, 2, sequence_++, 2);
        put(packet, 4, timestamp_ += 160, 4);
        put(packet, 8, ssrc, 4);
        packet.insert(packet.end(), payload.begin(), payload.end());
        send_raw(to, protect(std::move(packet), false));
    }
    void send_report(const net::SocketAddress& to) {
        Bytes packet{0x80, 201, 0, 1, 0, 0, 0, 0};
        put(packet, 4, ssrc, 4);
        send_raw(to, protect(std::move(packet), true));
    }
    void send_raw(const net::SocketAddress& to, const Bytes& packet) {
        static_cast<void>(::sendto(fd_.get(), packet.data(), packet.size(), 0, to.sa(), to.size()));
    }

    /// The next datagram, as it came.
    std::optional<Bytes> receive_raw(int wait_ms = 1'000) {
        pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, wait_ms) <= 0) return std::nullopt;
        Bytes packet(2'048);
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        const auto got = ::recvfrom(fd_.get(), packet.data(), packet.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &length);
        if (got < 0) return std::nullopt;
        source = net::SocketAddress::from(reinterpret_cast<sockaddr*>(&from), length);
        packet.resize(static_cast<std::size_t>(got));
        return packet;
    }

    /// The payload of the next RTP packet, or "rtcp"; nothing when none comes, "?" when its key is not ours.
    std::optional<std::string> receive(int wait_ms = 1'000) {
        auto received = receive_raw(wait_ms);
        if (!received) return std::nullopt;
        Bytes packet = *std::move(received);
        if (packet.size() < 8) return "?";
        const bool rtcp = media::is_rtcp(packet);
        if (in_) {
            std::size_t size = packet.size();
            const auto verdict = rtcp ? in_->unprotect_rtcp(packet, size) : in_->unprotect(packet, size);
            if (verdict != media::SrtpVerdict::Good) return "?";
            packet.resize(size);
        }
        return rtcp ? "rtcp" : std::string(as_text(ByteView(packet).subspan(12)));
    }

    std::uint32_t ssrc = random_ssrc();
    net::SocketAddress source; // of the last packet received

private:
    static std::uint32_t random_ssrc() {
        static std::uint32_t last = 0x1000;
        return ++last;
    }
    static void put(Bytes& packet, std::size_t at, std::uint32_t value, std::size_t octets) {
        for (std::size_t i = 0; i < octets; ++i)
            packet[at + i] = static_cast<std::uint8_t>(value >> (8 * (octets - 1 - i)));
    }
    Bytes protect(Bytes packet, bool rtcp) {
        if (!out_) return packet;
        std::size_t size = packet.size();
        packet.resize(size + media::SrtpSession::kTrailerRoom);
        const auto verdict = rtcp ? out_->protect_rtcp(packet, size) : out_->protect(packet, size);
        WAKELINE_ASSERT(verdict == media::SrtpVerdict::Good);
        packet.resize(size);
        return packet;
    }

    net::Fd fd_;
    std::optional<media::SrtpSession> in_, out_;
    std::uint32_t sequence_ = 100, timestamp_ = 0;
};

} // namespace wakeline::test
