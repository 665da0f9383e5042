// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

struct Rig : CallRig {
    /// A request outside a dialog from that flow.
    void request(sip::FlowId flow, std::string_view method, std::string_view uri,
                 const std::string& more = {}) {
        const bool trunk = flow == pbx;
        ++branches;
        transport.receive(
            flow, std::string(method) + " " + std::string(uri) + " SIP/2.0\nVia: SIP/2.0/" +
                      (trunk ? "UDP 10.0.0.5:5060" : "TLS 198.51.100.7:40001") + ";branch=z9hG4bKr" +
                      std::to_string(branches) + "\nMax-Forwards: 70\nFrom: <" +
                      (trunk ? "sip:1001@10.0.0.5" : kAlice) + ">;tag=asker\nTo: <" + std::string(uri) +
                      ">\nCall-ID: ask\nCSeq: " + std::to_string(branches) + " " + std::string(method) +
                      "\nContact: <sip:asker@" + (trunk ? "10.0.0.5" : "198.51.100.7:40001") + ">\n" + more);
    }
};

} // namespace

TEST_SUITE_BEGIN("call/request_dispatch");

TEST_CASE_FIXTURE(Rig, "REGISTER of a phone goes to the registrar, and so does the end of its connection") {
    const sip::FlowId phone = connect("198.51.100.7:40001");
    request(phone, "REGISTER", "sip:example.com");
    CHECK(door.registers == 1);
    transport.disconnect(phone);
    CHECK(door.closed == 1);
}

TEST_CASE_FIXTURE(Rig, "OPTIONS is answered with what we can do, also for a phone that sleeps") {
    sleeping(1);
    request(pbx, "OPTIONS", "sip:alice@10.0.0.4:5080");
    const Sent answer = take(pbx, "SIP/2.0 200");
    CHECK(answer.header("Allow").find("INVITE") != std::string::npos);
    CHECK(answer.header("Accept") == "application/sdp");
    CHECK(answer.header("Supported").find("100rel") != std::string::npos);
    CHECK(waker.asked.empty()); // scenario 19
}

TEST_CASE_FIXTURE(Rig, "on the trunk side only the configured PBX is heard") {
    const sip::FlowId stranger =
        transport.add(flow_info(sip::TransportKind::Udp, sip::Side::Trunk, "10.0.0.66:5060"));
    for (const char* method : {"INVITE", "OPTIONS", "MESSAGE"})
        request(stranger, method, "sip:alice@10.0.0.4");
    CHECK(take_words(stranger) == "100 403 403 403");
    request(pbx, "REGISTER", "sip:example.com");
    CHECK(take_words(pbx) == "403");
    CHECK(door.registers == 0);
    for (const auto& sample : metrics.snapshot())
        if (sample.info.name == "wakeline_call_unknown_sources_total") CHECK(sample.value == 4);
}

TEST_CASE_FIXTURE(Rig, "what needs a dialog and has none gets 481") {
    const sip::FlowId phone = awake(1);
    for (const char* method : {"BYE", "PRACK", "UPDATE"})
        request(phone, method, "sip:1001@example.com");
    CHECK(take_words(phone) == "481 481 481");
}

TEST_CASE_FIXTURE(Rig,
                  "MESSAGE passes to a phone that is awake, with its body and without its sender's address") {
    const sip::FlowId phone = awake(1); // proves: SBC-CALL-07
    request(pbx, "MESSAGE", "sip:alice@10.0.0.4", "Content-Type: text/plain\n\nhello\n");
    const Sent message = take(phone, "MESSAGE sip:device1@192.0.2.10:40000;transport=tls SIP/2.0");
    CHECK(message.body() == "hello\r\n");
    CHECK(message.header("From").starts_with("<sip:1001@example.com>;tag="));
    CHECK(message.header("To") == "<sip:alice@example.com>");
    CHECK(message.header("Contact") == "-");
    CHECK(message.text.find("10.0.0.") == std::string::npos);
    answer(message, 202);
    CHECK(take_words(pbx) == "202");
}

