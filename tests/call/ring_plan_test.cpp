// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"
#include "call/ring_plan.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::call;
using test::CallRig;
using test::Sent;

namespace {

/// "mobile 15, desk 10": a plan in words.
std::string words(const std::vector<ring_plan::Stage>& stages) {
    std::string out;
    for (const auto& stage : stages) {
        out += out.empty() ? "" : ", ";
        for (const auto target : stage.targets)
            out += std::string(ring_plan::name(target)) + ' ';
        out += std::to_string(std::chrono::duration_cast<std::chrono::seconds>(stage.ring).count());
    }
    return out;
}

const Subscriber kFull{
    .number = "5550100", .desk = "5550100", .cell = "+491719876543", .voicemail = "5559", .use_cell = true};

/// Alice registers as "alice", which nobody shall see; the PBX has her desk phone, cell phone and voicemail.
struct Hunt : CallRig {
    explicit Hunt(const Subscriber& subscriber = kFull, RingPlanConfig plan = {})
        : CallRig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .routing = Routing::RingPlan}) {
        calls.configure(Routing::RingPlan, plan, {{"alice", subscriber}});
        hop.contact = "10.0.0.4:5080;transport=udp";
    }
    /// The next INVITE of ours to the PBX; the call of its own has answers only.
    Sent to_pbx(const std::string& number) {
        const Sent invite = take_request();
        CHECK(invite.first_line() == "INVITE sip:" + number + "@10.0.0.5 SIP/2.0");
        return invite;
    }
    Sent take_request() {
        for (;;) {
            Sent sent = take(pbx);
            if (sent.text.empty() || !sent.text.starts_with("SIP/2.0")) return sent;
        }
    }
};

constexpr auto kPbxSdp =
    "Contact: <sip:desk@10.0.0.5>\nContent-Type: application/sdp\n\nv=0\no=- 9 9 IN IP4 10.0.0.77\ns=-\n"
    "c=IN IP4 10.0.0.77\nt=0 0\nm=audio 7000 RTP/AVP 8\n";

} // namespace

TEST_SUITE_BEGIN("call/ring_plan");

TEST_CASE("who is reachable rings first, then the desk, the cell phone and voicemail: proves SBC-RING-02") {
    CHECK(words(ring_plan::stages({}, kFull, true)) == "mobile 15, desk 10, cell 15, voicemail 25");
    CHECK(words(ring_plan::stages({}, {.desk = "1", .voicemail = "2"}, true)) ==
          "mobile 15, desk 10, voicemail 25");
    CHECK(words(ring_plan::stages({}, {}, true)) == "mobile 15"); // SBC-ONS-06: no desk phone at all
}

TEST_CASE("who is not reachable is called at the desk first, then on the cell phone: proves SBC-RING-03") {
    CHECK(words(ring_plan::stages({}, kFull, false)) == "desk 10, cell 15, voicemail 25");
    CHECK(words(ring_plan::stages({.voicemail = "5000"}, {}, false)) == "voicemail 25");
    CHECK(ring_plan::stages({}, {}, false).empty());
}

TEST_CASE("the cell phone rings only with a number and the user's consent: proves SBC-RING-06") {
    Subscriber user = kFull;
    user.use_cell = false;
    CHECK(words(ring_plan::stages({}, user, false)) == "desk 10, voicemail 25");
    const RingPlanConfig unreachable{.cell_when = CellWhen::Unreachable};
    CHECK(words(ring_plan::stages(unreachable, kFull, true)) == "mobile 15, desk 10, voicemail 25");
    CHECK(words(ring_plan::stages(unreachable, kFull, false)) == "desk 10, cell 15, voicemail 25");
}

TEST_CASE("ring times are those of the user, else of the section; together they ring for the longest") {
    Subscriber user = kFull; // proves: SBC-RING-01
    user.ring = {.mobile = 25s, .desk = 1s, .cell = {}, .order = RingOrder::AsConfigured};
    CHECK(words(ring_plan::stages({.cell = 20s}, user, true)) == "mobile 25, desk 1, cell 20, voicemail 25");
    user.ring.order = RingOrder::Simultaneous;
    CHECK(words(ring_plan::stages({}, user, true)) == "mobile desk cell 25, voicemail 25");
    CHECK(words(ring_plan::stages({.order = RingOrder::Simultaneous}, kFull, false)) ==
          "desk cell 15, voicemail 25");
}

