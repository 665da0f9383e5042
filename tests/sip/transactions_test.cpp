// SPDX-License-Identifier: Apache-2.0
#include "sip/transactions.h"

#include <doctest/doctest.h>

#include <string>

#include "base/metrics.h"
#include "fakes/fake_timers.h"
#include "fakes/fake_transport.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::sip;
using wakeline::test::FakeTransport;

namespace {

/// Both users at once; writes what it hears as words.
struct User final : RequestHandler, ResponseHandler {
    void on_request(ServerTx tx, FlowId, const Message& request) override {
        last = tx;
        say(request.method());
        if (answer) CHECK(transactions->respond(tx, Builder::response(request, answer, "ours")));
    }
    void on_cancel(ServerTx invite, const Message&) override {
        CHECK(invite == last);
        say("cancelled");
    }
    void on_ack(FlowId, const Message&) override { say("ack"); }
    void on_answer_lost(ServerTx, TxFailure why) override {
        say(why == TxFailure::Timeout ? "lost:timeout" : "lost:transport");
    }
    void on_flow_closed(FlowId, std::string_view why) override { say("closed:" + std::string(why)); }
    void on_response(ClientTx tx, const Message& response) override {
        say(std::to_string(response.status()));
        if (cancel_on == response.status()) transactions->cancel(tx, {});
    }
    void on_failure(ClientTx, TxFailure why) override {
        say(why == TxFailure::Timeout ? "failed:timeout" : "failed:transport");
    }

    void say(std::string_view word) { heard.append(heard.empty() ? "" : " ").append(word); }
    std::string take() { return std::exchange(heard, {}); }

    Transactions* transactions = nullptr;
    std::string heard;
    ServerTx last = 0;
    int answer = 0;    // given to every request at once
    int cancel_on = 0; // when that response arrives
};

struct Fixture {
    Fixture() {
        transport.attach(transactions);
        user.transactions = &transactions;
    }

    /// A request from the other side; the Via has its own line, for most of these tests are about it.
    static std::string request(std::string_view method, std::string_view branch, std::string_view more = {}) {
        return std::string(method) +
               " sip:1000@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=" +
               std::string(branch) +
               "\nFrom: <sip:2000@example.com>;tag=theirs\nTo: <sip:1000@example.com>\nCall-ID: c1\nCSeq: "
               "1 " +
               std::string(method) + "\nMax-Forwards: 70\nContact: <sip:2000@198.51.100.7:5062>\n" +
               std::string(more);
    }
    static Builder request_of_ours(std::string_view method) {
        return Builder::request(method, "sip:2000@198.51.100.7:5062")
            .add("From", "<sip:1000@example.com>;tag=ours")
            .add("To", "<sip:2000@example.com>")
            .add("Call-ID", "c2")
            .add("CSeq", "7 " + std::string(method));
    }
    /// The peer answers the last request of ours that went out on the flow.
    void answer(FlowId flow, const FakeTransport::Sent& sent, int status, std::string_view tag = "theirs") {
        transport.receive(flow, "SIP/2.0 " + std::to_string(status) + " X\nVia: " + sent.header("Via") +
                                    "\nFrom: " + sent.header("From") + "\nTo: " + sent.header("To") +
                                    (status > 100 ? ";tag=" + std::string(tag) : "") + "\nCall-ID: " +
                                    sent.header("Call-ID") + "\nCSeq: " + sent.header("CSeq"));
    }
    Builder response(std::string_view to_what, int status) const {
        return Builder::response(test::message(to_what), status, "ours");
    }
    std::int64_t metric(std::string_view name) const {
        for (const auto& sample : metrics.snapshot())
            if (sample.info.name == name) return sample.value;
        return -1;
    }

    test::FakeTimers timers;
    FakeTransport transport;
    Metrics metrics;
    User user;
    Transactions transactions{
        timers, transport, user, {.server = "Wakeline", .shard = 5, .metrics = &metrics}};
    FlowId udp = transport.add(TransportKind::Udp, Side::Trunk, "198.51.100.7:5062");
    FlowId tls = transport.add(TransportKind::Tls, Side::Access, "203.0.113.9:40000");
};

} // namespace