TEST_CASE_FIXTURE(Rig, "scenario 32: a sleeping phone is woken for a MESSAGE by an alert, and gets it once") {
    const auto binding = sleeping(1); // scenario 19: no VoIP push
    sleeping(2);
    request(pbx, "MESSAGE", "sip:alice@10.0.0.4", "Content-Type: text/plain\n\nhello\n");
    REQUIRE(waker.asked.size() == 2);
    CHECK(waker.asked[0].request.kind == push::WakeKind::Message);
    CHECK(waker.asked[0].request.caller_number == "1001");
    CHECK(waker.asked[0].request.text == "hello\r\n");
    CHECK(waker.asked[0].request.aor == kAlice);
    CHECK(silent(pbx));
    waker.accept(1);
    timers.advance(5s);

    const sip::FlowId phone = wake(binding);
    const Sent message = take(phone, "MESSAGE sip:device1@192.0.2.10:40000;transport=tls SIP/2.0");
    CHECK(message.header("Call-ID") == waker.asked[0].request.sip_call_id);
    CHECK(waker.cancelled == std::vector<push::WakeId>{2});
    locator.registered(locator.bindings.back()); // a second REGISTER
    CHECK(silent(phone));
    CHECK(silent(wake(locator.bindings[0], "198.51.100.7:40002"))); // the other device
    answer(message, 200);
    CHECK(take_words(pbx) == "200");
}

TEST_CASE_FIXTURE(Rig, "scenario 32: a MESSAGE that nobody takes is 480 before Timer F, and never 408") {
    SUBCASE("nobody comes") {
        const auto binding = sleeping(1);
        request(pbx, "MESSAGE", "sip:alice@10.0.0.4");
        waker.accept(1);
        timers.advance(20s);
        CHECK(take_words(pbx) == "480");
        CHECK(silent(wake(binding))); // too late: the sender knows that it failed
    }
    SUBCASE("the push fails") {
        sleeping(1);
        request(pbx, "MESSAGE", "sip:alice@10.0.0.4");
        waker.answer(1, {.outcome = push::WakeOutcome::Unavailable, .status = 503, .reason = {}});
        CHECK(take_words(pbx) == "480");
    }
    SUBCASE("it cannot be woken for messages") {
        waker.supports_messages = false;
        sleeping(1);
        request(pbx, "MESSAGE", "sip:alice@10.0.0.4");
        CHECK(take_words(pbx) == "480");
        CHECK(waker.asked.empty());
    }
    SUBCASE("nobody knows the user") {
        request(pbx, "MESSAGE", "sip:nobody@10.0.0.4");
        CHECK(take_words(pbx) == "404");
    }
    SUBCASE("the phone takes it and says nothing") {
        const sip::FlowId phone = awake(1);
        request(pbx, "MESSAGE", "sip:alice@10.0.0.4");
        CHECK(take_words(phone) == "MESSAGE");
        timers.advance(20s);
        CHECK(take_words(pbx) == "480");
    }
    SUBCASE("the phone says 408") {
        const sip::FlowId phone = awake(1);
        request(pbx, "MESSAGE", "sip:alice@10.0.0.4");
        answer(take(phone, "MESSAGE "), 408);
        CHECK(take_words(pbx) == "480");
    }
    CHECK(transport.sent.empty());
}

TEST_CASE_FIXTURE(Rig, "scenario 19: nobody is woken for anything but a call or a MESSAGE") {
    sleeping(1);
    for (const char* method : {"NOTIFY", "INFO", "SUBSCRIBE", "REFER", "OPTIONS"})
        request(pbx, method, "sip:alice@10.0.0.4", "Event: presence\nRefer-To: <sip:x@10.0.0.5>\n");
    CHECK(waker.asked.empty());
    timers.advance(40s);
    CHECK(waker.asked.empty());
}

TEST_CASE_FIXTURE(Rig,
                  "a check-sync NOTIFY of the PBX reaches the phone as it is, and none is sent unasked") {
    // proves: SBC-REG-17
    const sip::FlowId phone = awake(1);
    CHECK(silent(phone));
    request(pbx, "NOTIFY", "sip:alice@example.com",
            "Event: check-sync;reboot=false\nSubscription-State: terminated\n");
    const Sent notify = take(phone, "NOTIFY sip:device1@192.0.2.10:40000;transport=tls SIP/2.0");
    CHECK(notify.header("Event") == "check-sync;reboot=false");
    CHECK(notify.header("Subscription-State") == "terminated");
    answer(notify, 401, "phone",
           "WWW-Authenticate: Digest realm=\"phone\", nonce=\"n\""); // the phone may challenge
    CHECK(take(pbx, "SIP/2.0 401").header("WWW-Authenticate") == "Digest realm=\"phone\", nonce=\"n\"");
}

