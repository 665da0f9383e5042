// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <unordered_map>

#include "media/dtls_thread.h"
#include "media/packet_io.h"
#include "media/relay.h"

namespace wakeline::media {

/// Which leg a DTLS datagram is for, on a media thread. A source that is a leg's flow, by ICE or by its
/// media, has its handshake. Of other sources, those that signal or are named by SDP may begin one; whose it
/// was, its certificate says in the end (RFC 5763 section 5).
class DtlsHandshakes final : DtlsThread::Owner {
public:
    /// The media thread that it is on.
    struct Ground {
        Relay& relay;
        PacketIo& io;
        const net::TimerQueue& clock;
        std::function<void(std::function<void()>)> post; // from any thread; runs it here, soon
    };

    DtlsHandshakes(Ground ground, MediaMetrics& metrics, DtlsThread& thread);

    void on_datagram(const Packet& packet, const FlowKey& source, net::TimePoint now);
    void on_streams(MediaId id, const std::vector<StreamPlan>& streams);
    /// An address of the leg was proved: if it is on us to begin, we can.
    void on_proved(const LegId& leg, const FlowKey& source, const net::SocketAddress& address);
    void on_closed(MediaId id);

private:
    using Ip = std::array<std::uint8_t, 16>;
    struct Handshake {
        FlowKey source;
        net::SocketAddress address;
        std::optional<LegId> leg; // not known before its end, when nothing but the certificate can tell
        net::TimePoint since{};
        bool established = false;
    };
    /// A leg whose keys come from a handshake.
    struct Waiting {
        DtlsPlan dtls;
        LegPlan plan;
        HandshakeId handshake = 0; // the one that it has, or had
        std::vector<Ip> ips;       // from which it may begin without ICE
    };

    void on_datagrams(HandshakeId id, std::vector<Bytes> datagrams) override;
    void on_established(HandshakeId id, const DtlsKeys& keys) override;
    void on_failed(HandshakeId id, const std::string& why) override;

    HandshakeId of_leg(const LegId& id, const Packet& packet, const FlowKey& source, net::TimePoint now);
    HandshakeId of_stranger(const Packet& packet, const FlowKey& source, net::TimePoint now);
    HandshakeId begin(Handshake handshake, bool client, bool address_proved);
    void end(HandshakeId id);
    void wait(const LegId& id, const LegPlan& plan);
    void stop_waiting(const LegId& id);
    void settle(HandshakeId id, const DtlsKeys& keys);
    std::optional<LegId> whose(const Handshake& handshake, const DtlsKeys& keys) const;

    Ground ground_;
    MediaMetrics& metrics_;
    DtlsThread& thread_;
    SourceBudget budget_;
    std::map<LegId, Waiting> legs_;
    std::map<Ip, unsigned> ips_; // of all that wait
    std::unordered_map<HandshakeId, Handshake> handshakes_;
    std::vector<HandshakeId> strangers_; // those of no leg yet
};

} // namespace wakeline::media