TEST_SUITE_BEGIN("sip/transactions");

TEST_CASE_FIXTURE(Fixture, "an INVITE is answered 100 at once, before the user hears of it") {
    user.answer = 180;
    transport.receive(udp, request("INVITE", "z9hG4bK1", "Timestamp: 54\n"));
    const auto trying = transport.take();
    CHECK(trying.first_line() == "SIP/2.0 100 Trying");
    CHECK(trying.header("Timestamp") == "54"); // RFC 3261 8.2.6.1
    CHECK(trying.header("To") == "<sip:1000@example.com>");
    CHECK(trying.header("Server") == "Wakeline");
    CHECK(transport.take().first_line() == "SIP/2.0 180 Ringing");
    CHECK(user.take() == "INVITE");
}

TEST_CASE_FIXTURE(Fixture,
                  "scenario 29: a retransmitted INVITE makes no second call, only the last answer again") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    CHECK(transport.take_lines() == "SIP/2.0 100 Trying\nSIP/2.0 100 Trying");
    transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 180));
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    CHECK(transport.take_lines() == "SIP/2.0 180 Ringing\nSIP/2.0 180 Ringing");
    CHECK(user.take() == "INVITE");
    CHECK(metric("wakeline_sip_requests_repeated_total") == 2);
    CHECK(transactions.counts().invite_server == 1);
}

TEST_CASE_FIXTURE(Fixture, "the same branch from another sent-by or with another method is another request") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transport.receive(
        udp, "OPTIONS sip:1000@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK1\n"
             "From: <sip:a@b.c>;tag=t\nTo: <sip:a@b.c>\nCall-ID: c9\nCSeq: 1 OPTIONS\n");
    transport.receive(
        udp, "OPTIONS sip:1000@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.7:5063;branch=z9hG4bK1\n"
             "From: <sip:a@b.c>;tag=t\nTo: <sip:a@b.c>\nCall-ID: c8\nCSeq: 1 OPTIONS\n");
    CHECK(user.take() == "INVITE OPTIONS OPTIONS");
}

TEST_CASE_FIXTURE(Fixture, "a branch without magic cookie is told apart by Call-ID, CSeq and From (17.2.3)") {
    transport.receive(udp, request("OPTIONS", "1"));
    transport.receive(udp, request("OPTIONS", "1"));
    transport.receive(udp, "OPTIONS sip:1000@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=1\n"
                           "From: <sip:a@b.c>;tag=t\nTo: <sip:a@b.c>\nCall-ID: another\nCSeq: 1 OPTIONS\n");
    CHECK(user.take() == "OPTIONS OPTIONS");
}

TEST_CASE_FIXTURE(Fixture, "a response says where the request really came from (RFC 3581)") {
    user.answer = 200;
    transport.receive(
        tls, "OPTIONS sip:x SIP/2.0\n"
             "Via: SIP/2.0/TLS 10.1.2.3:5061;rport;received=1.2.3.4;branch=z9hG4bK1;alias, SIP/2.0/UDP "
             "10.9.9.9;rport;branch=z9hG4bK0\n"
             "From: <sip:a@b.c>;tag=t\nTo: <sip:a@b.c>\nCall-ID: c9\nCSeq: 1 OPTIONS\n");
    CHECK(transport.take().header("Via") ==
          "SIP/2.0/TLS 10.1.2.3:5061;branch=z9hG4bK1;alias;received=203.0.113.9;rport=40000, SIP/2.0/UDP "
          "10.9.9.9;rport;branch=z9hG4bK0");
}

TEST_CASE_FIXTURE(Fixture, "a failure is sent again over UDP until its ACK, which nobody else hears") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 486));
    transport.sent.clear();
    timers.advance(1500ms);
    CHECK(transport.take_lines() == "SIP/2.0 486 Busy Here\nSIP/2.0 486 Busy Here");
    transport.receive(udp, request("ACK", "z9hG4bK1"));
    timers.advance(4s);
    CHECK(transport.sent.empty());
    CHECK(transactions.counts().invite_server == 1); // Timer I absorbs more ACKs
    timers.advance(1s);
    CHECK(transactions.counts().invite_server == 0);
    CHECK(user.take() == "INVITE");
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a failure that nobody acknowledges is given up after 64*T1 (Timer H)") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 480));
    timers.advance(32s);
    CHECK(user.take() == "INVITE lost:timeout");
    CHECK(transport.sent.size() == 2 + 10); // 0.5 1.5 3.5 7.5 11.5 ... 31.5 s
    CHECK(transactions.counts().invite_server == 0);
}

