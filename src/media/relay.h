// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "media/admission.h"
#include "media/leg.h"
#include "media/leg_id.h"
#include "media/media_metrics.h"
#include "media/port_sharer.h"

namespace wakeline::media {

/// The streams of one media thread: takes packets from one side of a stream and says where they go on the
/// other, decrypted and encrypted as the legs agreed. No sockets, no clock, no lock; nothing is allocated or
/// logged for a packet of a flow that is up.
class Relay {
public:
    struct Options {
        Admission::Forbidden forbidden; // destinations that are the relay itself
        std::vector<bool> rtcp_sockets; // by SocketId
        net::Duration timeout = std::chrono::seconds(60);
    };

    Relay(const SrtpLibrary& library, MediaMetrics& metrics, Options options);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    void add_socket(SocketId id, bool rtcp);
    /// Until then STUN and DTLS go nowhere. It outlives this.
    void set_port_sharer(PortSharer& sharer) { sharer_ = &sharer; }

    /// All streams of a session, new or as they are from now on. Those left out stop; what they counted
    /// stays. `active`: the session has its trunk side, and no other fork.
    Status apply(MediaId id, const std::vector<StreamPlan>& streams, bool active, net::TimePoint now);
    /// The last statistics. Late packets of the session are recognised for a while, and dropped.
    MediaStats close(MediaId id, net::TimePoint now);
    MediaStats stats(MediaId id) const;

    void process(std::span<Packet> packets, net::TimePoint now);
    /// The packet's source is this leg's peer, by an ICE check: its media come from there and go there from
    /// now on. False: there is no such leg on that socket, or nothing may be sent there.
    bool prove(MediaId id, std::size_t stream, MediaSide side, const Packet& packet, net::TimePoint now);

    /// Null when it is gone.
    const Leg* leg(const LegId& id) const;
    /// Whose flow a source is.
    std::optional<LegId> leg_at(const FlowKey& source) const;
    /// A good check has come for the leg: its peer is still there and wants to hear us (RFC 7675).
    void renew_consent(const LegId& id, net::TimePoint now);
    /// Those of a handshake. The leg was silent until now.
    Status give_keys(const LegId& id, const SrtpKey& receive, const SrtpKey& send, net::TimePoint now);

    /// Once a second: forgets closed streams; returns the sessions on which nothing has come for the timeout.
    /// Each is named again after another timeout.
    std::vector<MediaId> tick(net::TimePoint now);
    /// No packet of this session has come for the timeout, or it has nothing here.
    bool quiet(MediaId id, net::TimePoint now) const;

    std::size_t sessions() const noexcept { return sessions_.size(); }

private:
    using Streams = std::vector<std::unique_ptr<Stream>>;
    struct Session {
        Streams streams;
        net::TimePoint reported{}; // the last time that its silence began to count

        net::TimePoint silent_since() const;
    };
    struct Closed {
        std::unique_ptr<Stream> stream;
        net::TimePoint until;
    };

    Stream& stream_at(MediaId id, Session& session, std::size_t index);
    Status change(Stream& stream, const StreamPlan& plan, bool active, net::TimePoint now);
    Status set_keys(Leg& leg, const LegPlan& plan, net::TimePoint now);
    void stop(Stream& stream);
    void check_consent(Leg& leg, net::TimePoint now);

    void process_few(std::span<Packet> packets);
    void process(Packet& packet, const FlowKey& source);
    void rtp(Packet& packet, const FlowKey& source);
    bool may_have_counted_on(Leg& leg, std::uint32_t ssrc) const;
    void rtcp(Packet& packet, const FlowKey& source, Leg* leg);
    Leg* decrypt(Leg& leg, Packet& packet, const FlowKey& source, const RtpHeader& header);
    Leg* decrypt_rtcp(Leg& leg, Packet& packet, const FlowKey& source);
    void receive(Leg& leg, Packet& packet, const RtpHeader* header);
    void forward(Leg& near, Packet& packet, const RtpHeader* header);
    Leg* inner_leg(const Leg& leg);
    void count(SrtpVerdict verdict, Leg& leg);

    const SrtpLibrary& library_;
    MediaMetrics& metrics_;
    Options options_;
    Admission admission_;
    std::unordered_map<MediaId, Session> sessions_;
    std::vector<Closed> closed_;
    PortSharer* sharer_ = nullptr;
    net::TimePoint now_{};
};

} // namespace wakeline::media
