// SPDX-License-Identifier: Apache-2.0
#include "trunk/peer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/random.h"
#include "base/text.h"

namespace wakeline::trunk {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration kSearchAgain = 60s;    // c-ares does not say how long an answer holds
constexpr net::Duration kSearchAgainSoon = 5s; // no address at all
constexpr net::Duration kAvoid = 30s;          // an address that gave no answer, when nobody watches

} // namespace

Result<std::unique_ptr<Peer>> Peer::create(std::string name, const TrunkConfig& config,
                                           const Environment& environment) {
    const auto wrong = [&](const std::string& what) {
        return Error{ErrorCode::InvalidInput, "trunk " + name + ": " + what};
    };
    auto uri = sip::Uri::parse(config.uri);
    if (!uri) return wrong(uri.error().message);
    auto plan = NumberPlan::create(config.numbers);
    if (!plan) return wrong(plan.error().message);
    auto sources = Sources::create(config.accept_from, config.accept_names);
    if (!sources) return wrong(sources.error().message);
    std::unique_ptr<Peer> peer(
        new Peer(name, config, {*std::move(uri), *std::move(plan), *std::move(sources)}, environment));
    if (const auto located = peer->locate(); !located) return wrong(located.error().message);
    return peer;
}

Peer::Peer(std::string name, const TrunkConfig& config, Parts parts, const Environment& environment)
    : name_(std::move(name)), config_(config), uri_(std::move(parts.uri)), plan_(std::move(parts.plan)),
      sources_(std::move(parts.sources)), environment_(environment), lines_(config.max_calls),
      search_timer_(environment.timers), since_(environment.timers.wall_now()),
      health_(environment, *this, {config.options_interval, config.timers.request_response}),
      requests_(environment, *this, {config.timers.call_response, config.timers.request_response}) {}

Peer::~Peer() {
    if (state_ == PeerState::Up && counted_) environment_.metrics.peers_up.add(-1);
}

Status Peer::keep_registered(Secret password) {
    const RegisterConfig& wanted = config_.registration;
    if (wanted.user.empty()) return Done{};
    if (!wanted.registrar.empty()) {
        TrunkConfig config;
        config.uri = wanted.registrar;
        config.local = config_.local;
        config.options_interval = {};
        config.timers = config_.timers;
        auto registrar = Peer::create(name_, config, environment_);
        if (!registrar) return registrar.error();
        registrar_ = *std::move(registrar);
        registrar_->counted_ = false;
    }
    sip::NextHop& hop = registrar_ ? static_cast<sip::NextHop&>(*registrar_) : *this;
    registration_ = std::make_unique<Registration>(
        environment_, Registration::Parts{name_, wanted, std::move(password), hop, *this});
    registration_->start();
    return Done{};
}

sip::HopRequest Peer::send(sip::Builder request, Handler& handler) {
    if (!is_watched()) targets_.forgive(environment_.timers.now() - kAvoid);
    return requests_.send(std::move(request), handler);
}

void Peer::cancel(sip::HopRequest invite, std::string_view reason) { requests_.cancel(invite, reason); }
void Peer::forget(sip::HopRequest request) { requests_.forget(request); }

std::string Peer::contact_host() const {
    const auto target = targets_.choose({});
    const auto configured = uri_.params.get("transport");
    const std::string transport = target ? lower(sip::via_name(targets_.list()[*target].where.kind))
                                         : lower(configured.value_or("udp"));
    return us() + ";transport=" + transport;
}

/// What is configured, unless that leaves the address or the port to the system.
std::string Peer::us() const {
    const auto address = net::SocketAddress::parse(config_.local);
    const auto target = targets_.choose({});
    if (!target || (address && !address->is_unspecified() && address->port() != 0)) return config_.local;
    const auto flow = environment_.transport.open(targets_.list()[*target].where, sip::Side::Trunk);
    const sip::FlowInfo* info = environment_.transport.info(flow);
    return info ? info->sent_by : config_.local;
}

bool Peer::leaves_on(int status) const {
    const auto wanted = [this](FailoverOn what) {
        return std::ranges::find(config_.failover_on, what) != config_.failover_on.end();
    };
    return (status == 500 && wanted(FailoverOn::Status500)) ||
           (status == 503 && wanted(FailoverOn::Status503));
}

/// Several PBXs may stand behind one address, and be told apart by the port or by where they call in.
unsigned Peer::owns(const sip::FlowInfo& from) const {
    if (from.side != sip::Side::Trunk) return 0;
    const auto at_registrar = [&](auto ask) {
        return registrar_ && (registrar_->targets_.*ask)(from.remote);
    };
    if (sources_.has_name(from) || targets_.has(from.remote) || at_registrar(&Targets::has)) return 3;
    if (!targets_.has_ip(from.remote) && !sources_.has_address(from.remote) &&
        !at_registrar(&Targets::has_ip))
        return 0;
    return from.listener == name_ ? 2 : 1;
}

