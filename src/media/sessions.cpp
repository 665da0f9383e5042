// SPDX-License-Identifier: Apache-2.0
#include "media/sessions.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::media {

namespace {

OfferAnswerPolicy policy_of(const MediaConfig& config, bool phone_signalling_secure) {
    OfferAnswerPolicy policy;
    policy.phone = config.srtp.mode;
    policy.trunk = config.trunk.srtp;
    policy.crypto = {.suites = config.srtp.suites, .srtcp = config.srtp.srtcp};
    policy.phone_signalling_secure = phone_signalling_secure;
    return policy;
}

bool unusable_destination(const net::SocketAddress& address) {
    return !address.valid() || address.port() == 0 || address.is_unspecified() || address.is_multicast() ||
           address.is_broadcast();
}

Error unknown_session() { return {ErrorCode::NotFound, "no such media session"}; }

} // namespace

Sessions::Sessions(const MediaConfig& config, const SrtpLibrary& library, net::EventLoop& loop, Log& log,
                   Metrics& metrics)
    : config_(config), library_(library), loop_(loop), log_(log), metrics_(metrics), mailbox_(loop) {}

Sessions::~Sessions() = default;

Status Sessions::start(Listener& listener) {
    auto ports = MediaPorts::open(config_, loop_);
    if (!ports) return ports.error();
    ports_ = *std::move(ports);
    listener_ = &listener;
    const auto forbidden = [this](const net::SocketAddress& address) {
        return unusable_destination(address) || ports_->ours(address);
    };
    const auto silent = [this](const std::vector<MediaId>& ids) {
        for (const MediaId id : ids)
            mailbox_.post([this, id] { on_silent(id); });
    };
    for (unsigned i = 0; i < std::clamp(config_.threads, 1u, 2u); ++i)
        threads_.push_back(std::make_unique<RelayThread>(
            library_, metrics_,
            Relay::Options{.forbidden = forbidden, .rtcp_sockets = {}, .timeout = config_.timeout}, silent));
    for (const MediaSocket& socket : ports_->shared()) {
        on_socket_opened(socket);
        log_.info("media port open",
                  {{"address", socket.local.str()}, {"kind", std::string(name(socket.kind))}});
    }
    if (ports_->range() != nullptr) ports_->range()->set_reader(*this);
    for (const auto& thread : threads_)
        thread->start();
    return Done{};
}

void Sessions::on_socket_opened(const MediaSocket& socket) {
    thread_for(socket.kind)
        .post([id = socket.id, fd = socket.fd.get(), rtcp = socket.rtcp](Relay& relay, PacketPump& pump,
                                                                         net::TimePoint) {
            relay.add_socket(id, rtcp);
            pump.add(id, fd);
        });
}

/// Closed on the thread that reads it, after it has stopped.
void Sessions::on_socket_closed(MediaSocket socket) {
    const auto doomed = std::make_shared<MediaSocket>(std::move(socket)); // letters are copyable
    thread_for(doomed->kind).post([doomed](Relay&, PacketPump& pump, net::TimePoint) {
        pump.remove(doomed->id);
        doomed->fd.reset();
    });
}

Sessions::Session* Sessions::find(MediaId id) {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : &found->second;
}

MediaId Sessions::open(const Setup& setup) {
    const MediaId id = ++last_id_;
    Session& session = sessions_[id];
    session.setup = setup;
    session.negotiation =
        std::make_unique<OfferAnswer>(policy_of(config_, setup.phone_signalling_secure), *ports_);
    metrics_.sessions.set(static_cast<std::int64_t>(sessions_.size()));
    return id;
}

void Sessions::set_signalling(MediaId id, MediaSide side, const net::SocketAddress& address) {
    Session* session = find(id);
    if (session == nullptr) return;
    auto& known =
        side == MediaSide::Phone ? session->setup.phone_signalling : session->setup.trunk_signalling;
    if (known == address) return;
    known = address;
    if (session->answered != 0) relay(id, *session);
}

Result<std::string> Sessions::offer(MediaId id, MediaSide from, std::string_view sdp) {
    Session* session = find(id);
    if (session == nullptr) return unknown_session();
    tell_address(*session, other(from));
    auto offered = session->negotiation->offer(from, sdp);
    if (!offered && offered.error().code == ErrorCode::Exhausted) metrics_.ports_exhausted.add();
    return offered;
}

Result<std::string> Sessions::answer(MediaId id, MediaSide from, std::string_view sdp) {
    Session* session = find(id);
    if (session == nullptr) return unknown_session();
    tell_address(*session, other(from));
    auto answered = session->negotiation->answer(from, sdp);
    if (!answered) return answered;
    take_trunk_side(id, *session);
    return answered;
}

