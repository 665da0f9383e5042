// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "forward_fixture.h"

using namespace wakeline;
using namespace wakeline::test;
using namespace std::chrono_literals;
using registrar::Binding;
using Fixture = ForwardFixture;

TEST_SUITE_BEGIN("registrar/registrar: forward");

TEST_CASE_FIXTURE(Fixture, "the PBX sees what the phone signed, and of everything else only us") {
    // proves: SBC-REG-11, SBC-ROLE-08, SBC-PUSH-09; scenario 43
    send({.contact = with_push() + ";+sip.instance=\"<urn:uuid:1>\"",
          .more = {{"Authorization", "Digest username=\"alice\", realm=\"pbx\", uri=\"sip:example.com\""},
                   {"User-Agent", "Phone/1"},
                   {"Path", "<sip:edge.example.net;lr>"},
                   {"Supported", "path, outbound, gruu, 100rel"},
                   {"P-Asserted-Identity", "<sip:boss@example.com>"},
                   {"X-Vendor", "kept"}}});
    auto& sent = pbx.last();
    const std::string text = sent.builder.str();
    CHECK(text.starts_with("REGISTER sip:example.com SIP/2.0\r\n"));
    CHECK(sent.header("To") == "<sip:alice@example.com>");
    CHECK(sent.header("From").starts_with("<sip:alice@example.com>;tag="));
    CHECK(sent.header("Authorization") ==
          "Digest username=\"alice\", realm=\"pbx\", uri=\"sip:example.com\"");
    CHECK(sent.header("Contact") ==
          "<sip:" + upstream_user() + "@192.0.2.1:5080;transport=udp>;expires=3600");
    CHECK(sent.header("Expires") == "3600");
    CHECK(sent.header("Max-Forwards") == "69");
    CHECK(sent.header("Supported") == "100rel");
    CHECK(sent.header("User-Agent") == "Phone/1");
    CHECK(sent.header("X-Vendor") == "kept");
    for (const char* hidden : {"phone-call-id", "phonetag", "z9hG4bK-phone", "10.0.0.7", "pn-",
                               "edge.example.net", "urn:uuid", "boss", "aabbcc"})
        CHECK_MESSAGE(text.find(hidden) == std::string::npos, hidden);
}

TEST_CASE_FIXTURE(Fixture, "a challenge and its answer pass, and to the PBX both are one registration") {
    // proves: SBC-AUTH-01, SBC-AUTH-02, SBC-AUTH-04, SBC-TRN-14
    const auto first = send();
    const std::string call_id = pbx.last().header("Call-ID"), contact = pbx.last().header("Contact");
    pbx.answer(pbx.last().id, 9, 401,
               "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\"\n"
               "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n2\", algorithm=SHA-256\n"
               "Server: PBX/7\nWarning: 392 10.0.0.5:5060 \"internals\"");
    CHECK(status(first) == "401 Unauthorized");
    CHECK(answer(first).headers("WWW-Authenticate") ==
          std::vector<std::string>{"Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\"",
                                   "Digest realm=\"pbx\", nonce=\"n2\", algorithm=SHA-256"});
    CHECK(around.answers.at(first).find("10.0.0.5") == std::string::npos);
    CHECK(bindings.find(kAlice).empty());
    CHECK(counters.upstream_refused.value() == 0);

    const auto second =
        send({.cseq = 2, .more = {{"Authorization", "Digest username=\"alice\", nonce=\"n1\""}}});
    CHECK(pbx.last().header("Call-ID") == call_id);
    CHECK(pbx.last().header("Contact") == contact);
    CHECK(pbx.last().header("CSeq") == "2 REGISTER");
    pbx.answer(pbx.last().id, 9, 200,
               "Contact: " + contact +
                   "\nAuthentication-Info: qop=auth, rspauth=\"abc\"\nService-Route: <sip:10.0.0.5;lr>\n"
                   "P-Associated-URI: <tel:+4930123>\nContent-Type: text/profile\n\nprofile");
    CHECK(status(second) == "-"); // not before it is stored
    store.write();
    const auto ok = answer(second);
    CHECK(ok.status() == 200);
    CHECK(ok.header("Authentication-Info") == "qop=auth, rspauth=\"abc\"");
    CHECK(ok.header("P-Associated-URI") == "<tel:+4930123>");
    CHECK(ok.body() == "profile\r\n");
    CHECK_FALSE(ok.header("Service-Route"));
    CHECK(ok.header("Contact") == "<sip:alice@10.0.0.7:40000;transport=tls>;expires=3600");
    CHECK(ok.via_count() == 1);
    CHECK_FALSE(ok.to_tag().empty());
}