TEST_CASE("a call hunts the user through all stages, each for its time") {
    Hunt rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = "Diversion: <sip:700@10.0.0.5>;reason=unconditional\nP-Asserted-Identity: "
                      "<sip:1001@10.0.0.5>\n"});
    const Sent mobile = rig.take(phone, "INVITE ");
    rig.answer(mobile, 180, "mobile");
    rig.timers.advance(14s);
    CHECK(rig.take_words(rig.pbx) == "100 180");
    rig.timers.advance(1s);
    CHECK(rig.take(phone, "CANCEL ").header("Reason") == R"(SIP;cause=408;text="Not answered in time")");
    const Sent desk = rig.to_pbx("5550100");
    CHECK(desk.header("From").starts_with("\"Bob\" <sip:1001@10.0.0.5>;tag="));
    CHECK(desk.header("P-Asserted-Identity") == "<sip:1001@10.0.0.5>");
    CHECK(desk.header("Diversion") == "<sip:700@10.0.0.5>;reason=unconditional");
    CHECK(desk.header("Call-ID") != "pbx-call");
    CHECK(desk.body().find("c=IN IP4 10.0.0.5\r\n") != std::string::npos); // as it came
    rig.answer(desk, 180, "desk");
    CHECK(rig.take_words(rig.pbx) == "180");
    rig.timers.advance(10s);
    rig.take(rig.pbx, "CANCEL ");
    const Sent cell = rig.to_pbx("+491719876543");
    CHECK(cell.header("Diversion").starts_with("<sip:5550100@10.0.0.5>;reason=no-answer"));
    rig.answer(cell, 486, "cell"); // nobody waits for the rest of its time
    rig.take(rig.pbx, "ACK ");
    const Sent voicemail = rig.to_pbx("5559");
    rig.answer(voicemail, 200, "voicemail", kPbxSdp);
    rig.take(rig.pbx, "ACK ");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    CHECK(ok.body().find("c=IN IP4 10.0.0.77\r\n") != std::string::npos);
    rig.caller_sends(ok, "ACK", 1);
    CHECK(rig.media.open_sessions() == 0); // the PBX has both ends
    rig.caller_sends(ok, "BYE", 2);
    CHECK(rig.take_words(rig.pbx) == "200 BYE");
    CHECK(rig.record().reason.starts_with("hung up by"));
    rig.timers.advance(1min);
    CHECK(rig.calls.count() == 0);
}

TEST_CASE(
    "the name that a phone registers with and the cell number reach nobody: proves SBC-ONS-01, SBC-ONS-02") {
    Hunt rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial(
        {.more = "History-Info: <sip:alice@10.0.0.5>;index=1\nP-Called-Party-ID: <sip:alice@10.0.0.5>\n"});
    rig.take(phone, "INVITE ");
    rig.timers.advance(15s);
    const Sent desk = rig.to_pbx("5550100");
    CHECK(desk.text.find("alice") == std::string::npos);
    CHECK(desk.header("History-Info") == "<sip:5550100@10.0.0.5>;index=1");
    rig.answer(desk, 180, "desk");
    rig.timers.advance(10s);
    rig.take(rig.pbx, "SIP/2.0 180");
    rig.take(rig.pbx, "CANCEL ");
    const Sent cell = rig.to_pbx("+491719876543");
    CHECK(cell.text.find("alice") == std::string::npos);
    rig.answer(cell, 180, "cell",
               "Contact: <sip:+491719876543@10.0.0.5>\nAlert-Info: <sip:+491719876543@10.0.0.5>\n"
               "P-Asserted-Identity: <tel:+491719876543>\n");
    const Sent ringing = rig.take(rig.pbx, "SIP/2.0 180");
    CHECK(ringing.text.find("49171") == std::string::npos);
    rig.answer(cell, 302, "cell", "Contact: <sip:491719876543@10.0.0.5>\n");
    rig.take(rig.pbx, "ACK ");
    CHECK(rig.to_pbx("5559").text.find("49171") == std::string::npos);
}