/// Without an address in the configuration, a peer is told the one that leads to it.
void Sessions::tell_address(Session& session, MediaSide side) {
    const auto& peer =
        side == MediaSide::Phone ? session.setup.phone_signalling : session.setup.trunk_signalling;
    if (!ports_->automatic(side) || !peer.valid()) return;
    if (const auto own = address_towards(peer); own.valid()) session.negotiation->set_address(side, own);
}

void Sessions::rollback(MediaId id) {
    if (Session* session = find(id)) session->negotiation->rollback();
}

void Sessions::select(MediaId id) {
    Session* session = find(id);
    if (session != nullptr && session->answered != 0 && !session->active) take_trunk_side(id, *session);
}

/// Forks of one call were given the same trunk SDP; one of them has that address, the newest.
void Sessions::take_trunk_side(MediaId id, Session& session) {
    session.answered = ++answers_;
    for (auto& [other_id, other] : sessions_) {
        if (other_id == id || !other.active || !same_trunk_side(session, other)) continue;
        other.active = false;
        relay(other_id, other);
    }
    session.active = true;
    relay(id, session);
}

bool Sessions::same_trunk_side(const Session& a, const Session& b) const {
    for (const StreamPlan& one : a.negotiation->streams())
        for (const StreamPlan& two : b.negotiation->streams())
            if (one.leg(MediaSide::Trunk).rtp.valid() &&
                one.leg(MediaSide::Trunk).rtp == two.leg(MediaSide::Trunk).rtp)
                return true;
    return false;
}

/// A fork that ended leaves the trunk side to the one that had it before.
void Sessions::give_trunk_side_back(const Session& ended) {
    MediaId heir = 0;
    std::uint64_t latest = 0;
    for (const auto& [id, session] : sessions_) {
        if (session.active || session.answered <= latest || !same_trunk_side(session, ended)) continue;
        heir = id;
        latest = session.answered;
    }
    if (heir != 0) take_trunk_side(heir, sessions_.at(heir));
}

std::vector<StreamPlan> Sessions::plans(const Session& session) const {
    auto streams = session.negotiation->streams();
    for (StreamPlan& stream : streams) {
        stream.leg(MediaSide::Phone).signalling = session.setup.phone_signalling;
        stream.leg(MediaSide::Trunk).signalling = session.setup.trunk_signalling;
    }
    return streams;
}

/// Every thread is told what it has of the session, also that it has nothing any more.
void Sessions::relay(MediaId id, Session& session) {
    const auto streams = plans(session);
    for (const auto& thread : threads_) {
        std::vector<StreamPlan> its;
        std::ranges::copy_if(streams, std::back_inserter(its),
                             [&](const StreamPlan& plan) { return &thread_for(plan.kind) == thread.get(); });
        thread->post([id, its = std::move(its), active = session.active](Relay& relay, PacketPump&,
                                                                         net::TimePoint now) {
            static_cast<void>(relay.apply(id, its, active, now));
        });
    }
}

void Sessions::stats(MediaId id, StatsCallback callback) { ask(id, false, std::move(callback)); }

void Sessions::close(MediaId id, StatsCallback last) {
    const auto found = sessions_.find(id);
    if (found != sessions_.end()) {
        const Session ended = std::move(found->second);
        sessions_.erase(found);
        if (ended.active) give_trunk_side_back(ended);
        metrics_.sessions.set(static_cast<std::int64_t>(sessions_.size()));
    }
    ask(id, true, std::move(last));
}

void Sessions::ask(MediaId id, bool close, StatsCallback callback) {
    const std::uint64_t number = ++last_question_;
    questions_[number] = {std::move(callback), threads_.size(), {}};
    for (const auto& thread : threads_)
        thread->post([this, id, close, number](Relay& relay, PacketPump&, net::TimePoint now) {
            auto stats = close ? relay.close(id, now) : relay.stats(id);
            mailbox_.post([this, number, stats = std::move(stats)] { on_stats(number, stats); });
        });
}

void Sessions::on_stats(std::uint64_t number, MediaStats stats) {
    const auto found = questions_.find(number);
    if (found == questions_.end()) return;
    Question& question = found->second;
    question.stats.insert(question.stats.end(), stats.begin(), stats.end());
    if (--question.open > 0) return;
    const Question answered = std::move(question);
    questions_.erase(found);
    if (answered.callback) answered.callback(answered.stats);
}

void Sessions::on_silent(MediaId id) {
    const Session* session = find(id);
    if (session == nullptr) return;
    metrics_.timeouts.add();
    log_.info("no media arrives", {{"call", session->setup.call}});
    listener_->on_media_timeout(id);
}

} // namespace wakeline::media
