// SPDX-License-Identifier: Apache-2.0
#include "admin/explanation.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::admin;
using namespace std::chrono_literals;
using call::CallRecord;

// proves: SBC-DIAG-05, SBC-TRB-01, SBC-TRB-04

namespace {

CallRecord call_to_phone(std::vector<call::TimelineEvent> timeline, int status, std::string reason) {
    CallRecord record;
    record.id = "c1";
    record.state = call::CallState::Ended;
    record.caller = "+4930123";
    record.callee = "1001";
    record.trunk = "pbx";
    record.started = net::WallTime(std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 12h);
    record.timeline = std::move(timeline);
    record.status = status;
    record.reason = std::move(reason);
    return record;
}

registrar::Binding device(registrar::BindingId id, const std::string& user_agent) {
    registrar::Binding binding;
    binding.id = id;
    binding.user_agent = user_agent;
    binding.push = {"apns", "TEAM.app", Secret("secret-token")};
    return binding;
}

std::string lines(const std::vector<std::string>& sentences) {
    std::string out;
    for (const std::string& sentence : sentences)
        out += sentence + '\n';
    return out;
}

} // namespace

TEST_SUITE_BEGIN("admin/explanation");

TEST_CASE("a call that woke its phone is told step by step, in milliseconds") {
    const auto record = call_to_phone({{0us, "invite", "pbx", ""},
                                       {412us, "push_sent", "Phone/1 #0001", ""},
                                       {81'300us, "push_accepted", "Phone/1 #0001", "200"},
                                       {2'104'000us, "registered", "Phone/1 #0001", "TLS"},
                                       {2'104'200us, "invite_sent", "Phone/1 #0001", ""},
                                       {2'300'000us, "ringing", "Phone/1 #0001", ""},
                                       {9'000'000us, "rejected", "Phone/1 #0001", "486 Busy Here"},
                                       {9'000'100us, "ended", "", "486 Busy Here"}},
                                      486, "486 Busy Here");
    CHECK(lines(explain(record)) ==
          "+4930123 called 1001 from the PBX pbx at 2026-01-31T12:00:00.000Z.\n"
          "Phone/1 #0001: it slept, and a push was sent after 0.4 ms, the push service took it after 81 ms "
          "(200), the phone registered after 2104 ms (TLS), the INVITE was sent after 2104 ms, it rang after "
          "2300 ms, it refused after 9000 ms: 486 Busy Here.\n"
          "The caller got 486 after 9000 ms: 486 Busy Here.\n");
}

TEST_CASE("each device that did not ring is told with what can be done about it") {
    const auto record = call_to_phone({{0us, "invite", "pbx", ""},
                                       {400us, "push_sent", "A #0001", ""},
                                       {500us, "push_sent", "B #0002", ""},
                                       {600us, "unreachable", "C #0003", "device is not reachable"},
                                       {12'000us, "push_failed", "A #0001", "410 Unregistered"},
                                       {12'100us, "unreachable", "A #0001", "push failed: Unregistered"},
                                       {30'000us, "push_accepted", "B #0002", "200"},
                                       {15'000'000us, "unreachable", "B #0002", "push timeout"},
                                       {15'000'100us, "ended", "", "480 push timeout"}},
                                      480, "push timeout");
    const std::string told = lines(explain(record));
    CHECK(told.find("A #0001: it slept, and a push was sent after 0.4 ms, the push failed after 12 ms: 410 "
                    "Unregistered; given up after 12 ms: push failed: Unregistered.\n") != told.npos);
    CHECK(told.find("C #0003: it was given up after 0.6 ms: device is not reachable.\n") != told.npos);
    CHECK(told.find("The caller got 480 after 15000 ms: push timeout.\n") != told.npos);
    CHECK(told.find("The push token of A #0001 is dead") != told.npos);
    CHECK(told.find("B #0002 did not come back in time") != told.npos);
    CHECK(told.find("C #0003 had no connection and could not be woken") != told.npos);
}

TEST_CASE("a call that the caller ended, and one that goes on") {
    auto record = call_to_phone({{0us, "invite", "pbx", ""},
                                 {1'000us, "invite_sent", "A #0001", ""},
                                 {4'000'000us, "cancelled", "pbx", "Q.850;cause=16"}},
                                0, "");
    record.state = call::CallState::Ringing;
    CHECK(lines(explain(record)) == "+4930123 called 1001 from the PBX pbx at 2026-01-31T12:00:00.000Z.\n"
                                    "A #0001: it was connected, and the INVITE was sent there after 1.0 ms.\n"
                                    "The caller gave up after 4000 ms (Q.850;cause=16).\n"
                                    "The call goes on: ringing.\n");
}

TEST_CASE("a user that is unknown, logged out, expired, asleep or connected is told apart") {
    UserReport report{.user = "1001", .known = false, .now = {}, .devices = {}, .call = {}};
    report.now = net::WallTime(std::chrono::sys_days{std::chrono::year{2026} / 1 / 31});
    CHECK(lines(explain(report)).starts_with("1001 is not known"));
    report.known = true;
    CHECK(lines(explain(report)).starts_with("No phone of 1001 is registered"));

    auto awake = device(1, "Linphone/5.2 (iPhone; iOS)"), asleep = device(2, "Phone/1"),
         expired = device(3, ""), mute = device(4, "Desk");
    awake.flow = 7;
    awake.expires = asleep.expires = mute.expires = report.now + 1h;
    expired.expires = report.now - 1h;
    mute.push = {};
    report.devices = {{awake, true}, {asleep, true}, {expired, false}, {mute, false}};
    CHECK(
        lines(explain(report)) ==
        "Linphone/5.2 #0001 is registered and connected: a call goes to it at once.\n"
        "Phone/1 #0002 is registered and asleep: a call wakes it by a push.\n"
        "The registration of device #0003 expired at 2026-01-30T23:00:00.000Z: a call cannot reach it, since "
        "no app in push.apps serves its push token.\n"
        "Desk #0004 is registered and asleep: a call cannot reach it, since it has given no push token.\n"
        "There is no record of a call to 1001.\n");
    report.call =
        call_to_phone({{0us, "invite", "pbx", ""}, {1us, "ended", "", "404"}}, 404, "unknown number");
    CHECK(lines(explain(report)).find("The last call:\n+4930123 called 1001") != std::string::npos);
    CHECK(lines(explain(report)).find("secret-token") == std::string::npos);
}

TEST_SUITE_END();