TEST_CASE_FIXTURE(Fixture, "over TLS a failure is sent once and its ACK is the end") {
    transport.receive(tls, request("INVITE", "z9hG4bK1"));
    transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 486));
    timers.advance(20s);
    CHECK(transport.sent.size() == 2);
    transport.receive(tls, request("ACK", "z9hG4bK1"));
    CHECK(transactions.counts().invite_server == 0);
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "after a 2xx a retransmitted INVITE is absorbed and the ACK is the user's (RFC 6026)") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    const Builder ok = response(request("INVITE", "z9hG4bK1"), 200);
    CHECK(transactions.respond(user.last, ok));
    CHECK(transactions.respond(user.last, ok)); // repeated by the user
    CHECK_FALSE(transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 500)));
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transport.receive(udp, request("ACK", "z9hG4bK2"));
    CHECK(transport.take_lines() == "SIP/2.0 100 Trying\nSIP/2.0 200 OK\nSIP/2.0 200 OK");
    CHECK(user.take() == "INVITE ack");
    transport.receive(udp, request("ACK", "z9hG4bK1")); // a peer that reuses the branch
    CHECK(user.take() == "ack");
    timers.advance(32s);
    CHECK(transactions.counts().invite_server == 0);
    CHECK_FALSE(transactions.respond(user.last, ok));
    CHECK(user.take().empty());
}

TEST_CASE_FIXTURE(Fixture, "a CANCEL is answered 200 with the tag of the call, and told once") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 180));
    transport.sent.clear();
    transport.receive(udp, request("CANCEL", "z9hG4bK1"));
    transport.receive(udp, request("CANCEL", "z9hG4bK1"));
    const auto ok = transport.take();
    CHECK(ok.first_line() == "SIP/2.0 200 OK");
    CHECK(ok.header("CSeq") == "1 CANCEL");
    CHECK(ok.header("To") == "<sip:1000@example.com>;tag=ours");
    CHECK(transport.take().first_line() == "SIP/2.0 200 OK");
    CHECK(user.take() == "INVITE cancelled");
    CHECK(transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 487)));
}

TEST_CASE_FIXTURE(Fixture, "scenario 24: a CANCEL after the final answer is answered and changes nothing") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 200));
    transport.receive(udp, request("CANCEL", "z9hG4bK1"));
    CHECK(transport.take_lines() == "SIP/2.0 100 Trying\nSIP/2.0 200 OK\nSIP/2.0 200 OK");
    CHECK(user.take() == "INVITE");
}

TEST_CASE_FIXTURE(Fixture, "a CANCEL of nothing is answered 481") {
    transport.receive(udp, request("CANCEL", "z9hG4bK1"));
    CHECK(transport.take_lines() == "SIP/2.0 481 Call/Transaction Does Not Exist");
    transport.receive(udp, request("OPTIONS", "z9hG4bK2"));
    transport.receive(udp, request("CANCEL", "z9hG4bK2")); // RFC 3261 9.1: of an INVITE alone
    CHECK(transport.take_lines() == "SIP/2.0 481 Call/Transaction Does Not Exist");
    CHECK(user.take() == "OPTIONS");
    CHECK(metric("wakeline_sip_cancels_unmatched_total") == 2);
}

TEST_CASE_FIXTURE(Fixture, "the same request by another path is answered 482 (8.2.2.2)") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transport.receive(udp, request("INVITE", "z9hG4bK2"));
    CHECK(transport.take_lines() == "SIP/2.0 100 Trying\nSIP/2.0 482 Loop Detected");
    CHECK(user.take() == "INVITE");
    CHECK(metric("wakeline_sip_requests_merged_total") == 1);
}