TEST_CASE("a caller is shown to phones by the number that he is known by") {
    Hunt rig;
    const sip::FlowId phone = rig.awake(2, "198.51.100.7:40002", "sip:bob@example.com");
    rig.dial({.uri = "sip:bob@10.0.0.4:5080",
              .from = "\"Alice\" <sip:alice@10.0.0.5>",
              .more = "P-Asserted-Identity: <sip:alice@10.0.0.5>, <tel:+491719876543>\nReply-To: "
                      "<sip:alice@other.org>\n"});
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("From").starts_with("\"Alice\" <sip:5550100@example.com>;tag="));
    CHECK(invite.header("P-Asserted-Identity") == "<sip:5550100@example.com>, <tel:5550100>");
    CHECK(invite.text.find("alice@example") == std::string::npos);
    CHECK(invite.header("Reply-To") == "<sip:alice@other.org>"); // somebody else
}

TEST_CASE("a phone that cannot be reached leaves the desk the first place, and rings along when it comes") {
    Hunt rig; // proves: SBC-RING-03
    auto device = rig.sleeping(1);
    device.push = {};
    rig.locator.bindings.front().push = {};
    rig.dial();
    const Sent desk = rig.to_pbx("5550100");
    rig.answer(desk, 180, "desk");
    const sip::FlowId phone = rig.wake(device);
    const Sent mobile = rig.take(phone, "INVITE ");
    rig.answer_with_sdp(mobile, 200, "mobile");
    rig.take(phone, "ACK ");
    CHECK(rig.take_words(rig.pbx) == "180 CANCEL 200");
}

TEST_CASE("the desk phone that answers ends the waking of the mobile, and losers hear who won: proves "
          "SBC-RING-11") {
    Subscriber user = kFull;
    user.ring.order = RingOrder::Simultaneous;
    Hunt rig(user);
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 180, "mobile");
    const Sent desk = rig.to_pbx("5550100"), cell = rig.to_pbx("+491719876543");
    rig.answer(cell, 180, "cell");
    rig.answer(desk, 200, "desk", kPbxSdp);
    const std::string elsewhere = R"(SIP;cause=200;text="Call completed elsewhere")";
    CHECK(rig.take(phone, "CANCEL ").header("Reason") == elsewhere);
    const std::string told = rig.take_words(rig.pbx);
    CHECK(told.find("CANCEL") != std::string::npos);
    CHECK(told.find("200") != std::string::npos);
    rig.timers.advance(30s); // the time of the stage ends nothing any more
    CHECK(rig.calls.count() == 1);
}

TEST_CASE("a push that fails at once makes room for the desk at once") {
    Hunt rig;
    rig.sleeping(1);
    rig.dial();
    REQUIRE(rig.waker.asked.size() == 1);
    rig.waker.answer(rig.waker.asked[0].id,
                     {.outcome = push::WakeOutcome::TokenDead, .status = 410, .reason = "Unregistered"});
    rig.to_pbx("5550100");
}

TEST_CASE("what the PBX decides for the user wins over the plan") {
    const auto desk_says = [](int status, const std::string& more = {}) {
        Hunt rig;
        const sip::FlowId phone = rig.awake(1);
        rig.dial();
        rig.answer(rig.take(phone, "INVITE "), 486, "mobile");
        const Sent desk = rig.to_pbx("5550100");
        rig.answer(desk, status, "desk", more);
        std::string told = rig.take_words(rig.pbx);
        rig.timers.advance(12s);
        return rig.calls.count() == 0 ? told + " end" : told + ' ' + rig.take_words(rig.pbx);
    };
    CHECK(desk_says(603) == "ACK 603 end"); // do not disturb
    CHECK(desk_says(302, "Contact: <sip:4000@10.0.0.5>\n") ==
          "ACK 302 end");                            // forwarding that the caller follows
    CHECK(desk_says(181) == "181 ");                 // forwarding in the PBX: it goes on there
    CHECK(desk_says(486).starts_with("ACK INVITE")); // busy: the cell phone's turn
}

