// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "fakes/fake_resolver.h"
#include "fakes/fake_timers.h"
#include "fakes/fake_transport.h"
#include "trunk/configured_peers.h"

/// A trunk on real transactions; DNS, time and the wire are the test's.
namespace wakeline::test::trunk_rig {

using namespace std::chrono_literals;
using namespace wakeline::trunk;
using sip::Builder;
using sip::FlowId;
using sip::TransportKind;

/// The user of the requests; writes what it hears as words.
struct User final : sip::NextHop::Handler {
    void on_response(sip::HopRequest, FlowId, const sip::Message& response) override {
        say(std::to_string(response.status()));
    }
    void on_failure(sip::HopRequest, sip::TxFailure why) override {
        say(why == sip::TxFailure::Timeout ? "timeout" : "transport");
    }
    void on_sent(sip::HopRequest, FlowId, sip::ClientTx tx) override { say(tx != 0 ? "sent" : "?"); }

    void say(std::string_view word) { heard.append(heard.empty() ? "" : " ").append(word); }
    std::string take() { return std::exchange(heard, {}); }
    std::string heard;
};

struct Nobody final : sip::RequestHandler {
    void on_request(sip::ServerTx, FlowId, const sip::Message&) override {}
    void on_cancel(sip::ServerTx, const sip::Message&) override {}
    void on_ack(FlowId, const sip::Message&) override {}
    void on_answer_lost(sip::ServerTx, sip::TxFailure) override {}
    void on_flow_closed(FlowId, std::string_view) override {}
};

struct KeptLines final : Log::Sink {
    void write(Severity, std::string_view line) override { text.append(line).append("\n"); }
    std::string text;
};

inline TrunkConfig config_of(std::string uri, std::string local = "192.0.2.1:5080") {
    TrunkConfig config;
    config.uri = std::move(uri);
    config.local = std::move(local);
    return config;
}

struct Fixture {
    Fixture() { transport.attach(transactions); }

    Peer& start(const std::string& uri, net::Duration interval = 0s) {
        TrunkConfig config = config_of(uri);
        config.options_interval = std::chrono::duration_cast<std::chrono::milliseconds>(interval);
        auto created = Peer::create("pbx", config, environment);
        REQUIRE(created);
        peer = std::move(*created);
        dns.run();
        return *peer;
    }
    void two_nodes() {
        dns.srvs["_sip._udp.example.com"] = {{10, 0, 5060, "a.example.com"}, {20, 0, 5060, "b.example.com"}};
        dns.host("a.example.com", {"198.51.100.1"});
        dns.host("b.example.com", {"198.51.100.2"});
    }
    static Builder request(std::string_view method = "INVITE") {
        return std::move(Builder::request(method, "sip:2000@example.com")
                             .add("From", "<sip:1000@example.com>;tag=ours")
                             .add("To", "<sip:2000@example.com>")
                             .add("Call-ID", "c1")
                             .add("CSeq", "1 " + std::string(method)));
    }
    sip::HopRequest send(std::string_view method = "INVITE") {
        const auto id = peer->send(request(method), user);
        CHECK(user.heard.empty());
        timers.advance(0s);
        return id;
    }
    void answer(const FakeTransport::Sent& sent, int status) {
        transport.receive(sent.flow, test::sip_response(sent.message(), {.status = status, .reason = "X"}));
    }
    std::string where(const FakeTransport::Sent& sent) { return transport.info(sent.flow)->remote.str(); }

    test::FakeTimers timers;
    FakeTransport transport;
    test::FakeResolver dns;
    KeptLines lines;
    Log log{lines, LogLevel::Max};
    Metrics registry;
    TrunkMetrics metrics{registry};
    Nobody nobody;
    sip::Transactions transactions{timers, transport, nobody, {}};
    Environment environment{timers, transport, transactions, dns, log, metrics};
    User user;
    std::unique_ptr<Peer> peer;
};

} // namespace wakeline::test::trunk_rig
