// SPDX-License-Identifier: Apache-2.0
#include "forward_fixture.h"

using namespace wakeline;
using namespace wakeline::test;
using namespace std::chrono_literals;
using registrar::Binding;
using Fixture = ForwardFixture;

TEST_SUITE_BEGIN("registrar/registrar: what the answer offers");

TEST_CASE_FIXTURE(Fixture, "the answer says which push service we use, and when the phone must refresh") {
    // proves: SBC-PUSH-01; scenario 41, 42
    const auto caps = [&](const std::string& contact) {
        const auto tx = registered({.contact = contact, .cseq = static_cast<unsigned>(last_tx) + 1});
        return answer(tx).headers("Feature-Caps");
    };
    using Caps = std::vector<std::string>;
    const std::string uri = "<sip:alice@10.0.0.7:40000";
    const auto purr = [&] { return ";+sip.pnspurr=\"" + bindings.names().purr(only()) + '"'; };
    auto told = caps(with_push());
    CHECK(told == Caps{"*;+sip.pns=\"apns\"" + purr()});
    told = caps(with_push() + ";+sip.pnsreg");
    CHECK(told == Caps{"*;+sip.pns=\"apns\";+sip.pnsreg=\"130\"" + purr()});
    CHECK(caps(uri + ";pn-provider>;expires=3600") == Caps{"*;+sip.pns=\"apns\"", "*;+sip.pns=\"fcm\""});
    CHECK(caps(uri + ";pn-provider=fcm>;expires=3600") == Caps{"*;+sip.pns=\"fcm\""});
    CHECK(caps(uri + ">;expires=3600").empty());
}

TEST_CASE_FIXTURE(Fixture, "no push is promised for a registration that ends before a refresh could help") {
    const auto tx = send({.contact = with_push()});
    grant(100);
    store.write();
    CHECK_FALSE(answer(tx).header("Feature-Caps"));
    CHECK(only().push.usable());
}

