// SPDX-License-Identifier: Apache-2.0
#include "trunk/configured_peers.h"

#include <doctest/doctest.h>

#include <vector>

#include "fakes/fake_resolver.h"
#include "fakes/fake_timers.h"
#include "fakes/fake_transport.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::trunk;
using sip::Builder;
using sip::FlowId;
using sip::TransportKind;
using test::FakeTransport;

namespace {

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

struct Lines final : Log::Sink {
    void write(Severity, std::string_view line) override { text.append(line).append("\n"); }
    std::string text;
};

TrunkConfig config_of(std::string uri, std::string local = "192.0.2.1:5080") {
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
    Lines lines;
    Log log{lines, LogLevel::Max};
    Metrics registry;
    TrunkMetrics metrics{registry};
    Nobody nobody;
    sip::Transactions transactions{timers, transport, nobody, {}};
    Environment environment{timers, transport, transactions, dns, log, metrics};
    User user;
    std::unique_ptr<Peer> peer;
};

} // namespace

TEST_SUITE_BEGIN("trunk/peer");

TEST_CASE_FIXTURE(Fixture, "a request goes to the configured address by its transport (proves: SBC-TRN-09)") {
    for (const auto& [param, kind, via] : {std::tuple{"udp", TransportKind::Udp, "SIP/2.0/UDP"},
                                           {"tcp", TransportKind::Tcp, "SIP/2.0/TCP"},
                                           {"tls", TransportKind::Tls, "SIP/2.0/TLS"}}) {
        start(std::string("sip:10.0.0.5:5070;transport=") + param);
        send();
        const auto sent = transport.take();
        CHECK(where(sent) == "10.0.0.5:5070");
        CHECK(transport.info(sent.flow)->kind == kind);
        CHECK(transport.info(sent.flow)->side == sip::Side::Trunk);
        CHECK(sent.header("Via").starts_with(via));
        CHECK(peer->contact_host() == std::string("192.0.2.1:5080;transport=") + param);
        answer(sent, 486);
        CHECK(user.take() == "sent 486");
        transport.sent.clear();
    }
}

TEST_CASE_FIXTURE(Fixture, "a request waits for the first search and is sent when it ends") {
    TrunkConfig config = config_of("sip:example.com");
    config.options_interval = 0s;
    peer = std::move(*Peer::create("pbx", config, environment));
    send();
    CHECK(user.take().empty());
    dns.host("example.com", {"198.51.100.1"});
    dns.run();
    CHECK(user.take() == "sent");
}

TEST_CASE_FIXTURE(Fixture,
                  "scenario 53: a node that does not answer is left for the next, with a new branch") {
    two_nodes();
    start("sip:example.com;transport=udp");
    send();
    const auto first = transport.take();
    CHECK(where(first) == "198.51.100.1:5060");
    timers.advance(32s);
    transport.sent.erase(transport.sent.begin(), transport.sent.end() - 1);
    const auto second = transport.take();
    CHECK(where(second) == "198.51.100.2:5060");
    CHECK(second.branch() != first.branch());
    CHECK(second.header("Call-ID") == first.header("Call-ID"));
    answer(second, 200);
    CHECK(user.take() == "sent sent 200");
    CHECK(metrics.failovers.value() == 1);

    send("REGISTER"); // the node that failed is avoided (proves: SBC-DNS-04)
    CHECK(where(transport.take()) == "198.51.100.2:5060");
    timers.advance(30s);
    transport.sent.clear();
    peer->send(request("REGISTER"), user); // but not for ever
    timers.advance(0s);
    CHECK(where(transport.take()) == "198.51.100.1:5060");
}

TEST_CASE_FIXTURE(
    Fixture, "scenario 53: a node that answers 503 is left for the next, a retry with credentials stays") {
    two_nodes();
    start("sip:example.com;transport=udp");
    send("REGISTER");
    const auto first = transport.take();
    answer(first, 503);
    const auto second = transport.take();
    CHECK(where(second) == "198.51.100.2:5060");
    answer(second, 503);
    CHECK(user.take() == "sent sent 503");

    send("REGISTER");
    const auto challenged = transport.take();
    answer(challenged, 401);
    dns.srvs["_sip._udp.example.com"] = {{10, 0, 5060, "b.example.com"}, {20, 0, 5060, "a.example.com"}};
    timers.advance(60s); // found again in another order
    dns.run();
    transport.sent.clear();
    user.take();
    send("REGISTER");
    CHECK(where(transport.take()) == where(challenged));
}

TEST_CASE_FIXTURE(Fixture, "a node that has rung is not left") {
    two_nodes();
    start("sip:example.com;transport=udp");
    send();
    const auto invite = transport.take();
    answer(invite, 180);
    answer(invite, 503);
    CHECK(user.take() == "sent 180 503");
}

