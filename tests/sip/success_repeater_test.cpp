// SPDX-License-Identifier: Apache-2.0
#include "sip/success_repeater.h"

#include <doctest/doctest.h>

#include <memory>

#include "fakes/fake_timers.h"
#include "fakes/fake_transport.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::sip;

namespace {

struct Fixture : RequestHandler {
    Fixture() { transport.attach(transactions); }
    virtual ~Fixture() = default;

    void on_request(ServerTx tx, FlowId, const Message& invite) override {
        repeater->start(tx, Builder::response(invite, 200, "ours"), [this] {
            repeater.reset(); // its owner may die with the call
            given_up = true;
        });
    }
    void on_cancel(ServerTx, const Message&) override {}
    void on_ack(FlowId, const Message&) override { repeater->stop(); }
    void on_answer_lost(ServerTx, TxFailure) override { FAIL("a 2xx is the user's to repeat"); }
    void on_flow_closed(FlowId, std::string_view) override {}

    void call(TransportKind kind) {
        flow = transport.add(kind, Side::Access, "203.0.113.9:40000");
        transport.receive(flow, test::sip_request());
        CHECK(transport.take_lines() == "SIP/2.0 100 Trying\nSIP/2.0 200 OK");
    }

    test::FakeTimers timers;
    test::FakeTransport transport;
    Transactions transactions{timers, transport, *this, {}};
    std::unique_ptr<SuccessRepeater> repeater = std::make_unique<SuccessRepeater>(timers, transactions);
    FlowId flow = 0;
    bool given_up = false;
};

} // namespace

TEST_SUITE_BEGIN("sip/success_repeater");

TEST_CASE_FIXTURE(Fixture, "a 2xx is repeated after T1, 2*T1 ... T2 until its ACK, on TLS too (13.3.1.4)") {
    call(TransportKind::Tls);
    timers.advance(500ms);
    CHECK(transport.sent.size() == 1);
    timers.advance(1s);
    CHECK(transport.sent.size() == 2);
    timers.advance(2s + 4s + 4s);
    CHECK(transport.sent.size() == 5);
    transport.receive(flow,
                      test::sip_request({.method = "ACK", .via = "SIP/2.0/TLS 1.2.3.4;branch=z9hG4bK-2"}));
    CHECK_FALSE(repeater->waiting());
    timers.advance(1min);
    CHECK(transport.sent.size() == 5);
    CHECK_FALSE(given_up);
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "without an ACK the caller is told after 64*T1") {
    call(TransportKind::Udp);
    timers.advance(32s - 1ms);
    CHECK_FALSE(given_up);
    timers.advance(1ms);
    CHECK(given_up);
    CHECK(transport.sent.size() == 10);
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a connection that ends meanwhile changes nothing but what is sent") {
    call(TransportKind::Tls);
    transport.disconnect(flow);
    timers.advance(32s);
    CHECK(given_up);
    CHECK(transport.sent.empty());
}

TEST_SUITE_END();
