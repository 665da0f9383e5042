// SPDX-License-Identifier: Apache-2.0
#include "simulation/schedule.h"

#include <exception>

#include "simulation/seeded_random.h"

namespace wakeline::simulation {

namespace {

using namespace std::chrono_literals;
using State = PeerCall::State;

constexpr net::Duration kRough = 45s; // then nobody misbehaves any more
constexpr net::Duration kCalm = 150s; // every time-out of RFC 3261, one after the other
constexpr net::Duration kEnding = 130s;

/// Before anything else is made.
std::uint64_t seeded(std::uint64_t seed) {
    seed_random(seed ^ 0x5eed);
    return seed;
}

std::string name_of(State state) {
    switch (state) {
    case State::Inviting: return "inviting";
    case State::Answered: return "answered";
    case State::Up: return "up";
    case State::Leaving: return "leaving";
    case State::Over: return "over";
    }
    return {};
}

} // namespace

Schedule::Schedule(std::uint64_t seed, bool printed)
    : scene_(seeded(seed), printed), local_(scene_.chance.percent(50)), network_(scene_, weather()),
      pbx_(scene_, network_),
      daemon_(scene_, network_, settings(), [this](const std::string& token, bool voip) {
          for (Phone& phone : phones_)
              if (phone.token() == token) phone.on_push(voip);
      }) {}

Network::Weather Schedule::weather() {
    Chance& chance = scene_.chance;
    return {.loss = chance.pick<std::uint32_t>({0, 0, 5, 20, 40}),
            .repeat = chance.pick<std::uint32_t>({0, 0, 10, 30}),
            .udp_delay_ms = chance.pick<std::uint32_t>({5, 50, 400, 1'500}),
            .stream_delay_ms = chance.pick<std::uint32_t>({20, 100, 300})};
}

Daemon::Settings Schedule::settings() {
    Chance& chance = scene_.chance;
    Daemon::Settings settings;
    settings.local = local_;
    settings.hold.send_ringing = chance.pick({call::HoldAnswer::Ringing, call::HoldAnswer::Ringing,
                                              call::HoldAnswer::Progress, call::HoldAnswer::None});
    settings.hold.declines =
        chance.pick({call::Declines::ByAnswer, call::Declines::All, call::Declines::One});
    settings.hold.late_wakers =
        chance.pick({call::LateAnswer::ByProvider, call::LateAnswer::Tell, call::LateAnswer::Silent});
    watched_ = chance.percent(20);
    settings.options_interval = watched_ ? net::Duration(30s) : net::Duration{};
    settings.store_delay = chance.percent(10) ? 800ms : 3ms;
    return settings;
}

void Schedule::add_phones() {
    const unsigned count = 1 + scene_.chance.below(3);
    for (unsigned number = 1; number <= count; ++number) {
        const char* user = number < 3 ? "alice" : "bob";
        phones_.emplace_back(scene_, network_, Phone::Identity{user, number, local_});
        scene_.timers.schedule(scene_.chance.between(1, 200),
                               [&phone = phones_.back()] { phone.come_online(); });
    }
    scene_.coverage.saw(local_ ? Did::RegisteredLocally : Did::RegisteredForwarded);
}

void Schedule::plan() {
    Chance& chance = scene_.chance;
    const unsigned count = 1 + chance.below(3);
    for (unsigned i = 0; i < count; ++i) {
        const std::string number = std::to_string(++calls_);
        const net::Duration when = chance.between(0, 25'000);
        if (chance.percent(70)) {
            const bool bob = phones_.size() > 2 && chance.percent(40);
            scene_.timers.schedule(
                when, [this, number, bob] { pbx_.call("caller-" + number, bob ? "bob" : "alice"); });
        } else {
            auto phone = std::next(phones_.begin(), chance.below(static_cast<std::uint32_t>(phones_.size())));
            scene_.timers.schedule(when, [phone, number] { phone->call("callee-" + number); });
        }
    }
    for (Phone& phone : phones_)
        if (chance.percent(60)) scene_.timers.schedule(chance.between(0, 5'000), [&phone] { phone.sleep(); });
    plan_trouble();
}

void Schedule::plan_trouble() {
    Chance& chance = scene_.chance;
    const auto some_time = [&chance] { return chance.between(0, 40'000); };
    for (Phone& phone : phones_) {
        if (chance.percent(20)) scene_.timers.schedule(some_time(), [&phone] { phone.die(); });
        if (chance.percent(20)) scene_.timers.schedule(some_time(), [&phone] { phone.change_network(); });
        if (chance.percent(4)) scene_.timers.schedule(some_time(), [&phone] { phone.leave(); });
        if (chance.percent(6))
            scene_.timers.schedule(some_time(),
                                   [this, &phone] { daemon_.push_service().kill(phone.token()); });
    }
    if (chance.percent(10)) {
        const net::Duration how_long = chance.between(500, 20'000);
        scene_.timers.schedule(some_time(), [this, how_long] { pbx_.be_silent(how_long); });
    }
    if (chance.percent(6)) scene_.timers.schedule(some_time(), [this] { pbx_.set_unavailable(true); });
    if (chance.percent(8)) scene_.timers.schedule(some_time(), [this] { end_a_call(); });
    for (Phone& phone : phones_)
        if (chance.percent(4)) scene_.timers.schedule(some_time(), [&phone] { phone.unregister(); });
    if (chance.percent(15)) scene_.timers.schedule(some_time(), [this] { pbx_.send_message("alice"); });
    if (chance.percent(10)) {
        const int status = chance.pick({429, 500, 503});
        scene_.timers.schedule(some_time(), [this, status] { daemon_.push_service().set_outage(status); });
    }
}

void Schedule::end_a_call() {
    const auto calls = daemon_.calls().snapshot();
    if (calls.empty()) return;
    scene_.coverage.saw(Did::AdministratorEnds);
    const auto which = scene_.chance.below(static_cast<std::uint32_t>(calls.size()));
    daemon_.calls().end_call(calls[which].id, "by hand");
}

/// In steps, so that it stops soon after something broke.
void Schedule::run_for(net::Duration time) {
    constexpr net::Duration step = 500ms;
    for (; time > 0s && scene_.ledger.why().empty(); time -= step)
        scene_.timers.advance(std::min(step, time));
}

std::string Schedule::run() {
    const auto broken = [this] { return !scene_.ledger.why().empty(); };
    try {
        run_for(1s);
        add_phones();
        run_for(3s);
        for (const Phone& phone : phones_)
            if (!phone.registered()) fail(phone.name() + " could not register");
        plan();
        scene_.rough = true;
        scene_.trace.note("schedule", "it gets rough");
        run_for(kRough);
        scene_.rough = false;
        scene_.trace.note("schedule", "it is calm");
        if (!broken()) {
            pbx_.calm_down();
            for (Phone& phone : phones_)
                phone.calm_down();
        }
        for (net::Duration waited{}; !broken() && waited < kCalm; waited += 50s) {
            run_for(50s);
            if (!broken()) watch_media();
        }
        if (!broken()) check_agreement();
        if (!broken()) {
            scene_.trace.note("schedule", "everybody hangs up");
            pbx_.hang_up_all();
            run_for(kEnding);
        }
        if (!broken()) check_silence();
    } catch (const std::exception& error) {
        fail(error.what());
    }
    return scene_.ledger.why();
}

/// The relay tells of calls whose phone says nothing any more.
void Schedule::watch_media() {
    std::map<std::string, std::string> numbers;
    for (const call::CallRecord& record : daemon_.calls().snapshot())
        if (record.state == call::CallState::Established) numbers[record.id] = number_of(record);
    std::vector<media::MediaId> silent;
    for (const auto& [id, session] : daemon_.media().sessions()) {
        if (!session.answered || !numbers.contains(session.call)) continue;
        bool spoken = false;
        for (const Phone& phone : phones_)
            for (const PeerCall& call : phone.calls())
                spoken |=
                    call.number == numbers[session.call] && call.state == State::Up && phone.connected();
        if (!spoken) silent.push_back(id);
    }
    for (const media::MediaId id : silent) {
        scene_.coverage.saw(Did::MediaTimeout);
        scene_.trace.note("relay", "no media any more");
        daemon_.stop_media(id);
    }
}

void Schedule::check_agreement() {
    std::map<std::string, const PeerCall*> outside, inside;
    for (const PeerCall& call : pbx_.calls()) {
        if (call.over()) continue;
        if (call.state != State::Up)
            return fail("the PBX is left with call " + call.number + ", " + name_of(call.state));
        outside[call.number] = &call;
    }
    for (const Phone& phone : phones_)
        for (const PeerCall& call : phone.calls()) {
            if (call.over()) continue;
            if (call.state != State::Up)
                return fail(phone.name() + " is left with call " + call.number + ", " + name_of(call.state));
            if (!inside.emplace(call.number, &call).second)
                return fail("two phones are in call " + call.number);
        }
    for (const auto& [number, call] : inside) {
        const auto at = outside.find(number);
        if (at == outside.end()) return fail("a phone is in call " + number + ", the PBX is not");
        const PeerCall& other = *at->second;
        if (call->own_sdp != other.their_sdp || call->their_sdp != other.own_sdp)
            return fail("call " + number + ": the phone has " + call->own_sdp + " and " + call->their_sdp +
                        ", the PBX " + other.own_sdp + " and " + other.their_sdp);
        scene_.coverage.saw(Did::CallUp);
    }
    for (const auto& [number, call] : outside)
        if (!inside.contains(number)) return fail("the PBX is in call " + number + ", no phone is");
    if (daemon_.calls().count() != outside.size())
        fail(std::to_string(daemon_.calls().count()) + " calls in the daemon, " +
             std::to_string(outside.size()) + " outside");
}

/// With nothing going on, a timer is left for each of: DNS of the trunk, OPTIONS, the connection to the push
/// service, the end of the next binding.
std::size_t Schedule::idle_timers() const {
    return 2 + (watched_ ? 1 : 0) + (daemon_.has_bindings() ? 1 : 0);
}

void Schedule::check_silence() {
    // An OPTIONS may be under way just now.
    for (int tries = 0; watched_ && tries < 10 && !daemon_.leftovers().empty(); ++tries)
        run_for(2s);
    scene_.ledger.settle();
    const std::string left = daemon_.leftovers();
    if (!left.empty()) return fail("left at the end: " + left);
    if (scene_.timers.pending() != idle_timers())
        fail("timers at the end: " + std::to_string(scene_.timers.pending()) + " instead of " +
             std::to_string(idle_timers()));
}

} // namespace wakeline::simulation