TEST_CASE_FIXTURE(Fixture, "a closed connection moves only a request that nobody has heard") {
    dns.host("example.com", {"198.51.100.1", "198.51.100.2"});
    start("sip:example.com:5060;transport=tcp");
    send();
    const auto first = transport.take();
    transport.disconnect(first.flow);
    const auto second = transport.take();
    answer(second, 100);
    transport.disconnect(second.flow);
    CHECK(user.take() == "sent sent 100 transport");
}

TEST_CASE_FIXTURE(Fixture, "when every address failed the request has") {
    dns.host("example.com", {"198.51.100.1", "198.51.100.2"});
    start("sip:example.com:5060;transport=tcp");
    send();
    transport.disconnect(transport.take().flow);
    transport.disconnect(transport.take().flow);
    CHECK(user.take() == "sent sent transport");
    CHECK(transport.sent.empty());
}

TEST_CASE_FIXTURE(Fixture, "scenario 23: a cancelled request goes nowhere else") {
    two_nodes();
    start("sip:example.com;transport=udp");
    const auto id = send();
    const auto invite = transport.take();
    peer->cancel(id, "SIP;cause=200");
    answer(invite, 100);
    const auto cancel = transport.take();
    CHECK(cancel.first_line().starts_with("CANCEL "));
    CHECK(cancel.header("Reason") == "SIP;cause=200");
    answer(invite, 503);
    CHECK(user.take() == "sent 100 503");
}

TEST_CASE_FIXTURE(Fixture, "a request cancelled before it is sent fails, later") {
    start("sip:10.0.0.5");
    const auto id = peer->send(request(), user);
    peer->cancel(id, {});
    CHECK(user.take().empty());
    timers.advance(0s);
    CHECK(user.take() == "transport");
    CHECK(transport.sent.empty());
}

TEST_CASE_FIXTURE(Fixture, "a forgotten request is heard of no more") {
    start("sip:10.0.0.5");
    peer->forget(peer->send(request(), user));
    timers.advance(0s);
    CHECK(transport.sent.empty());
    const auto id = send();
    const auto sent = transport.take();
    peer->forget(id);
    answer(sent, 200);
    CHECK(user.take() == "sent");
}

TEST_CASE_FIXTURE(Fixture,
                  "more 2xx to an INVITE are told for as long as they may come, and nothing stays behind") {
    start("sip:10.0.0.5");
    send();
    const auto invite = transport.take();
    answer(invite, 200);
    answer(invite, 200);
    CHECK(user.take() == "sent 200 200");
    timers.advance(34s);
    answer(invite, 200);
    CHECK(user.take().empty());
}

TEST_CASE_FIXTURE(Fixture, "OPTIONS finds out that the peer is there, and says so once") {
    start("sip:10.0.0.5:5060", 30s);
    CHECK(peer->available());
    CHECK(peer->snapshot().state == PeerState::Unknown);
    const auto options = transport.take();
    CHECK(options.first_line() == "OPTIONS sip:10.0.0.5:5060 SIP/2.0");
    answer(options, 404); // any final answer will do
    CHECK(peer->snapshot().state == PeerState::Up);
    CHECK(metrics.peers_up.value() == 1);
    timers.advance(30s);
    answer(transport.take(), 200);
    CHECK(lines.text == "the trunk is up trunk=pbx address=10.0.0.5:5060\n");
}