TEST_CASE_FIXTURE(Fixture, "a call that the PBX forks to two of our Contacts is two calls") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    std::string second = request("INVITE", "z9hG4bK2");
    second.replace(second.find("1000"), 4, "1001");
    transport.receive(udp, second);
    CHECK(user.take() == "INVITE INVITE");
}

TEST_CASE_FIXTURE(Fixture, "a repeated request other than INVITE gets its answer again for 64*T1") {
    user.answer = 200;
    transport.receive(udp, request("REGISTER", "z9hG4bK1"));
    transport.receive(udp, request("REGISTER", "z9hG4bK1"));
    CHECK(user.take() == "REGISTER");
    const auto first = transport.take();
    CHECK(transport.take().text == first.text);
    timers.advance(32s);
    CHECK(transactions.counts().other_server == 0);
    transport.receive(udp, request("REGISTER", "z9hG4bK1"));
    CHECK(user.take() == "REGISTER");
}

TEST_CASE_FIXTURE(Fixture, "a repeated request without an answer yet is absorbed") {
    transport.receive(udp, request("REGISTER", "z9hG4bK1"));
    transport.receive(udp, request("REGISTER", "z9hG4bK1"));
    CHECK(user.take() == "REGISTER");
    CHECK(transport.sent.empty());
}

TEST_CASE_FIXTURE(Fixture, "over TLS the answer of another request than INVITE ends it at once") {
    user.answer = 200;
    transport.receive(tls, request("REGISTER", "z9hG4bK1"));
    CHECK(transactions.counts().other_server == 0);
    CHECK(timers.pending() == 0);
    CHECK_FALSE(transactions.respond(user.last, response(request("REGISTER", "z9hG4bK1"), 200)));
}

TEST_CASE_FIXTURE(Fixture, "a phone whose connection closes while its call is pending ends that call") {
    transport.receive(tls, request("INVITE", "z9hG4bK1"));
    transport.disconnect(tls, "reset");
    CHECK(user.take() == "INVITE lost:transport closed:reset");
    CHECK_FALSE(transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 200)));
    CHECK(transactions.counts().invite_server == 0);
}

TEST_CASE_FIXTURE(Fixture, "a flow that goes without a word leaves no transaction behind") {
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    const ServerTx invite = user.last;
    transport.receive(udp, request("REGISTER", "z9hG4bK2"));
    transport.close(udp);
    CHECK_FALSE(transactions.respond(invite, response(request("INVITE", "z9hG4bK1"), 486)));
    CHECK_FALSE(transactions.respond(user.last, response(request("REGISTER", "z9hG4bK2"), 200)));
    timers.advance(0s);
    CHECK(user.take() == "INVITE REGISTER"); // what respond says is enough
    CHECK(transactions.counts().invite_server == 0);
    CHECK(transactions.counts().other_server == 0);
}

TEST_CASE_FIXTURE(Fixture, "an answer that cannot be sent is told to who gives it") {
    transport.receive(tls, request("INVITE", "z9hG4bK1"));
    transport.full = true;
    CHECK_FALSE(transactions.respond(user.last, response(request("INVITE", "z9hG4bK1"), 486)));
    transport.receive(tls, request("REGISTER", "z9hG4bK2"));
    CHECK_FALSE(transactions.respond(user.last, response(request("REGISTER", "z9hG4bK2"), 200)));
}

TEST_CASE_FIXTURE(Fixture, "what nobody may act upon is refused before any user sees it") {
    transport.receive(udp, request("INVITE", "z9hG4bK1", "Require: x-unheard-of\n"));
    const auto refusal = transport.take();
    CHECK(refusal.first_line() == "SIP/2.0 420 Bad Extension");
    CHECK(refusal.header("Unsupported") == "x-unheard-of");
    CHECK(user.take().empty());
    transport.receive(udp, request("ACK", "z9hG4bK1"));
    timers.advance(5s);
    CHECK(transactions.counts().invite_server == 0);
    CHECK(metric("wakeline_sip_requests_unacceptable_total") == 1);
}