TEST_CASE("a user who declines on a mobile device goes to voicemail, not to his desk") {
    Hunt rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 603, "mobile");
    rig.to_pbx("5559");
}

TEST_CASE("when nobody answers the caller hears the best that was said: proves SBC-HUNT-02") {
    Subscriber user{.desk = "5550100"};
    Hunt rig(user);
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.take(phone, "INVITE ");
    rig.timers.advance(15s);
    rig.answer(rig.to_pbx("5550100"), 486, "desk");
    CHECK(rig.take_words(rig.pbx) == "ACK 486");
    CHECK(rig.calls.count() == 0);
}

TEST_CASE("a caller who gives up ends the hunt") {
    Hunt rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.take(phone, "INVITE ");
    rig.timers.advance(15s);
    const Sent desk = rig.to_pbx("5550100");
    rig.answer(desk, 180, "desk");
    const Sent ringing = rig.take(rig.pbx, "SIP/2.0 180");
    rig.caller_sends(ringing, "CANCEL", 1, "Reason: SIP;cause=487\n");
    CHECK(rig.take_words(rig.pbx).find("CANCEL") != std::string::npos);
    rig.timers.advance(40s);
    CHECK(rig.calls.count() == 0);
    CHECK(rig.record().status == 487);
}

TEST_CASE(
    "the PBX's call to a second contact of the same user joins the hunt of the first: proves SBC-ONS-03") {
    Hunt rig;
    const sip::FlowId one = rig.awake(1, "198.51.100.7:40001"), two = rig.awake(2, "198.51.100.7:40002");
    rig.dial({.uri = "sip:wl-1@10.0.0.4"});
    rig.take(one, "INVITE ");
    rig.take(two, "INVITE ");
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.transport.receive(
        rig.pbx, "INVITE sip:wl-2@10.0.0.4 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKfork\n"
                 "Max-Forwards: 70\nFrom: \"Bob\" <sip:1001@10.0.0.5>;tag=pbx\nTo: <sip:alice@10.0.0.4>\n"
                 "Call-ID: pbx-call\nCSeq: 1 INVITE\nContact: <sip:1001@10.0.0.5:5060>\n" +
                     std::string(CallRig::kSdp + 1));
    CHECK(rig.take_words(rig.pbx) == "100 482");
    CHECK(rig.silent(one));
    CHECK(rig.calls.count() == 1);
}

TEST_CASE("a PBX without a free line for its own call ends the hunt at once") {
    Hunt rig;
    const sip::FlowId phone = rig.awake(1);
    rig.hop.lines().set_limit(1);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 486);
    CHECK(rig.take_words(rig.pbx) == "100 486");
    rig.timers.advance(1s); // the dead are buried
    CHECK(rig.hop.lines().in_use() == 0);
}

TEST_CASE("a desk is reached over the next trunk when the first fails, by its numbers there") {
    Hunt rig({.desk = "5550100"});
    const sip::FlowId second =
        rig.transport.add(CallRig::flow_info(sip::TransportKind::Udp, sip::Side::Trunk, "10.0.0.6:5060"));
    rig.second_hop.flow = second;
    rig.second_hop.prefix = "0";
    rig.peers.others.push_back(&rig.second_hop);
    rig.dial();
    rig.answer(rig.to_pbx("5550100"), 503);
    const Sent other = rig.take(second, "INVITE sip:05550100@10.0.0.6 SIP/2.0");
    CHECK(other.header("From").starts_with("\"Bob\" <sip:01001@10.0.0.5>;tag="));
    CHECK(other.header("To") == "<sip:05550100@10.0.0.6>");
    CHECK(rig.second_hop.lines().in_use() == 1);
    rig.answer(other, 200, "desk", kPbxSdp);
    CHECK(rig.take_request().first_line().starts_with("ACK "));
    CHECK(rig.take_words(rig.pbx) == "200");
}

TEST_CASE("with routing: pbx a call rings the mobile devices alone") {
    Hunt rig;
    rig.calls.configure(Routing::Pbx, {}, {{"alice", kFull}});
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 486);
    CHECK(rig.take_words(rig.pbx) == "100 486");
}

TEST_SUITE_END();