TEST_CASE_FIXTURE(Fixture, "408, 503 and silence mean down, an answer means up again") {
    start("sip:10.0.0.5:5060", 30s);
    answer(transport.take(), 503);
    CHECK(peer->snapshot().state == PeerState::Down);
    CHECK(peer->snapshot().why == "OPTIONS was answered 503 X");
    CHECK_FALSE(peer->available());
    timers.advance(30s);
    answer(transport.take(), 200);
    CHECK(peer->available());
    CHECK(peer->snapshot().why.empty());
    timers.advance(30s);
    answer(transport.take(), 408);
    CHECK_FALSE(peer->available());
    timers.advance(30s);
    answer(transport.take(), 200);
    timers.advance(30s + 32s); // asked and not answered
    CHECK(peer->snapshot().why == "no answer to OPTIONS");
    CHECK(metrics.peers_up.value() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a peer that comes back is announced: it may have forgotten who is registered") {
    struct Listener final : trunk::PeerListener {
        void on_peer_back(std::string_view name) override { heard += name; }
        std::string heard;
    } listener;
    start("sip:10.0.0.5:5060", 30s);
    peer->set_listener(listener);
    answer(transport.take(), 200);
    CHECK(listener.heard.empty()); // found for the first time
    timers.advance(30s);
    answer(transport.take(), 503);
    timers.advance(30s);
    answer(transport.take(), 200);
    CHECK(listener.heard == peer->name());
}

TEST_CASE_FIXTURE(Fixture, "a peer whose connections fail is down, and a call finds that out at once") {
    start("sip:10.0.0.5:5060;transport=tcp", 30s);
    answer(transport.take(), 200);
    send();
    transport.disconnect(transport.take().flow, "connection refused");
    CHECK(user.take() == "sent transport");
    CHECK(peer->available());                                          // one failed call is no proof
    transport.disconnect(transport.take().flow, "connection refused"); // but OPTIONS is asked at once
    CHECK_FALSE(peer->available());
    CHECK(peer->snapshot().why == "no connection");
}

TEST_CASE_FIXTURE(Fixture,
                  "an address that is down is watched, and used again when it answers (proves: SBC-DNS-04)") {
    two_nodes();
    start("sip:example.com;transport=udp", 30s);
    const auto a = transport.take();
    const auto b = transport.take();
    answer(a, 503);
    answer(b, 200);
    CHECK(peer->available());
    CHECK(peer->snapshot().address == "198.51.100.2:5060");
    timers.advance(30s);
    answer(transport.take(), 200);
    CHECK(peer->snapshot().address == "198.51.100.1:5060");
}

TEST_CASE_FIXTURE(Fixture, "the earlier addresses are kept when DNS fails") {
    two_nodes();
    start("sip:example.com;transport=udp");
    CHECK(peer->available());
    dns.dead = true;
    timers.advance(60s);
    dns.run();
    CHECK(peer->available());
    CHECK(metrics.lookups_failed.value() == 1);
    send();
    CHECK(where(transport.take()) == "198.51.100.1:5060");
}

TEST_CASE_FIXTURE(Fixture, "a peer that DNS does not know is down, and searched for again soon") {
    start("sip:example.com", 30s);
    CHECK_FALSE(peer->available());
    CHECK(peer->snapshot().why.starts_with("no address for example.com: no such record"));
    CHECK(lines.text.find("the trunk is down") != std::string::npos);
    send();
    CHECK(user.take() == "transport");
    dns.host("example.com", {"198.51.100.1"});
    timers.advance(5s);
    dns.run();
    answer(transport.take(), 200);
    CHECK(peer->available());
}

TEST_CASE_FIXTURE(Fixture, "a configured address that leaves something to the system is asked of the flow") {
    TrunkConfig config = config_of("sip:10.0.0.5", "0.0.0.0:5080");
    peer = std::move(*Peer::create("pbx", config, environment));
    dns.run();
    CHECK(peer->contact_host() == "192.0.2.1:5060;transport=udp");
}

TEST_CASE_FIXTURE(Fixture, "a peer that goes leaves nothing behind") {
    two_nodes();
    start("sip:example.com;transport=udp", 30s);
    send();
    peer.reset();
    answer(transport.take(), 200);
    answer(transport.take(), 200);
    answer(transport.take(), 200);
    CHECK(user.take() == "sent");
    CHECK(dns.waiting() == 0);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("trunk/configured_peers");

TEST_CASE_FIXTURE(Fixture,
                  "the first peer by name is the route, and a source is known by the peer's address") {
    TrunkConfig a = config_of("sip:10.0.0.5");
    TrunkConfig b = config_of("sip:10.0.0.6");
    auto created = ConfiguredPeers::create({{"b", b}, {"a", a}}, environment);
    REQUIRE(created);
    auto& peers = **created;
    dns.run();
    CHECK(peers.route("sip:1000@example.com")->uri().host == "10.0.0.5");
    const auto from = [this](std::string_view remote, sip::Side side) {
        return *transport.info(transport.add(TransportKind::Tcp, side, remote));
    };
    CHECK(peers.match(from("10.0.0.6:33333", sip::Side::Trunk)) == "b");
    CHECK(peers.match(from("10.0.0.7:5060", sip::Side::Trunk)).empty());
    CHECK(peers.match(from("10.0.0.6:5060", sip::Side::Access)).empty());
    CHECK(peers.snapshot().size() == 2);
    CHECK(peers.snapshot()[0].name == "a");
}

TEST_CASE_FIXTURE(Fixture, "a node without a trunk has no route") {
    auto created = ConfiguredPeers::create({}, environment);
    REQUIRE(created);
    CHECK((*created)->route("sip:1000@example.com") == nullptr);
}

TEST_CASE_FIXTURE(Fixture, "every trunk that leads nowhere is named") {
    TrunkConfig bad = config_of("sip:x;transport=sctp");
    TrunkConfig worse = config_of("pbx");
    const auto created = ConfiguredPeers::create({{"one", bad}, {"two", worse}}, environment);
    REQUIRE_FALSE(created);
    CHECK(created.error().message.starts_with("trunk one: \"sip:x;transport=sctp\" wants a transport"));
    CHECK(created.error().message.find("; trunk two: ") != std::string::npos);
}

TEST_SUITE_END();
