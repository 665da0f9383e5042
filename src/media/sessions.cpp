// SPDX-License-Identifier: Apache-2.0
#include "media/sessions.h"

#include <algorithm>

#include "base/text.h"
#include "media/address_rules.h"

namespace wakeline::media {

namespace {

OfferAnswerPolicy policy_of(const MediaConfig& config, const MediaSessions::Setup& setup) {
    OfferAnswerPolicy policy;
    policy.phone = config.srtp.mode;
    policy.trunk = config.trunk.srtp;
    policy.crypto = {.suites = config.srtp.suites, .srtcp = config.srtp.srtcp};
    policy.trunk_suites = config.trunk.suites;
    policy.keys = config.srtp.keys;
    policy.ice = config.ice;
    policy.phone_signalling_secure = setup.phone_signalling_secure;
    policy.trunk_signalling_secure = setup.trunk_signalling_secure;
    policy.match_trunk = config.security_truth == SecurityTruth::MatchTrunk;
    policy.phones = &config.phones;
    auto trunk = config.trunks.find(setup.trunk);
    if (setup.trunk.empty() && config.trunks.size() == 1) trunk = config.trunks.begin();
    if (trunk != config.trunks.end()) policy.pbx = &trunk->second;
    return policy;
}

/// What is over can wait for the next call's letters: a packet that still comes goes where it went.
constexpr net::Duration kCloseWithin = std::chrono::milliseconds(10);

Error unknown_session() { return {ErrorCode::NotFound, "no such media session"}; }

} // namespace

Sessions::Sessions(const MediaConfig& config, const SrtpLibrary& library, net::EventLoop& loop, Log& log,
                   Metrics& metrics)
    : config_(config), library_(library), loop_(loop), log_(log), metrics_(metrics), mailbox_(loop) {}

Sessions::~Sessions() {
    if (dtls_) dtls_->stop(); // it posts to the media threads
}

Status Sessions::start(Listener& listener) {
    auto ports = MediaPorts::open(config_, loop_);
    if (!ports) return ports.error();
    ports_ = *std::move(ports);
    listener_ = &listener;
    auto identity = DtlsIdentity::create();
    if (!identity) return identity.error();
    dtls_ = std::make_unique<DtlsThread>(*std::move(identity), config_.srtp.suites);
    dtls_->start();
    const auto forbidden = [this](const net::SocketAddress& address) {
        return unusable(address) || ports_->ours(address);
    };
    for (unsigned i = 0; i < std::clamp(config_.threads, 1u, 2u); ++i) {
        const auto silent = [this, i](const std::vector<MediaId>& ids) {
            for (const MediaId id : ids)
                mailbox_.post([this, i, id] { on_silent(i, id); });
        };
        threads_.push_back(std::make_unique<RelayThread>(
            library_, metrics_,
            Relay::Options{.forbidden = forbidden, .rtcp_sockets = {}, .timeout = config_.timeout}, silent,
            config_.pacing));
        threads_.back()->share_ports(*dtls_);
        outboxes_.push_back(std::make_unique<net::Outbox>(loop_, threads_.back()->mailbox()));
    }
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

std::vector<net::Mailbox*> Sessions::mailboxes() const {
    std::vector<net::Mailbox*> all;
    for (const auto& thread : threads_)
        all.push_back(&thread->mailbox());
    return all;
}

void Sessions::on_socket_opened(const MediaSocket& socket) {
    post(thread_for(socket.kind), [id = socket.id, fd = socket.fd.get(),
                                   rtcp = socket.rtcp](Relay& relay, PacketIo& io, net::TimePoint) {
        relay.add_socket(id, rtcp);
        io.add(id, fd);
    });
}

/// Closed on the thread that reads it, after it has stopped.
void Sessions::on_socket_closed(MediaSocket socket) {
    const auto doomed = std::make_shared<MediaSocket>(std::move(socket)); // letters are copyable
    post(thread_for(doomed->kind), [doomed](Relay&, PacketIo& io, net::TimePoint) {
        io.remove(doomed->id);
        doomed->fd.reset();
    });
}

void Sessions::post(std::size_t thread, RelayThread::Command command) {
    outboxes_[thread]->post(threads_[thread]->letter(std::move(command)));
}

Sessions::Session* Sessions::find(MediaId id) {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : &found->second;
}

MediaId Sessions::open(const Setup& setup) {
    const MediaId id = ++last_id_;
    Session& session = sessions_[id];
    session.setup = setup;
    auto policy = policy_of(config_, setup);
    policy.fingerprint = dtls_->fingerprint().str();
    policy.own_session = [this](const std::string& origin_id) { return trunk_origins_.contains(origin_id); };
    session.negotiation = std::make_unique<OfferAnswer>(std::move(policy), *ports_);
    trunk_origins_.emplace(session.negotiation->origin_id(MediaSide::Trunk), id);
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
    if (session->answered) relay(id);
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
    session->answered = true;
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

std::string Sessions::security(MediaId id, MediaSide side) const {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? std::string() : found->second.negotiation->security(side);
}

void Sessions::rollback(MediaId id) {
    if (Session* session = find(id)) session->negotiation->rollback();
}

void Sessions::select(MediaId id) {
    const Session* session = find(id);
    if (session != nullptr && session->answered && !trunk_sides_.has(id)) take_trunk_side(id, *session);
}

void Sessions::take_trunk_side(MediaId id, const Session& session) {
    std::vector<TrunkSide> sides;
    for (const StreamPlan& stream : plans(session)) {
        const LegPlan& trunk = stream.leg(MediaSide::Trunk);
        if (trunk.rtp.valid()) sides.push_back({trunk.rtp, trunk.inner});
    }
    for (const MediaId touched : trunk_sides_.take(id, std::move(sides)))
        relay(touched);
    relay(id);
}

std::vector<StreamPlan> Sessions::plans(const Session& session) const {
    auto streams = session.negotiation->streams();
    for (StreamPlan& stream : streams) {
        LegPlan& trunk = stream.leg(MediaSide::Trunk);
        trunk.signalling = session.setup.trunk_signalling;
        stream.leg(MediaSide::Phone).signalling = session.setup.phone_signalling;
        if (!ports_->ours(trunk.rtp)) continue;
        const auto inner = trunk_origins_.find(session.negotiation->remote_origin_id(MediaSide::Trunk));
        if (inner != trunk_origins_.end()) trunk.inner = inner->second;
    }
    return streams;
}

/// Every thread is told what it has of the session, also that it has nothing any more.
void Sessions::relay(MediaId id) {
    const Session* session = find(id);
    if (session == nullptr) return;
    const auto streams = plans(*session);
    // On hold by c=0.0.0.0 it wants no trunk side, and keeps what it has.
    const bool active = trunk_sides_.has(id) || !trunk_sides_.wants(id);
    for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
        std::vector<StreamPlan> its;
        std::ranges::copy_if(streams, std::back_inserter(its),
                             [&](const StreamPlan& plan) { return thread_for(plan.kind) == thread; });
        post(thread, [this, id, active, its = std::move(its)](Relay& relay, PacketIo&, net::TimePoint now) {
            const auto applied = relay.apply(id, its, active, now);
            if (!applied) mailbox_.post([this, id, why = applied.error().message] { on_refused(id, why); });
        });
    }
}

void Sessions::on_refused(MediaId id, const std::string& why) {
    if (const Session* session = find(id))
        log_.error("media cannot be relayed", {{"call", session->setup.call}, {"why", why}});
}

void Sessions::stats(MediaId id, StatsCallback callback) { ask(id, false, std::move(callback)); }

void Sessions::close(MediaId id, StatsCallback last) {
    const auto found = sessions_.find(id);
    if (found != sessions_.end()) {
        trunk_origins_.erase(found->second.negotiation->origin_id(MediaSide::Trunk));
        sessions_.erase(found);
        metrics_.sessions.set(static_cast<std::int64_t>(sessions_.size()));
        for (const MediaId heir : trunk_sides_.leave(id))
            relay(heir);
    }
    ask(id, true, std::move(last));
}

void Sessions::ask(MediaId id, bool close, StatsCallback callback) {
    const std::uint64_t number = ++last_question_;
    questions_[number] = {std::move(callback), threads_.size(), {}};
    for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
        auto letter =
            threads_[thread]->letter([this, id, close, number](Relay& relay, PacketIo&, net::TimePoint now) {
                auto stats = close ? relay.close(id, now) : relay.stats(id);
                mailbox_.post([this, number, stats = std::move(stats)] { on_stats(number, stats); });
            });
        outboxes_[thread]->post_within(close ? kCloseWithin : net::Duration::zero(), std::move(letter));
    }
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

/// Silence on one thread counts when the other hears nothing either.
void Sessions::on_silent(std::size_t thread, MediaId id) {
    if (threads_.size() == 1) return report_silence(id);
    post(1 - thread, [this, id](Relay& relay, PacketIo&, net::TimePoint now) {
        if (relay.quiet(id, now)) mailbox_.post([this, id] { report_silence(id); });
    });
}

void Sessions::report_silence(MediaId id) {
    const Session* session = find(id);
    if (session == nullptr) return;
    metrics_.timeouts.add();
    log_.info("no media arrives", {{"call", session->setup.call}});
    listener_->on_media_timeout(id);
}

} // namespace wakeline::media