TEST_CASE_FIXTURE(Rig, "a message-waiting NOTIFY reaches every device, and those that sleep when they wake") {
    // proves: SBC-MWI-01, SBC-MWI-03
    const sip::FlowId first = awake(1, "198.51.100.7:40001"), second = awake(2, "198.51.100.7:40002");
    const auto third = sleeping(3);
    const auto tell = [&](const std::string& waiting) {
        request(pbx, "NOTIFY", "sip:alice@example.com",
                "Event: message-summary\nSubscription-State: active\n"
                "Content-Type: application/simple-message-summary\n\nMessages-Waiting: " +
                    waiting + "\nMessage-Account: sip:alice@10.0.0.5\n");
        CHECK(take_words(pbx) == "200");
    };
    tell("yes");
    for (const sip::FlowId phone : {first, second}) {
        const Sent notify = take(phone, "NOTIFY ");
        CHECK(notify.body() == "Messages-Waiting: yes\r\nMessage-Account: sip:alice@example.com\r\n");
        CHECK(notify.text.find("10.0.0.") == std::string::npos);
        answer(notify, phone == first ? 200 : 489);
    }
    tell("no");
    CHECK(waker.asked.empty()); // nobody is woken for it
    const sip::FlowId back = wake(third, "198.51.100.7:40003");
    const Sent latest = take(back, "NOTIFY sip:device3@");
    CHECK(latest.body().starts_with("Messages-Waiting: no"));
    CHECK(silent(back));
    answer(latest, 200);
    CHECK(silent(wake(third, "198.51.100.7:40004")));
    answer(take(first, "NOTIFY "), 200);
    transport.disconnect(second); // before it has answered
    CHECK(take_words(wake(*locator.find(2), "198.51.100.7:40005")) == "NOTIFY");
    request(pbx, "NOTIFY", "sip:nobody@example.com", "Event: message-summary\nSubscription-State: active\n");
    CHECK(take_words(pbx) == "404");
}

TEST_CASE_FIXTURE(Rig, "a callback or feature request of a phone passes with its body, and needs no call") {
    const sip::FlowId phone = awake(1); // proves: SBC-CBK-02, SBC-CALL-07
    const std::string body = "<?xml version=\"1.0\"?>\r\n<MakeCall>\xc3\xa4&amp;\t</MakeCall>\r\n";
    request(phone, "INFO", "sip:alice@example.com",
            "Content-Type: application/csta+xml\nContent-Disposition: signal;handling=required\n\n" + body);
    const Sent info = take(pbx, "INFO sip:alice@example.com SIP/2.0");
    CHECK(info.body() == body);
    CHECK(info.header("Content-Type") == "application/csta+xml");
    CHECK(info.header("Content-Disposition") == "signal;handling=required");
    answer(info, 200, "pbx", "Content-Type: application/csta+xml\n\n<MakeCallResponse/>\n");
    CHECK(take(phone, "SIP/2.0 200").body() == "<MakeCallResponse/>\r\n");
    CHECK(calls.count() == 0);

    request(pbx, "INFO", "sip:alice@example.com", "Content-Type: application/csta+xml\n\n" + body);
    const Sent event = take(phone, "INFO ");
    CHECK(event.body() == body);
    answer(event, 200);
    CHECK(take_words(pbx) == "200");
}

TEST_CASE_FIXTURE(Rig, "phones behind one router with equal addresses of their own are told apart") {
    auto first = sleeping(1), second = sleeping(2, "sip:bob@example.com"); // proves: SBC-NET-05
    first.contact = second.contact = "sip:phone@192.168.1.5:5060;transport=tls";
    const sip::FlowId alice = wake(first, "198.51.100.7:40001"), bob = wake(second, "198.51.100.7:40002");
    request(pbx, "MESSAGE", "sip:bob@10.0.0.4", "Content-Type: text/plain\n\nhello\n");
    CHECK(take_words(bob) == "MESSAGE");
    CHECK(silent(alice));
}