TEST_CASE_FIXTURE(Fixture, "a push service without an app of ours is answered 555, but never a goodbye") {
    // scenario 42
    const std::string uri = "<sip:alice@10.0.0.7:40000;pn-provider=";
    CHECK(status(send({.contact = uri + "webpush;pn-prid=x>"})) ==
          "555 Push Notification Service Not Supported");
    CHECK(status(send({.contact = uri + "webpush>"})) == "555 Push Notification Service Not Supported");
    CHECK(status(send({.contact = uri + "apns;pn-prid=x>"})) ==
          "555 Push Notification Service Not Supported");
    CHECK(pbx.requests.empty());
    CHECK(status(send({.contact = uri + "webpush>;expires=0"})) == "-");
    CHECK(pbx.requests.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a legacy phone of an unknown service is served, but not pushed") { // scenario 42
    registered({.contact = "<sip:alice@10.0.0.7:40000;app-id=929;pn-type=google;pn-tok=x>;expires=3600"});
    CHECK_FALSE(only().push.usable());
}

TEST_CASE_FIXTURE(Fixture,
                  "the oldest device goes when there are too many; a known one may always come back") {
    // proves: SBC-REG-06
    auto config = exact();
    config.max_devices = 2;
    registrar.configure(config);
    sip::FlowId flow = 0;
    for (const char* token : {"a1", "b2", "c3"}) {
        registered({.contact = with_push(token), .call_id = token, .flow = ++flow});
        timers.advance(1s);
    }
    const auto left = [&] {
        std::string tokens;
        for (const Binding& binding : bindings.find(kAlice))
            tokens += binding.push.prid.reveal() + " ";
        return tokens;
    };
    CHECK(left() == "b2 c3 ");
    CHECK(counters.evicted.value() == 1);
    registered({.contact = with_push("b2"), .call_id = "new", .flow = 4});
    CHECK(left() == "c3 b2 ");
    CHECK(store.rows.size() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "an app installed again, or a renewed token, leaves no second device") { // scenario 35, 37
    const std::string one = ";+sip.instance=\"<urn:uuid:11111111-1111-4111-8111-111111111111>\"";
    const std::string two = ";+sip.instance=\"<urn:uuid:22222222-2222-4222-8222-222222222222>\"";
    registered({.contact = with_push("aa") + one});
    registered({.contact = with_push("aa") + two, .call_id = "reinstalled"});
    CHECK(only().instance_id.ends_with("222222222222"));
    registered({.contact = with_push("bb") + two, .call_id = "reinstalled", .cseq = 2});
    CHECK(only().push.prid.reveal() == "bb");
}

TEST_CASE_FIXTURE(Fixture, "outbound and path are confirmed when they were used (RFC 5626, RFC 3327)") {
    const auto tx =
        registered({.contact = "<sip:alice@10.0.0.7>;expires=3600;reg-id=1;"
                               "+sip.instance=\"<urn:uuid:11111111-1111-4111-8111-111111111111>\"",
                    .more = {{"Supported", "path, outbound"}, {"Path", "<sip:edge.example.net;lr>"}}});
    CHECK(answer(tx).header("Require") == "outbound");
    CHECK(answer(tx).header("Flow-Timer") == "50");
    CHECK(answer(tx).header("Path") == "<sip:edge.example.net;lr>");
    CHECK(only().path == "<sip:edge.example.net;lr>");
    CHECK(only().reg_id == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "a flow that a proxy without outbound stands before is refused (RFC 5626 section 6)") {
    const std::string contact = "<sip:alice@10.0.0.7>;expires=3600;reg-id=1;"
                                "+sip.instance=\"<urn:uuid:11111111-1111-4111-8111-111111111111>\"";
    const std::pair<std::string_view, std::string_view> hop{"Via", "SIP/2.0/TCP 10.0.0.9;branch=z9hG4bKfar"},
        outbound{"Supported", "outbound"};
    const std::string old = "<sip:edge.example.net;lr>", knows = "<sip:edge.example.net;lr;ob>";
    CHECK(status(send({.contact = contact, .more = {hop, outbound, {"Path", old}}})) ==
          "439 First Hop Lacks Outbound Support");
    CHECK(status(send({.contact = contact, .more = {hop, outbound, {"Path", knows}}})) == "-");
    CHECK(status(send({.contact = contact, .cseq = 2, .more = {hop, {"Path", old}}})) == "-");
}

TEST_CASE_FIXTURE(Fixture, "a phone that knows GRUUs gets a public and a temporary one for its device") {
    const std::string contact = "<sip:alice@10.0.0.7>;expires=3600;"
                                "+sip.instance=\"<urn:uuid:11111111-1111-4111-8111-111111111111>\"";
    const auto given = [&](const sip::Message& ok, std::string_view name) {
        const auto contact_given = ok.contacts().at(0);
        const auto quoted = contact_given.params.get(name).value_or("\"\"");
        return std::string(quoted.substr(1, quoted.size() - 2));
    };
    const auto without = answer(registered({.contact = contact}));
    CHECK(given(without, "pub-gruu").empty());
    const auto ok = answer(
        registered({.contact = contact + ";pub-gruu=\"old\"", .cseq = 2, .more = {{"Supported", "gruu"}}}));
    CHECK(given(ok, "pub-gruu") == "sip:alice@example.com;gr=urn:uuid:11111111-1111-4111-8111-111111111111");
    for (const char* name : {"pub-gruu", "temp-gruu"}) {
        const auto uri = sip::Uri::parse(given(ok, name));
        REQUIRE(uri);
        const auto found = bindings.find_gruu(*uri, std::string(kAlice));
        REQUIRE(found);
        CHECK(found->size() == 1);
    }
    CHECK(pbx.last().header("Supported") == "-");
    timers.advance(2h);
    CHECK(bindings.find_gruu(*sip::Uri::parse(given(ok, "pub-gruu")), std::string(kAlice))->empty());
}

TEST_SUITE_END();