bool Peer::settled() const {
    if (!available()) return false;
    return !back_ || environment_.timers.now() - *back_ >= config_.timers.hold_down;
}

PeerSnapshot Peer::snapshot() const {
    PeerSnapshot shot;
    shot.name = name_;
    shot.uri = uri_.str();
    shot.state = state_;
    shot.why = why_;
    shot.since = since_;
    shot.calls = lines_.in_use();
    shot.max_calls = lines_.limit();
    shot.priority = config_.priority;
    shot.weight = config_.weight;
    shot.backup = config_.backup;
    shot.last_failure = last_failure_;
    shot.last_failed = last_failed_;
    if (!registration_) return with_target(std::move(shot));
    shot.registration = registration_->in_words();
    shot.registered = registration_->registered();
    if (registration_->failed_at() > last_failed_) {
        shot.last_failure = registration_->failure();
        shot.last_failed = registration_->failed_at();
    }
    return with_target(std::move(shot));
}

/// And where it is now.
PeerSnapshot Peer::with_target(PeerSnapshot shot) const {
    if (const auto target = targets_.choose({})) {
        const sip::FlowTarget& where = targets_.list()[*target].where;
        shot.transport = lower(sip::via_name(where.kind));
        shot.address = where.remote.str();
    }
    return shot;
}

Status Peer::locate() {
    auto search = sip::Locate::start(environment_.resolver, uri_,
                                     [this](auto answer) { on_located(std::move(answer)); });
    if (!search) return search.error();
    search_ = std::move(*search);
    return Done{};
}

void Peer::on_located(Result<std::vector<sip::FlowTarget>> answer) {
    search_.reset();
    located_ = true;
    if (answer) {
        for (sip::FlowTarget& target : *answer)
            target.trunk = name_;
        if (targets_.update(std::move(*answer))) health_.ask();
    } else {
        environment_.metrics.lookups_failed.add();
    }
    search_timer_.arm(targets_.empty() ? kSearchAgainSoon : kSearchAgain,
                      [this] { static_cast<void>(locate()); });
    if (targets_.empty())
        judge(PeerState::Down, answer.error().message);
    else
        judge(is_watched() ? targets_.state() : PeerState::Up, targets_.why());
    requests_.resume();
}

/// Says so once, when it changes.
void Peer::judge(PeerState state, std::string_view why) {
    if (state == PeerState::Down) why_ = why;
    if (state == state_) return;
    if (counted_) environment_.metrics.peers_up.add((state == PeerState::Up) - (state_ == PeerState::Up));
    const bool back = state_ == PeerState::Down && state == PeerState::Up;
    state_ = state;
    since_ = environment_.timers.wall_now();
    if (back) back_ = environment_.timers.now();
    switch (state) {
    case PeerState::Unknown: break;
    case PeerState::Up:
        why_.clear();
        if (!counted_) break;
        environment_.log.info("the trunk is up", {{"trunk", name_}, {"address", snapshot().address}});
        break;
    case PeerState::Down:
        last_failure_ = why_;
        last_failed_ = since_;
        environment_.log.warning("the trunk is down: calls to it fail until it answers",
                                 {{"trunk", name_}, {"uri", uri_.str()}, {"why", why_}});
        break;
    }
    if (back && listener_ != nullptr) listener_->on_peer_back(name_);
}

std::optional<sip::FlowTarget> Peer::choose(const std::vector<sip::FlowTarget>& tried) const {
    const auto index = targets_.choose(tried);
    if (!index) return std::nullopt;
    return targets_.list()[*index].where;
}

/// With other addresses this one is avoided from now on; whether the peer is down is for OPTIONS to say.
void Peer::on_no_answer(const sip::FlowTarget& target, sip::TxFailure why) {
    const std::string_view what = why == sip::TxFailure::Timeout ? "no answer" : "no connection";
    last_failure_ = std::string(what) + " from " + target.remote.str();
    last_failed_ = environment_.timers.wall_now();
    if (targets_.list().size() > 1) targets_.down(target, what, environment_.timers.now());
    health_.ask();
}

std::vector<sip::FlowTarget> Peer::watched() const {
    std::vector<sip::FlowTarget> all;
    for (const Targets::Target& target : targets_.list())
        all.push_back(target.where);
    return all;
}

sip::Builder Peer::options() const {
    sip::Builder options = sip::Builder::request("OPTIONS", uri_);
    options.add("From", "<sip:" + us() + ">;tag=" + random_token(64))
        .add("To", "<" + uri_.str() + ">")
        .add("Call-ID", random_token())
        .add("CSeq", "1 OPTIONS")
        .add("Contact", "<sip:" + contact_host() + ">")
        .add("Accept", "application/sdp");
    return options;
}

void Peer::on_there(const sip::FlowTarget& target) {
    targets_.up(target);
    judge(targets_.state(), targets_.why());
}

void Peer::on_missing(const sip::FlowTarget& target, std::string_view why) {
    targets_.down(target, why, environment_.timers.now());
    judge(targets_.state(), targets_.why());
}

} // namespace wakeline::trunk
