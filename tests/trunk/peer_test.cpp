// SPDX-License-Identifier: Apache-2.0
#include "trunk/peer.h"

#include "trunk_fixture.h"

using namespace wakeline;
using namespace wakeline::test::trunk_rig;
using test::FakeTransport;

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
    timers.advance(6s);
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

TEST_CASE_FIXTURE(Fixture, "a node that was left and accepts all the same is hung up") {
    two_nodes();
    start("sip:example.com;transport=udp");
    send();
    const auto first = transport.take();
    timers.advance(6s);
    transport.sent.clear();
    transport.receive(first.flow,
                      "SIP/2.0 200 OK\nVia: " + first.header("Via") + "\nFrom: " + first.header("From") +
                          "\nTo: " + first.header("To") +
                          ";tag=late\nCall-ID: c1\nCSeq: 1 INVITE\nContact: <sip:a@198.51.100.1>\n");
    CHECK(transport.take().first_line() == "ACK sip:a@198.51.100.1 SIP/2.0");
    const auto bye = transport.take();
    CHECK(bye.first_line() == "BYE sip:a@198.51.100.1 SIP/2.0");
    answer(bye, 200);
    CHECK(user.take() == "sent sent");
}

TEST_CASE_FIXTURE(Fixture, "a node that says 100 in time is waited for, and cancelled only by its caller") {
    two_nodes();
    start("sip:example.com;transport=udp");
    send();
    answer(transport.take(), 100);
    timers.advance(60s);
    CHECK(transport.sent.empty());
    CHECK(user.take() == "sent 100");
}

TEST_CASE_FIXTURE(Fixture, "a request without an answer goes on, and fails at last (proves: SBC-TRN-12)") {
    two_nodes();
    TrunkConfig config = config_of("sip:example.com;transport=udp");
    config.options_interval = 0s;
    config.timers.request_response = 4s;
    peer = std::move(*Peer::create("pbx", config, environment));
    dns.run();
    send("MESSAGE");
    timers.advance(4s);
    CHECK(user.take() == "sent sent");
    timers.advance(4s);
    CHECK(user.take() == "timeout");
}

TEST_CASE_FIXTURE(Fixture, "500 and 503 are left as configured (proves: SBC-TRN-11)") {
    two_nodes();
    TrunkConfig config = config_of("sip:example.com;transport=udp");
    config.options_interval = 0s;
    for (const auto& [failover_on, status, heard] :
         {std::tuple{std::vector{FailoverOn::Timeout}, 503, "sent 503"},
          {std::vector{FailoverOn::Timeout, FailoverOn::Status500}, 500, "sent sent"},
          {std::vector{FailoverOn::Timeout, FailoverOn::Status500}, 503, "sent 503"},
          {std::vector{FailoverOn::Timeout, FailoverOn::Status503}, 500, "sent 500"}}) {
        config.failover_on = failover_on;
        peer = std::move(*Peer::create("pbx", config, environment));
        dns.run();
        send();
        answer(transport.take(), status);
        CHECK(user.take() == heard);
        transport.sent.clear();
    }
}

TEST_CASE_FIXTURE(Fixture, "a place on the trunk is free again when its call goes (proves: UP-09)") {
    TrunkConfig config = config_of("sip:10.0.0.5");
    config.max_calls = 1;
    peer = std::move(*Peer::create("pbx", config, environment));
    {
        auto line = peer->lines().seize();
        REQUIRE(line);
        CHECK(peer->snapshot().calls == 1);
        CHECK_FALSE(peer->lines().seize());
        CHECK(peer->lines().seize(true)); // an emergency call
        Line moved = *std::move(line);
        CHECK(peer->lines().in_use() == 1);
    }
    CHECK(peer->lines().in_use() == 0);
    CHECK(peer->snapshot().max_calls == 1);
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