TEST_CASE_FIXTURE(Rig, "PUBLISH of a phone meets the PBX's challenge, and its credentials pass") {
    const sip::FlowId phone = awake(1);
    request(phone, "PUBLISH", "sip:alice@example.com", "Event: presence\n");
    const Sent first = take(pbx, "PUBLISH sip:alice@example.com SIP/2.0");
    answer(first, 401, "pbx", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"");
    CHECK(take(phone, "SIP/2.0 401").header("WWW-Authenticate") == "Digest realm=\"r\", nonce=\"n\"");
    request(phone, "PUBLISH", "sip:alice@example.com",
            "Event: presence\nAuthorization: Digest username=\"a\"\n");
    const Sent second = take(pbx, "PUBLISH ");
    CHECK(second.header("Authorization") == "Digest username=\"a\"");
    CHECK(second.header("Call-ID") == first.header("Call-ID"));
    answer(second, 200, "pbx", "SIP-ETag: e1");
    CHECK(take(phone, "SIP/2.0 200").header("SIP-ETag") == "e1");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("call/subscription");

namespace {

/// A phone subscribes to its mailbox.
struct Subscribed : Rig {
    Subscribed() {
        request(phone, "SUBSCRIBE", "sip:alice@example.com", "Event: message-summary\nExpires: 600\n");
        subscribe = take(pbx, "SUBSCRIBE sip:alice@example.com SIP/2.0");
    }
    void accept() {
        answer(subscribe, 200, "mwi", "Contact: <sip:mwi@10.0.0.5>\nExpires: 600");
        accepted = take(phone, "SIP/2.0 200");
    }
    void notify(int cseq, const std::string& state) {
        send_back(subscribe, "NOTIFY", cseq, "mwi",
                  "Event: message-summary\nSubscription-State: " + state +
                      "\nContact: <sip:mwi@10.0.0.5>\nContent-Type: application/simple-message-summary\n\n"
                      "Messages-Waiting: yes\nMessage-Account: sip:alice@10.0.0.5\n");
    }
    void refresh(int cseq, const std::string& more, const std::string& contact_params = {}) {
        transport.receive(
            phone,
            "SUBSCRIBE sip:x@sbc.example.com SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7:1;branch=z9hG4bKf" +
                std::to_string(cseq) + "\nFrom: " + accepted.header("From") +
                "\nTo: " + accepted.header("To") + "\nCall-ID: ask\nCSeq: " + std::to_string(cseq) +
                " SUBSCRIBE\nContact: <sip:asker@198.51.100.7:40001" + contact_params + ">\n" + more);
    }

    sip::FlowId phone = awake(1);
    Sent subscribe, accepted;
};

} // namespace

TEST_CASE_FIXTURE(Subscribed, "NOTIFY wakes a phone that asked for it with pn-purr, and no other") {
    accept();
    locator.fall_asleep(1);
    transport.disconnect(phone);
    notify(1, "active;expires=600");
    CHECK(take_words(pbx) == "200");
    CHECK(waker.asked.empty());

    phone = wake(*locator.find(1));
    answer(take(phone, "NOTIFY "), 200, "");
    refresh(50, "Event: message-summary\nExpires: 600\n", ";pn-purr=6f1d");
    answer(take(pbx, "SUBSCRIBE "), 200, "", "Expires: 600\nContact: <sip:mwi@10.0.0.5>\n");
    locator.fall_asleep(1);
    transport.disconnect(phone);
    notify(2, "active;expires=600");
    notify(3, "active;expires=599");
    CHECK(take_words(pbx) == "200 200");
    REQUIRE(waker.asked.size() == 1);
    CHECK(waker.asked[0].request.kind == push::WakeKind::Request);
    waker.accept(waker.asked[0].id);
    const sip::FlowId back = wake(*locator.find(1), "198.51.100.8:50000");
    answer(take(back, "NOTIFY sip:asker@198.51.100.7:40001"), 200, "");
    CHECK(silent(back));
}

TEST_CASE_FIXTURE(Subscribed, "a phone that slept hears the last state of its subscription when it is back") {
    accept(); // proves: SBC-MWI-03
    locator.fall_asleep(1);
    transport.disconnect(phone);
    notify(1, "active;expires=600");
    notify(2, "active;expires=500");
    CHECK(take_words(pbx) == "200 200"); // the PBX goes on
    const sip::FlowId back = wake(*locator.find(1), "198.51.100.8:50000");
    const Sent told = take(back, "NOTIFY sip:asker@198.51.100.7:40001 SIP/2.0");
    CHECK(told.header("Subscription-State") == "active;expires=500");
    CHECK(told.body() == "Messages-Waiting: yes\r\nMessage-Account: sip:alice@example.com\r\n");
    CHECK(told.header("Call-ID") == "ask");
    CHECK(silent(back));
    SUBCASE("it takes it, and it is not told twice") {
        answer(told, 200, "");
        CHECK(silent(wake(*locator.find(1), "198.51.100.8:50001")));
        notify(3, "active;expires=400");
        CHECK(take(locator.find(1)->flow, "NOTIFY ").header("Subscription-State") == "active;expires=400");
    }
    SUBCASE("its connection breaks again before it answers") {
        locator.fall_asleep(1);
        transport.disconnect(back);
        CHECK(take_words(wake(*locator.find(1), "198.51.100.8:50001")) == "NOTIFY");
    }
    SUBCASE("its app has started anew and knows of no subscription") {
        answer(told, 481, "");
        notify(3, "active;expires=400");
        CHECK(take_words(pbx) == "481");
    }
}

TEST_CASE_FIXTURE(Subscribed, "the end of a subscription, too, waits for the phone") {
    accept();
    locator.fall_asleep(1);
    transport.disconnect(phone);
    notify(1, "terminated;reason=noresource");
    CHECK(take_words(pbx) == "200");
    const sip::FlowId back = wake(*locator.find(1), "198.51.100.8:50000");
    const Sent told = take(back, "NOTIFY ");
    CHECK(told.header("Subscription-State") == "terminated;reason=noresource");
    answer(told, 200, "");
    notify(2, "active");
    CHECK(take_words(pbx) == "481");
}

TEST_CASE_FIXTURE(Subscribed,
                  "NOTIFY finds the phone, without the PBX's address, until the subscription ends") {
    accept();
    CHECK(accepted.header("Expires") == "600");
    CHECK(accepted.header("Contact") == "<sip:alice@sbc.example.com:5061;transport=tls>");
    notify(1, "active;expires=600");
    const Sent relayed = take(phone, "NOTIFY sip:asker@198.51.100.7:40001 SIP/2.0");
    CHECK(relayed.header("Call-ID") == "ask");
    CHECK(relayed.body() == "Messages-Waiting: yes\r\nMessage-Account: sip:alice@example.com\r\n");
    answer(relayed, 200, "");
    CHECK(take_words(pbx) == "200");

    refresh(50, "Event: message-summary\nExpires: 0\n");
    const Sent ended = take(pbx, "SUBSCRIBE sip:mwi@10.0.0.5 SIP/2.0");
    CHECK(ended.header("Expires") == "0");
    answer(ended, 200, "", "Expires: 0");
    CHECK(take_words(phone) == "200");
    notify(2, "terminated;reason=timeout");
    answer(take(phone, "NOTIFY "), 200, "");
    CHECK(take_words(pbx) == "200");
    notify(3, "active");
    CHECK(take_words(pbx) == "481");
}

TEST_CASE_FIXTURE(Subscribed, "a NOTIFY that overtakes the 200 is relayed all the same (RFC 6665 4.1.2.4)") {
    notify(1, "active;expires=600");
    answer(take(phone, "NOTIFY "), 200, "");
    CHECK(take_words(pbx) == "200");
    accept();
    refresh(50, "Event: message-summary\nExpires: 600\n");
    CHECK(take(pbx, "SUBSCRIBE ").message().cseq().number > subscribe.message().cseq().number);
}

TEST_CASE_FIXTURE(Subscribed, "a subscription follows its phone, and expires when nobody refreshes it") {
    accept();
    const sip::FlowId moved = wake(locator.bindings[0], "203.0.113.50:5");
    notify(1, "active");
    answer(take(moved, "NOTIFY "), 200, "");
    CHECK(take_words(pbx) == "200");
    locator.fall_asleep(1);
    transport.disconnect(moved);
    notify(2, "active");
    CHECK(take_words(pbx) == "200");
    timers.advance(641s);
    notify(3, "active");
    CHECK(take_words(pbx) == "481");
}

TEST_CASE_FIXTURE(Subscribed, "a refused subscription is over") {
    answer(subscribe, 489, "mwi", "Allow-Events: presence");
    CHECK(take(phone, "SIP/2.0 489").header("Allow-Events") == "presence");
    notify(1, "active");
    CHECK(take_words(pbx) == "481");
}

TEST_SUITE_END();