TEST_CASE_FIXTURE(Fixture, "what the PBX refuses is passed on as it is, and the binding stays") {
    // proves: SBC-TRN-14
    registered();
    for (const int code : {403, 404, 423, 500, 503, 606}) {
        const auto tx = send({.cseq = 10 + static_cast<unsigned>(code)});
        pbx.answer(pbx.last().id, 9, code, "Min-Expires: 600\nRetry-After: 7\nX-Why: because");
        CHECK(answer(tx).status() == code);
        CHECK(answer(tx).header("Min-Expires") == "600");
        CHECK(answer(tx).header("Retry-After") == "7");
        CHECK(answer(tx).header("X-Why") == "because");
    }
    CHECK(only().bound(timers.wall_now()));
}

TEST_CASE_FIXTURE(Fixture, "the expiry is what the PBX grants our contact, never above the maximum") {
    // proves: SBC-REG-01, SBC-REG-02, SBC-REG-05
    const auto granted = [&](const std::string& contact, const std::string& from_pbx) {
        const auto tx = send({.contact = contact, .cseq = static_cast<unsigned>(last_tx) + 1});
        const std::string user = upstream_user();
        std::string lines = from_pbx;
        if (const auto at = lines.find("US"); at != std::string::npos) lines.replace(at, 2, user);
        pbx.answer(pbx.last().id, 9, 200, lines);
        store.write();
        return std::string(answer(tx).contacts().at(0).params.get("expires").value_or("-"));
    };
    const std::string contact = "<sip:alice@10.0.0.7:40000>";
    CHECK(granted(contact + ";expires=604800", "Contact: <sip:US@192.0.2.1>;expires=1800") == "1800");
    CHECK(granted(contact + ";expires=3600",
                  "Contact: <sip:desk@10.0.0.9>;expires=60, <sip:US@x>;expires=900") == "900");
    CHECK(granted(contact + ";expires=3600", "Contact: <sip:US@x>\nExpires: 1200") == "1200");
    CHECK(granted(contact + ";expires=3600", "Expires: 1300") == "1300");
    CHECK(granted(contact + ";expires=3600", "X-Nothing: said") == "3600");
    CHECK(granted(contact + ";expires=900000", "Contact: <sip:US@x>;expires=864000") == "604800");
    CHECK(pbx.last().header("Expires") == "604800");
    CHECK(granted(contact, "Contact: <sip:US@x>;expires=7200") == "7200");
    CHECK(pbx.last().header("Expires") == "-"); // the phone left it to the PBX
}

TEST_CASE_FIXTURE(Fixture, "a phone whose password we have is granted what it asks for: we refresh for it") {
    // proves: SBC-REG-05
    const registrar::Users users({{"alice", registrar::User{.password = Secret("secret")}}});
    auto keeping = parts(authenticator);
    keeping.kept = &users;
    registrar::Registrar ours{keeping, exact()};
    const auto send_to_ours = [&](std::string_view user, unsigned cseq) {
        ours.on_register(++last_tx, 1, parsed(text({.user = user, .cseq = cseq})));
        grant(120);
        store.write();
        return answer(last_tx).contacts().at(0).params.get("expires").value_or("-") == "3600";
    };
    CHECK(send_to_ours("alice", 1));
    CHECK(only().expires == timers.wall_now() + 1h);
    CHECK(only().upstream_expires == timers.wall_now() + 120s);
    CHECK_FALSE(send_to_ours("bob", 1)); // told the truth
}

TEST_CASE_FIXTURE(Fixture, "a phone that moved and restarted is the same device, here and at the PBX") {
    // proves: SBC-REG-07, SBC-REG-16; scenario 2
    registered({.contact = with_push()});
    const Binding before = only();
    const std::string call_id = pbx.last().header("Call-ID");
    CHECK(before.flow == 1);
    CHECK(before.received == "198.51.100.1:40000");
    CHECK(before.push.prid.reveal() == "aabbcc");

    registered({.contact = "<sip:alice@172.16.0.9:5061;transport=tls" + std::string(kPush) + ">;expires=3600",
                .call_id = "another",
                .cseq = 1,
                .flow = 2});
    const Binding after = only();
    CHECK(after.id == before.id);
    CHECK(after.contact == "sip:alice@172.16.0.9:5061;transport=tls");
    CHECK(after.flow == 2);
    CHECK(after.upstream_contact == before.upstream_contact);
    CHECK(pbx.last().header("Call-ID") == call_id);
    CHECK(pbx.last().header("CSeq") == "2 REGISTER"); // above the last one there, whatever the phone counts
    CHECK(bindings.find_upstream(after.upstream_contact)->id == after.id);
}