TEST_CASE_FIXTURE(Fixture, "a full table refuses new requests and goes on with the old") {
    Transactions small{timers, transport, user, {.max_server = 1}};
    transport.attach(small);
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    transport.receive(udp, request("REGISTER", "z9hG4bK2"));
    transport.receive(udp, request("INVITE", "z9hG4bK1"));
    CHECK(transport.take_lines() ==
          "SIP/2.0 100 Trying\nSIP/2.0 503 Service Unavailable\nSIP/2.0 100 Trying");
    CHECK(user.take() == "INVITE");
}

TEST_CASE_FIXTURE(Fixture, "large requests of phones cannot take all memory together") {
    Transactions small{timers, transport, user, {.max_surplus = 4'000}};
    transport.attach(small);
    const std::string large = "\n" + std::string(5'000, 'x');
    const std::string full = "SIP/2.0 503 Service Unavailable";
    transport.receive(tls, request("MESSAGE", "z9hG4bK1", large));
    CHECK(transport.take_lines() == "");
    const ServerTx first = user.last;
    transport.receive(tls, request("INFO", "z9hG4bK2", large));
    CHECK(transport.take_lines() == full);
    transport.receive(tls, request("REGISTER", "z9hG4bK3"));      // the usual ones pass
    transport.receive(udp, request("NOTIFY", "z9hG4bK4", large)); // and those of the PBX
    CHECK(transport.take_lines() == "");
    CHECK(small.respond(first, response(request("MESSAGE", "z9hG4bK1"), 200)));
    CHECK(transport.take_lines() == "SIP/2.0 200 OK");
    transport.receive(tls, request("PUBLISH", "z9hG4bK5", large));
    CHECK(transport.take_lines() == "");
    CHECK(user.take() == "MESSAGE REGISTER NOTIFY PUBLISH");
}

TEST_CASE_FIXTURE(Fixture,
                  "our requests have a Via of their flow with an unguessable branch that names the shard") {
    transactions.send(udp, request_of_ours("OPTIONS"), user);
    const auto sent = transport.take();
    CHECK(sent.header("Via").starts_with("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK05"));
    CHECK(sent.header("Via").ends_with(";rport"));
    CHECK(sent.branch().size() == 7 + 26);
    CHECK(sent.header("Max-Forwards") == "70");
    CHECK(sent.header("User-Agent") == "Wakeline");
    transactions.send(tls, request_of_ours("OPTIONS").add("Max-Forwards", "12").add("User-Agent", "x"), user);
    const auto other = transport.take();
    CHECK(other.header("Via").starts_with("SIP/2.0/TLS "));
    CHECK(other.branch() != sent.branch());
    CHECK(other.header("Max-Forwards") == "12");
    CHECK(other.header("User-Agent") == "x");
}

TEST_CASE_FIXTURE(Fixture, "a request is sent again over UDP until something comes, then each T2 (17.1.2)") {
    transactions.send(udp, request_of_ours("OPTIONS"), user);
    timers.advance(3s);
    CHECK(transport.sent.size() == 3); // 0, 0.5, 1.5 s
    answer(udp, transport.sent.front(), 100);
    timers.advance(29s); // the fourth at 3.5 s, then 7.5 ... 31.5 s
    CHECK(transport.sent.size() == 3 + 8);
    CHECK(user.take() == "100 failed:timeout");
    CHECK(transactions.counts().other_client == 0);
}

TEST_CASE_FIXTURE(Fixture, "the final answer is told once, its copies are absorbed for T4") {
    transactions.send(udp, request_of_ours("BYE"), user);
    const auto sent = transport.take();
    answer(udp, sent, 200);
    answer(udp, sent, 200);
    CHECK(user.take() == "200");
    timers.advance(5s);
    answer(udp, sent, 200);
    CHECK(user.take().empty());
    CHECK(metric("wakeline_sip_responses_stray_total") == 1);
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "a failed INVITE is acknowledged hop by hop from the INVITE that was sent (17.1.1.3)") {
    transactions.send(udp,
                      request_of_ours("INVITE")
                          .add("Route", "<sip:p1;lr>")
                          .add("Route", "<sip:p2;lr>")
                          .add("Contact", "<sip:us>")
                          .body("application/sdp", "v=0\r\n"),
                      user);
    const auto invite = transport.take();
    answer(udp, invite, 486);
    const auto ack = transport.take();
    CHECK(ack.text ==
          "ACK sip:2000@198.51.100.7:5062 SIP/2.0\r\nVia: " + invite.header("Via") +
              "\r\nFrom: <sip:1000@example.com>;tag=ours\r\nTo: <sip:2000@example.com>;tag=theirs\r\n"
              "Call-ID: c2\r\nCSeq: 7 ACK\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n"
              "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    answer(udp, invite, 486);
    CHECK(transport.take().text == ack.text);
    CHECK(user.take() == "486");
}

TEST_CASE_FIXTURE(Fixture, "every 2xx reaches the user for 64*T1, those of other forks too (RFC 6026)") {
    transactions.send(udp, request_of_ours("INVITE"), user);
    const auto invite = transport.take();
    answer(udp, invite, 200, "fork1");
    answer(udp, invite, 200, "fork1");
    answer(udp, invite, 200, "fork2");
    answer(udp, invite, 486, "fork3");
    CHECK(user.take() == "200 200 200");
    timers.advance(32s);
    answer(udp, invite, 200, "fork2");
    CHECK(user.take().empty());
    CHECK(transport.sent.empty());
}

TEST_CASE_FIXTURE(Fixture, "scenario 23: a CANCEL waits for the first provisional answer (9.1)") {
    const ClientTx tx = transactions.send(udp, request_of_ours("INVITE").add("Route", "<sip:p1;lr>"), user);
    const auto invite = transport.take();
    transactions.cancel(tx, "SIP;cause=200;text=\"Call completed elsewhere\"");
    CHECK(transport.sent.empty());
    answer(udp, invite, 100);
    const auto cancel = transport.take();
    CHECK(cancel.first_line() == "CANCEL sip:2000@198.51.100.7:5062 SIP/2.0");
    CHECK(cancel.header("Via") == invite.header("Via"));
    CHECK(cancel.header("CSeq") == "7 CANCEL");
    CHECK(cancel.header("To") == invite.header("To"));
    CHECK(cancel.header("Route") == "<sip:p1;lr>");
    CHECK(cancel.header("Reason") == "SIP;cause=200;text=\"Call completed elsewhere\"");
    transactions.cancel(tx, {});
    CHECK(transport.sent.empty()); // once
    answer(udp, cancel, 200);
    CHECK(user.take() == "100");
    answer(udp, invite, 487);
    CHECK(user.take() == "487");
    CHECK(transport.take().first_line().starts_with("ACK "));
}

TEST_CASE_FIXTURE(Fixture,
                  "scenario 23: a 200 that overtakes the waiting CANCEL is delivered, nothing is cancelled") {
    const ClientTx tx = transactions.send(udp, request_of_ours("INVITE"), user);
    const auto invite = transport.take();
    transactions.cancel(tx, {});
    answer(udp, invite, 200);
    CHECK(user.take() == "200");
    CHECK(transport.sent.empty());
}

TEST_CASE_FIXTURE(Fixture, "scenario 24: a 200 that crosses the CANCEL is delivered") {
    const ClientTx tx = transactions.send(tls, request_of_ours("INVITE"), user);
    const auto invite = transport.take();
    answer(tls, invite, 180);
    transactions.cancel(tx, {});
    CHECK(transport.take().first_line().starts_with("CANCEL "));
    answer(tls, invite, 200);
    transactions.cancel(tx, {});
    CHECK(transport.sent.empty());
    CHECK(user.take() == "180 200");
}

TEST_CASE_FIXTURE(Fixture, "a call may be cancelled inside the delivery of its answer") {
    user.cancel_on = 180;
    transactions.send(tls, request_of_ours("INVITE"), user);
    answer(tls, transport.take(), 180);
    CHECK(transport.take_lines().starts_with("CANCEL "));
}

TEST_CASE_FIXTURE(Fixture, "a cancelled INVITE without final answer is given up after 64*T1 (9.1)") {
    const ClientTx tx = transactions.send(tls, request_of_ours("INVITE"), user);
    answer(tls, transport.take(), 180);
    timers.advance(10min); // may ring as long as the user wants
    transactions.cancel(tx, {});
    timers.advance(32s);
    CHECK(user.take() == "180 failed:timeout");
    CHECK(transactions.counts().invite_client == 0);
    CHECK(transactions.counts().other_client == 0);
}

TEST_CASE_FIXTURE(Fixture, "what a connection carried fails when it closes, but not what was answered") {
    transactions.send(tls, request_of_ours("INVITE"), user);
    answer(tls, transport.take(), 200);
    transactions.send(tls, request_of_ours("INVITE"), user);
    answer(tls, transport.take(), 180);
    transactions.send(tls, request_of_ours("OPTIONS"), user);
    transactions.send(udp, request_of_ours("OPTIONS"), user);
    user.take();
    transport.disconnect(tls, "gone");
    CHECK(user.take() == "failed:transport failed:transport closed:gone");
    CHECK(transactions.counts().other_client == 1);
    CHECK(metric("wakeline_sip_transactions_cut_off_total") == 2);
}

TEST_CASE_FIXTURE(Fixture, "a request that cannot be sent fails soon, never inside send") {
    transactions.send(99, request_of_ours("INVITE"), user);
    transport.full = true;
    transactions.send(tls, request_of_ours("INVITE"), user);
    transactions.send(udp, request_of_ours("BYE"), user);
    CHECK(user.take().empty());
    timers.advance(0s);
    CHECK(user.take() == "failed:transport failed:transport failed:transport");
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a full table fails new requests of ours") {
    Transactions small{timers, transport, user, {.max_client = 1}};
    small.send(udp, request_of_ours("OPTIONS"), user);
    small.send(udp, request_of_ours("OPTIONS"), user);
    timers.advance(0s);
    CHECK(user.take() == "failed:transport");
    CHECK(transport.sent.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a forgotten request is carried to its end without a word") {
    const ClientTx tx = transactions.send(udp, request_of_ours("INVITE"), user);
    transactions.forget(tx);
    answer(udp, transport.take(), 486);
    CHECK(transport.take_lines().starts_with("ACK "));
    CHECK(user.take().empty());
}

TEST_CASE_FIXTURE(Fixture, "responses for nobody, or for another hop, are dropped and counted") {
    transactions.send(udp, request_of_ours("OPTIONS"), user);
    auto sent = transport.take();
    const std::string head = "SIP/2.0 200 OK\nVia: " + sent.header("Via");
    const std::string tail = "\nFrom: <sip:a@b.c>;tag=ours\nTo: <sip:a@b.c>;tag=x\nCall-ID: c2\nCSeq: ";
    transport.receive(udp, head + ", SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK0" + tail +
                               "7 OPTIONS"); // bcast.dat
    CHECK(metric("wakeline_sip_responses_misrouted_total") == 1);
    transport.receive(udp, head + tail + "7 BYE");
    transport.receive(udp, head + tail + "7 INVITE");
    CHECK(metric("wakeline_sip_responses_stray_total") == 2);
    CHECK(user.take().empty());
    transport.receive(udp, head + tail + "7 OPTIONS");
    CHECK(user.take() == "200");
}

TEST_CASE_FIXTURE(Fixture, "an ACK of ours to a 2xx has a branch and no transaction") {
    transactions.send_ack(tls, request_of_ours("ACK"));
    const auto ack = transport.take();
    CHECK(ack.branch().starts_with("z9hG4bK05"));
    CHECK(timers.pending() == 0);
    transactions.send_ack(99, request_of_ours("ACK"));
    CHECK(transport.sent.empty());
}

TEST_CASE("transactions that end with their owner leave no timer behind") {
    Fixture all;
    {
        Transactions dying{all.timers, all.transport, all.user, {}};
        all.transport.attach(dying);
        all.transport.receive(all.udp, Fixture::request("INVITE", "z9hG4bK1"));
        dying.respond(all.user.last, all.response(Fixture::request("INVITE", "z9hG4bK1"), 486));
        dying.send(all.udp, Fixture::request_of_ours("INVITE"), all.user);
    }
    CHECK(all.timers.pending() == 0);
}

TEST_SUITE_END();
