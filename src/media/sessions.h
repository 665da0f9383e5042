// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "media/config.h"
#include "media/media_metrics.h"
#include "media/media_ports.h"
#include "media/media_sessions.h"
#include "media/offer_answer.h"
#include "media/relay_thread.h"
#include "media/trunk_sides.h"
#include "net/outbox.h"

namespace wakeline::media {

/// The media of all calls: offer/answer here on the signalling thread, packets on the media threads. With a
/// second thread, that one has the video. Destroying it ends the threads and closes the ports.
class Sessions final : public MediaSessions, PortRange::Reader {
public:
    Sessions(const MediaConfig& config, const SrtpLibrary& library, net::EventLoop& loop, Log& log,
             Metrics& metrics);
    ~Sessions() override;
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;

    /// Opens the ports and starts relaying. An error names the port that another program has, or the setting
    /// that is wrong. `listener` outlives this.
    Status start(Listener& listener);

    /// Where SDP sends each side, by kind and security: what the firewall must let in.
    const MediaPorts& ports() const { return *ports_; }
    /// Of the media threads, from `start` on, for who wants to know whether they still turn.
    std::vector<net::Mailbox*> mailboxes() const;

    MediaId open(const Setup& setup) override;
    void set_signalling(MediaId id, MediaSide side, const net::SocketAddress& address) override;
    Result<std::string> offer(MediaId id, MediaSide from, std::string_view sdp) override;
    Result<std::string> answer(MediaId id, MediaSide from, std::string_view sdp) override;
    std::string security(MediaId id, MediaSide side) const override;
    void rollback(MediaId id) override;
    void select(MediaId id) override;
    void stats(MediaId id, StatsCallback callback) override;
    void close(MediaId id, StatsCallback last) override;

private:
    struct Session {
        Setup setup;
        std::unique_ptr<OfferAnswer> negotiation;
        bool answered = false;
    };
    /// Statistics that the media threads have yet to send.
    struct Question {
        StatsCallback callback;
        std::size_t open = 0; // threads
        MediaStats stats;
    };

    void on_socket_opened(const MediaSocket& socket) override;
    void on_socket_closed(MediaSocket socket) override;

    Session* find(MediaId id);
    void tell_address(Session& session, MediaSide side);
    std::size_t thread_for(MediaKind kind) const {
        return kind == MediaKind::Video ? threads_.size() - 1 : 0;
    }
    void post(std::size_t thread, RelayThread::Command command);
    std::vector<StreamPlan> plans(const Session& session) const;
    void relay(MediaId id);
    void take_trunk_side(MediaId id, const Session& session);
    void ask(MediaId id, bool close, StatsCallback callback);
    void on_stats(std::uint64_t question, MediaStats stats);
    void on_refused(MediaId id, const std::string& why);
    void on_silent(std::size_t thread, MediaId id);
    void report_silence(MediaId id);

    const MediaConfig config_;
    const SrtpLibrary& library_;
    net::EventLoop& loop_;
    Log& log_;
    MediaMetrics metrics_;
    Listener* listener_ = nullptr;
    std::unique_ptr<MediaPorts> ports_;
    std::unordered_map<MediaId, Session> sessions_;          // after the ports that they hold
    std::unordered_map<std::string, MediaId> trunk_origins_; // by the o= session id that the trunk is shown
    TrunkSides trunk_sides_;
    std::map<std::uint64_t, Question> questions_;
    MediaId last_id_ = 0;
    std::uint64_t last_question_ = 0;
    net::Mailbox mailbox_; // from the media threads
    std::unique_ptr<DtlsThread> dtls_;
    std::vector<std::unique_ptr<RelayThread>> threads_;  // after what they post to
    std::vector<std::unique_ptr<net::Outbox>> outboxes_; // to each of them
};

} // namespace wakeline::media