TEST_CASE_FIXTURE(Fixture,
                  "the binding is kept when its connection is lost on the way") { // proves: SBC-REG-04
    const auto tx = send();
    SUBCASE("while the PBX thinks") {
        registrar.on_flow_closed(1);
        grant();
    }
    SUBCASE("while it is written") {
        grant();
        registrar.on_flow_closed(1);
    }
    store.write();
    CHECK(status(tx) == "200 OK");
    CHECK_FALSE(only().awake());
}

TEST_CASE_FIXTURE(Fixture, "signing out is the PBX's to confirm; then binding and token are gone") {
    // proves: SBC-REG-08; scenario 38
    registered({.contact = with_push()});
    const std::string user = only().upstream_contact;
    const auto tx = send({.contact = "<sip:alice@10.0.0.7:40000;transport=tls;pn-provider=apns;"
                                     "pn-param=T.com.example.phone.voip>;expires=0",
                          .cseq = 2});
    CHECK(pbx.last().header("Contact") == "<sip:" + user + "@192.0.2.1:5080;transport=udp>;expires=0");
    pbx.answer(pbx.last().id, 9, 200);
    store.write();
    CHECK(status(tx) == "200 OK");
    CHECK(answer(tx).contacts().empty());
    CHECK(bindings.find(kAlice).empty());
    CHECK(store.rows.empty());
    CHECK(bindings.known(kAlice));
}

TEST_CASE_FIXTURE(Fixture, "signing out everywhere names our contacts only, not the desk phone's") {
    registered({.contact = with_push("aa")});
    registered({.contact = with_push("bb"), .call_id = "tablet", .flow = 2});
    const auto tx = send({.contact = "*", .cseq = 2, .more = {{"Expires", "0"}}});
    const std::string text = pbx.last().builder.str();
    CHECK(text.find("Contact: *") == std::string::npos);
    CHECK(text.find(";expires=0") != text.rfind(";expires=0")); // two of them
    pbx.answer(pbx.last().id, 9, 200);
    store.write();
    CHECK(status(tx) == "200 OK");
    CHECK(bindings.find(kAlice).empty());
}

TEST_CASE_FIXTURE(Fixture, "a REGISTER without contact asks the PBX, and lists what is bound here") {
    registered({.contact = with_push()});
    const auto tx = send({.contact = "", .cseq = 2});
    CHECK(pbx.last().header("Contact") == "-");
    pbx.answer(pbx.last().id, 9, 200, "Contact: <sip:desk@10.0.0.9>;expires=60");
    const auto contacts = answer(tx).contacts();
    REQUIRE(contacts.size() == 1);
    CHECK(contacts[0].uri.str() == "sip:alice@10.0.0.7:40000;transport=tls"); // no push data
}

