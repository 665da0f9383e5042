// SPDX-License-Identifier: Apache-2.0
#include "sip/invite_client.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/fake_timers.h"

using namespace std::chrono_literals;
using wakeline::sip::InviteClient;
using State = InviteClient::State;

namespace {

/// Writes down what the transaction asked for, as one readable line.
struct Transcript final : InviteClient::Owner {
    void send_request() override { log += "INVITE "; }
    void send_ack() override { log += "ACK "; }
    void deliver(int status) override { log += std::to_string(status) + " "; }
    void failed(InviteClient::Failure why) override {
        log += why == InviteClient::Failure::Timeout ? "timeout " : "transport ";
    }
    void terminated() override { log += "end"; }

    std::string take() { return std::exchange(log, {}); }
    std::string log;
};

struct Fixture {
    wakeline::test::FakeTimers timers;
    Transcript owner;
    InviteClient udp{timers, owner, /*reliable=*/false};
    InviteClient tcp{timers, owner, /*reliable=*/true};
};

} // namespace

TEST_SUITE_BEGIN("sip/invite_client");

TEST_CASE_FIXTURE(Fixture, "over UDP an unanswered INVITE is sent seven times, then given up at 64*T1") {
    udp.start();
    timers.advance(500ms);
    CHECK(owner.take() == "INVITE INVITE ");
    timers.advance(31s); // 1.5s, 3.5s, 7.5s, 15.5s and 31.5s
    CHECK(owner.take() == "INVITE INVITE INVITE INVITE INVITE ");
    timers.advance(500ms);
    CHECK(owner.take() == "timeout end");
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "over TCP nothing is retransmitted") {
    tcp.start();
    timers.advance(32s);
    CHECK(owner.take() == "INVITE timeout end");
}

TEST_CASE_FIXTURE(Fixture, "a provisional response stops retransmission and the 64*T1 limit") {
    udp.start();
    udp.on_response(180);
    timers.advance(10min);
    CHECK(owner.take() == "INVITE 180 ");
    CHECK(udp.state() == State::Proceeding);
}

TEST_CASE_FIXTURE(Fixture, "a retransmitted 2xx still reaches the user for 64*T1 (RFC 6026)") {
    udp.start();
    udp.on_response(200);
    timers.advance(31s);
    udp.on_response(200);
    CHECK(owner.take() == "INVITE 200 200 ");
    timers.advance(1s);
    udp.on_response(200);
    CHECK(owner.take() == "end");
}

TEST_CASE_FIXTURE(Fixture, "each copy of a failure is acknowledged, only the first is delivered") {
    udp.start();
    udp.on_response(486);
    udp.on_response(486);
    CHECK(owner.take() == "INVITE ACK 486 ACK ");
    timers.advance(32s);
    CHECK(owner.take() == "end");
}

TEST_CASE_FIXTURE(Fixture, "over TCP a failed transaction ends at once") {
    tcp.start();
    tcp.on_response(503);
    timers.advance(0s);
    CHECK(owner.take() == "INVITE ACK 503 end");
}

TEST_CASE_FIXTURE(Fixture, "what the table does not list changes nothing") {
    udp.start();
    udp.on_response(200);
    owner.take();
    udp.on_response(180);
    udp.on_response(486);
    udp.on_transport_error();
    CHECK(owner.take().empty());
    CHECK(udp.state() == State::Accepted);
}

TEST_SUITE_END();
