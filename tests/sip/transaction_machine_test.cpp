// SPDX-License-Identifier: Apache-2.0
#include "sip/transaction_machine.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/fake_timers.h"
#include "sip/invite_client_table.h"
#include "sip/invite_server_table.h"
#include "sip/non_invite_client_table.h"
#include "sip/non_invite_server_table.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::sip;

namespace {

/// Writes down how often which action ran, as numbers, and "end".
template <class Rules>
struct Played final : TransactionMachine<Rules>::Owner {
    explicit Played(bool reliable, Timing t = {}) : timing(t), machine(timers, *this, timing, reliable) {}

    void run(typename Rules::Action action) override { actions.push_back(action); }
    void terminated() override { ended = true; }

    test::FakeTimers timers;
    Timing timing;
    std::vector<typename Rules::Action> actions;
    bool ended = false;
    TransactionMachine<Rules> machine;
};

} // namespace

TEST_SUITE_BEGIN("sip/transaction_machine");

TEST_CASE("an unanswered INVITE is sent seven times over UDP and given up at 64*T1 (17.1.1.2)") {
    using namespace invite_client;
    Played<Rules> udp(false);
    udp.machine.start();
    udp.timers.advance(32s);
    const std::vector<Action> expected{Action::Resend, Action::Resend, Action::Resend,       Action::Resend,
                                       Action::Resend, Action::Resend, Action::ReportTimeout};
    CHECK(udp.actions == expected); // 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
    CHECK(udp.ended);
    Played<Rules> tcp(true);
    tcp.machine.start();
    tcp.timers.advance(32s);
    CHECK(tcp.actions == std::vector{Action::ReportTimeout});
}

TEST_CASE("a CANCEL that waits lets Timers A and B run on") {
    using namespace invite_client;
    Played<Rules> udp(false);
    udp.machine.start();
    udp.timers.advance(1s);
    udp.machine.handle(Event::Cancel);
    CHECK(udp.machine.state() == State::CancelPending);
    udp.timers.advance(500ms);
    CHECK(udp.actions == std::vector{Action::Resend, Action::None, Action::Resend});
    udp.timers.advance(30500ms);
    CHECK(udp.ended);
}

TEST_CASE("a provisional answer leaves Timer F alone and slows Timer E down to T2 (17.1.2.2)") {
    using namespace non_invite_client;
    Played<Rules> udp(false);
    udp.machine.start();
    udp.timers.advance(600ms);
    udp.machine.handle(Event::Provisional);
    udp.timers.advance(900ms); // the one that was on its way
    udp.timers.advance(4s);
    CHECK(udp.actions == std::vector{Action::Resend, Action::Deliver, Action::Resend, Action::Resend});
    udp.timers.advance(32s - 5500ms);
    CHECK(udp.actions.back() == Action::ReportTimeout);
    CHECK(udp.ended);
}

TEST_CASE("a state that is over after no time at all ends inside the call") {
    using namespace non_invite_server;
    Played<Rules> tcp(true);
    tcp.machine.start();
    tcp.machine.handle(Event::Final);
    CHECK(tcp.ended);
    CHECK(tcp.timers.pending() == 0);
}

TEST_CASE("Timer G doubles up to T2 (17.2.1)") {
    using namespace invite_server;
    Played<Rules> udp(false);
    udp.machine.start();
    udp.machine.handle(Event::Failure);
    udp.timers.advance(32s);
    CHECK(udp.actions.size() == 1 + 10 + 1); // 0.5 1.5 3.5 7.5 then every 4 s to 31.5, and Timer H
    CHECK(udp.actions.back() == Action::ReportTimeout);
}

TEST_CASE("what the table does not list changes nothing") {
    using namespace invite_client;
    Played<Rules> udp(false);
    udp.machine.start();
    udp.machine.handle(Event::Success);
    udp.actions.clear();
    CHECK_FALSE(udp.machine.handle(Event::Provisional));
    CHECK_FALSE(udp.machine.handle(Event::Failure));
    CHECK_FALSE(udp.machine.handle(Event::TransportError));
    CHECK(udp.actions.empty());
    CHECK(udp.machine.state() == State::Accepted);
}

TEST_CASE("the intervals are those of the settings") {
    using namespace invite_client;
    Played<Rules> slow(false, {.t1 = 2s});
    slow.machine.start();
    slow.timers.advance(127s);
    CHECK_FALSE(slow.ended);
    slow.timers.advance(1s);
    CHECK(slow.ended);
}

TEST_SUITE_END();