TEST_CASE_FIXTURE(Fixture, "a silent PBX gets twenty seconds, then the phone hears when to come back") {
    // proves: SBC-REG-10, PBX-13
    registered();
    const auto tx = send({.cseq = 2});
    timers.advance(20s);
    CHECK(status(tx) == "504 Server Time-out");
    CHECK(answer(tx).header("Retry-After"));
    CHECK(pbx.last().handler == nullptr); // forgotten: a late answer changes nothing
    CHECK(only().bound(timers.wall_now()));
    CHECK(registrar.pending() == 0);
    CHECK(counters.upstream_failures.value() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a PBX that cannot be reached is told at once, and the binding stays") {
    registered();
    SUBCASE("known to be down") { pbx.up = false; }
    SUBCASE("none") { around.pbx = nullptr; }
    SUBCASE("no connection") {}
    const auto tx = send({.cseq = 2});
    if (status(tx) == "-") pbx.fail(pbx.last().id, sip::TxFailure::Transport);
    CHECK(status(tx) == "503 Service Unavailable");
    CHECK(answer(tx).header("Retry-After"));
    CHECK(only().bound(timers.wall_now()));
}

TEST_CASE_FIXTURE(Fixture, "a REGISTER goes on to the next PBX, and the binding knows whose grant it is") {
    FakeNextHop backup("sip:backup.example.com"); // proves: SBC-TRN-11
    backup.named = "backup";
    backup.contact = "192.0.2.1:5090;transport=tcp";
    around.second = &backup;
    const auto tx = send();
    REQUIRE(pbx.requests.size() == 1);
    SUBCASE("the first one is not there") { pbx.fail(pbx.last().id, sip::TxFailure::Transport); }
    SUBCASE("it says that it cannot serve now") { pbx.answer(pbx.last().id, 9, 503); }
    SUBCASE("it is silent") { timers.advance(14s); }
    REQUIRE(backup.requests.size() == 1);
    const auto moved = backup.last();
    CHECK(moved.header("Call-ID") == pbx.last().header("Call-ID"));
    CHECK(moved.header("Contact").find("@192.0.2.1:5090;transport=tcp>") != std::string::npos);
    backup.answer(moved.id, 9, 200, "Contact: " + moved.header("Contact"));
    store.write();
    CHECK(status(tx) == "200 OK");
    CHECK(only().upstream_trunk == "backup");

    send({.cseq = 2}); // a refresh goes where it should, a goodbye to whom it concerns
    CHECK(around.wanted_grant.empty());
    grant();
    store.write();
    CHECK(only().upstream_trunk == "pbx");
    send({.contact = "<sip:alice@10.0.0.7:40000;transport=tls>;expires=0", .cseq = 3});
    CHECK(around.wanted_grant == "pbx");
}

TEST_CASE_FIXTURE(Fixture, "when both PBXs are silent the phone hears so before its own patience ends") {
    FakeNextHop backup("sip:backup.example.com");
    around.second = &backup;
    const auto tx = send();
    timers.advance(27s);
    CHECK(status(tx) == "-");
    timers.advance(1s);
    CHECK(status(tx) == "504 Server Time-out");
}

TEST_CASE_FIXTURE(Fixture, "when the disk is full the phone is told 500, and nothing is believed") {
    store.full = true;
    const auto tx = send();
    grant();
    store.write();
    CHECK(status(tx) == "500 Registration Could Not Be Stored");
    CHECK(bindings.find(kAlice).empty());
    CHECK(counters.store_failures.value() == 1);
    store.full = false;
    registered({.cseq = 2});
}

TEST_CASE_FIXTURE(Fixture, "REGISTERs of one user take effect one after the other") { // scenario 4
    const auto first = send({.contact = with_push()});
    grant();
    const auto second = send({.contact = with_push(), .call_id = "another", .flow = 2});
    grant();
    CHECK(store.waiting() == 1);
    store.write();
    CHECK(status(first) == "200 OK");
    CHECK(status(second) == "200 OK");
    CHECK(only().flow == 2); // one device, not two
    CHECK(registrar.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "an old REGISTER that comes late changes nothing (RFC 3261 10.3)") {
    registered({.cseq = 5});
    const auto tx = send({.cseq = 4});
    grant();
    CHECK(status(tx) == "500 CSeq Out of Order");
    CHECK(only().cseq == 5);
}

TEST_CASE_FIXTURE(Fixture, "too short a registration is answered 423 before the PBX is asked") {
    // proves: SBC-REG-03; scenario 41
    const auto plain = send({.contact = "<sip:alice@10.0.0.7>;expires=20"});
    CHECK(status(plain) == "423 Interval Too Brief");
    CHECK(answer(plain).header("Min-Expires") == "60");
    const auto sleeper = send({.contact = with_push("aa", "60")});
    CHECK(status(sleeper) == "423 Interval Too Brief");
    CHECK(answer(sleeper).header("Min-Expires") == "150");
    CHECK(pbx.requests.empty());
    CHECK(counters.refused.value() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "a number may be for one device alone: the second is refused before the PBX hears of it") {
    // proves: SBC-REG-12, MP-07
    auto config = exact();
    config.max_devices = 1;
    config.when_full = registrar::WhenFull::Refuse;
    registrar.configure(config);
    registered({.contact = with_push("aa"), .call_id = "one"});
    const auto asked = pbx.requests.size();
    CHECK(status(send({.contact = with_push("bb"), .call_id = "two", .flow = 2})) ==
          "403 Registered Elsewhere");
    CHECK(pbx.requests.size() == asked);
    registered({.contact = with_push("aa"), .call_id = "one", .cseq = 2, .flow = 3}); // the same one may move
    CHECK(only().push.prid.reveal() == "aa");
    timers.advance(2h); // lapsed: only its token is left, and that keeps nobody out
    registered({.contact = with_push("bb"), .call_id = "two", .cseq = 3, .flow = 2});
    CHECK(only().push.prid.reveal() == "bb");
}

TEST_CASE_FIXTURE(Fixture,
                  "long registrations are spread, never above the PBX's grant nor below the minimum") {
    // proves: SBC-REG-02; scenario 39
    registrar::RegistrationConfig config;
    config.spread = 50;
    config.min_expiry = 50min;
    registrar.configure(config);
    std::set<long> granted;
    for (unsigned i = 1; i <= 40; ++i) {
        registered({.cseq = i});
        granted.insert(
            std::chrono::duration_cast<std::chrono::seconds>(only().expires - timers.wall_now()).count());
    }
    CHECK(granted.size() > 1); // most are cut off at the minimum
    CHECK(*granted.begin() >= 3'000);
    CHECK(*granted.rbegin() <= 3'600);
    config.min_expiry = 1min;
    registrar.configure(config);
    const auto tx = send({.contact = "<sip:alice@10.0.0.7>;expires=300", .cseq = 99});
    grant(300);
    store.write();
    CHECK(answer(tx).header("Contact") == "<sip:alice@10.0.0.7>;expires=300"); // too short to matter
}

TEST_CASE_FIXTURE(Fixture,
                  "what the PBX calls wrong credentials is answered slower each time, then refused unread") {
    // proves: SBC-AUTH-05
    auto config = exact();
    config.max_failures = 4;
    registrar.configure(config);
    const std::pair<std::string_view, std::string_view> guess{
        "Authorization",
        R"(Digest username="alice", realm="pbx", nonce="n", uri="sip:example.com", response="x")"};
    unsigned cseq = 0;
    const auto attempt = [&] {
        const auto tx = send({.cseq = ++cseq, .more = {guess}});
        pbx.answer(pbx.last().id, 9, 403);
        return tx;
    };
    CHECK(status(attempt()) == "403 Forbidden");
    CHECK(status(attempt()) == "403 Forbidden");
    const auto slow = attempt();
    CHECK(status(slow) == "-");
    timers.advance(250ms);
    CHECK(status(slow) == "403 Forbidden");
    attempt();
    const auto asked = pbx.requests.size();
    CHECK(status(send({.cseq = ++cseq, .more = {guess}})) == "403 Too Many Wrong Passwords");
    CHECK(pbx.requests.size() == asked);
    CHECK(counters.blocked_requests.value() == 1);
    CHECK(status(send({.user = "bob", .cseq = ++cseq})) == "-"); // who has not guessed is heard
    timers.advance(5min);
    send({.cseq = ++cseq, .more = {guess}});
    CHECK(pbx.requests.size() > asked + 1);
}

TEST_CASE_FIXTURE(Fixture, "a nonce that has run out is no wrong password") {
    const std::pair<std::string_view, std::string_view> signed_with{
        "Authorization",
        R"(Digest username="alice", realm="pbx", nonce="old", uri="sip:example.com", response="x")"};
    for (unsigned i = 1; i <= 30; ++i) {
        const auto tx = send({.cseq = i, .more = {signed_with}});
        pbx.answer(pbx.last().id, 9, 401, R"(WWW-Authenticate: Digest realm="pbx", nonce="new", stale=true)");
        CHECK(status(tx) == "401 Unauthorized");
    }
    CHECK(counters.authentication_failures.value() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "nobody registers from the trunk, for another domain, or past a certificate's name") {
    around.flows[3].side = sip::Side::Trunk;
    CHECK(status(send({.flow = 3})) == "403 Registrations Are for Phones");
    around.flows[4].peer_identity = "sip:bob@example.com";
    CHECK(status(send({.flow = 4})) == "403 Certificate Names Another User");
    around.flows[4].peer_identity = "alice";
    CHECK(status(send({.flow = 4})) == "-");
    CHECK(pbx.requests.size() == 1);
    const auto tx = ++last_tx;
    registrar.on_register(tx, 1, parsed(sip_register("sip:alice@other.example", "<sip:a@10.0.0.7>")));
    CHECK(status(tx) == "403 Domain Not Served Here");
}

TEST_CASE_FIXTURE(Fixture, "what is on its way when the registrar ends is forgotten") {
    {
        registrar::Registrar brief{parts(authenticator), {}};
        brief.on_register(99, 1, parsed(text({})));
        CHECK(pbx.last().handler != nullptr);
    }
    CHECK(pbx.last().handler == nullptr);
}

TEST_SUITE_END();
