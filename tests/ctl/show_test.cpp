// SPDX-License-Identifier: Apache-2.0
#include "ctl/show.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "ctl/table.h"

using namespace wakeline;
using namespace wakeline::ctl;

namespace {

/// Tests read times as UTC whatever the machine's zone.
struct Utc {
    Utc() { ::setenv("TZ", "UTC", 1); }
} const utc;

} // namespace

TEST_CASE("a call is told as a timeline in sentences with milliseconds (SBC-QOS-08)") {
    const auto shown = show_call(R"({
        "id": "7f3a", "direction": "to_phone", "state": "ended", "caller": "+4930123", "callee": "1001",
        "trunk": "pbx", "started": "2026-01-31T12:34:56.789Z", "status": 200, "reason": "phone hung up",
        "explanation": ["+4930123 called 1001.", "It slept\u0007."],
        "timeline": [
            {"at_ms": 0, "what": "invite", "device": "", "detail": ""},
            {"at_ms": 0.412, "what": "push_sent", "device": "3 Linphone/5.1", "detail": ""},
            {"at_ms": 1502, "what": "push_accepted", "device": "3 Linphone/5.1", "detail": "200"},
            {"at_ms": 60123, "what": "frobnicated", "device": "", "detail": "odd"}],
        "media": [{"kind": "audio", "codec": "PCMA/8000", "phone_security": "AES_CM_128_HMAC_SHA1_80",
            "trunk_security": "RTP", "phone_remote": "198.51.100.7:40000", "trunk_remote": "",
            "from_phone": {"packets": 100, "lost": 1, "jitter_ms": 2.25, "auth_failed": 2},
            "from_trunk": {"packets": 0, "lost": 0, "jitter_ms": 0}}]})");
    REQUIRE(shown);
    CHECK(shown->text == "call 7f3a: +4930123 -> 1001, from the PBX to a phone\n"
                         "state: ended, answer 200, phone hung up\n"
                         "started: 2026-01-31 12:34:56\n"
                         "\n"
                         "+4930123 called 1001.\n"
                         "It slept?.\n"
                         "\n"
                         "      0.0 ms  the call came in\n"
                         "      0.4 ms  push sent [3 Linphone/5.1]\n"
                         "   1502.0 ms  the push service took it [3 Linphone/5.1]: 200\n"
                         "  60123.0 ms  frobnicated: odd\n"
                         "\n"
                         "media\n"
                         "  audio PCMA/8000: phone AES_CM_128_HMAC_SHA1_80 (keys by SDES) "
                         "198.51.100.7:40000, PBX RTP (no packet yet)\n"
                         "    from the phone: 100 packets, 1 lost, jitter 2.2 ms, 2 not authentic\n"
                         "    from the PBX: 0 packets, 0 lost, jitter 0.0 ms\n");
}

TEST_CASE("why a phone did not ring is told in sentences, and where to read more") {
    const auto shown =
        show_why(R"({"user": "1001", "explanation": ["One.", "Two."], "call": {"id": "7f3a"}})");
    REQUIRE(shown);
    CHECK(shown->text == "One.\nTwo.\n\nAll of it: wakelinectl call 7f3a\n");
    CHECK(show_why(R"({"explanation": ["Unknown."], "call": null})")->text == "Unknown.\n");
}

TEST_CASE("a push check says app by app what came of it, and fails with any of them") {
    const auto shown = show_push_check(
        R"([{"app": "ios", "provider": "apns", "endpoint": "https://api.push.apple.com", "outcome": "accepted",
             "status": 400, "reason": "BadDeviceToken", "took_ms": 31},
            {"app": "android", "provider": "fcm", "endpoint": "https://fcm.googleapis.com", "outcome": "refused",
             "status": 403, "reason": "PERMISSION_DENIED", "took_ms": 7}])");
    REQUIRE(shown);
    CHECK_FALSE(shown->good);
    CHECK(shown->text ==
          "ios (apns at https://api.push.apple.com): works after 31 ms\n"
          "android (fcm at https://fcm.googleapis.com): refused after 7 ms, status 403, PERMISSION_DENIED\n");
    CHECK_FALSE(show_push_check("[]")->good);
}

TEST_CASE("when a push service does not answer, what the firewall must let out is named") {
    // proves: SBC-FCM-03, SBC-FCM-04
    const auto of = [](const std::string& provider) {
        return show_push_check(
                   R"([{"app": "a", "endpoint": "https://x", "outcome": "unavailable", "status": 0,
                                    "reason": "timed out", "took_ms": 2000, "provider": ")" +
                   provider + "\"}]")
            ->text;
    };
    CHECK(of("fcm").find("TCP 443") != std::string::npos);
    CHECK(of("fcm").find("https://www.gstatic.com/ipranges/goog.json") != std::string::npos);
    CHECK(of("apns").find("17.0.0.0/8") != std::string::npos);
    CHECK(of("webhook") == "a (webhook at https://x): unavailable after 2000 ms, timed out\n");
}

TEST_CASE("status shows how long certificates and keys are good, or what is wrong with them") {
    const auto shown = show_status(
        R"({"credentials": [{"name": "certificates.public.chain", "state": "expiring", "days_left": 9,
             "subject": "CN = sbc", "problem": ""},
            {"name": "push.apps.ios.key", "state": "invalid", "days_left": null, "subject": "key K",
             "problem": "InvalidProviderToken"}]})");
    REQUIRE(shown);
    CHECK(shown->text.find("CERTIFICATE OR KEY         STATE     DAYS LEFT  WHAT\n"
                           "certificates.public.chain  expiring  9          CN = sbc\n"
                           "push.apps.ios.key          invalid   -          InvalidProviderToken\n") !=
          std::string::npos);
}

TEST_CASE("registrations are a table, and what phones sent cannot drive the terminal") {
    const auto shown = show_registrations(
        R"([{"aor": "sip:1001@example.com", "device": "3", "state": "asleep", "registered": true, "expires_in_s": 90061,
             "push": "apns", "received": "198.51.100.7:40000", "transport": "TLS", "user_agent": "a\u001b[2Jb"},
            {"aor": "sip:1002@example.com", "device": "4", "state": "asleep", "registered": false, "expires_in_s": 0,
             "push": "fcm", "received": "192.0.2.1:1", "transport": "TLS", "user_agent": ""}])");
    REQUIRE(shown);
    CHECK(shown->text ==
          "USER              DEVICE  STATE      EXPIRES IN  PUSH  FROM                    USER AGENT\n"
          "1001@example.com  3       asleep     1 d 1 h     apns  198.51.100.7:40000 TLS  a?[2Jb\n"
          "1002@example.com  4       push only  -           fcm   192.0.2.1:1 TLS         -\n");
    CHECK(show_registrations("[]")->text == "no device\n");
}

TEST_CASE("calls are a table") {
    const auto shown = show_calls(R"([{"id": "7f3a", "direction": "to_phone", "state": "held", "caller": "a",
        "callee": "b", "started": "2026-01-31T12:34:56.789Z", "reason": "",
        "timeline": [{"what": "invite", "device": "pbx"}, {"what": "push_accepted", "device": "Phone #3f1a"}]}])"); // proves: SBC-HOLD-09
    REQUIRE(shown);
    CHECK(shown->text == "CALL  STARTED              STATE  DIRECTION  WHO     PHONE | PBX  LAST\n"
                         "7f3a  2026-01-31 12:34:56  held   to phone   a -> b  -            the push service "
                         "took it [Phone #3f1a]\n");
    CHECK(show_calls("[]")->text == "no call\n");
}

TEST_CASE("trunks are a table with what needs more words below (proves: UP-03)") {
    const auto shown =
        show_trunks(R"([{"name":"pbx","priority":1,"state":"up","since":null,"address":"10.0.0.5:5060",
        "transport":"udp","calls":2,"max_calls":10,"backup":"b","why":"","registration":"registered as 100",
        "last_failure":"no answer","last_failed":null}])");
    REQUIRE(shown);
    CHECK(shown->text.find("2 of 10") != std::string::npos);
    CHECK(shown->text.find("pbx: registered as 100\n") != std::string::npos);
    CHECK(shown->text.find("no answer") != std::string::npos);
    CHECK_FALSE(show_trunks("[]")->good);
}

TEST_CASE("a number is shown step by step, and users with bad ones are a failure (proves: UP-11)") {
    const auto shown =
        show_number_test(R"([{"trunk":"pbx","direction":"to_pbx","field":"called","result":"9012",
        "steps":[{"rule":"prefix 0 -> \"90\"","result":"9012","changed":true},
                 {"rule":"regex x","result":"9012","changed":false}]}])");
    REQUIRE(shown);
    CHECK(shown->text == "trunk pbx, to the PBX, called number: 9012\n  prefix 0 -> \"90\": 9012\n"
                         "  regex x: changes nothing\n");
    CHECK(show_number_check("[]")->good);
    CHECK_FALSE(show_number_check(R"([{"trunk":"pbx","user":"1","why":"short"}])")->good);
}

TEST_CASE("a push test is good when a service took the push") {
    const auto good =
        show_push_test(R"([{"device": "3", "user_agent": "UA", "provider": "apns", "outcome": "accepted",
        "status": 200, "reason": "", "message_id": "X", "took_ms": 82}])");
    REQUIRE(good);
    CHECK(good->good);
    CHECK(good->text == "device 3 (UA) by apns: accepted after 82 ms, status 200, id X\n");
    const auto dead = show_push_test(R"([{"device": "3", "user_agent": "UA", "provider": "apns",
        "outcome": "token_dead", "status": 410, "reason": "Unregistered", "message_id": "", "took_ms": 5}])");
    CHECK_FALSE(dead->good);
    CHECK_FALSE(show_push_test("[]")->good);
}

TEST_CASE("a reload that was refused is a failure and says why") {
    const auto refused = show_reload(R"({"applied": false, "changed": [], "restart_needed": [],
        "problems": ["f:3: push.hold: must be a time"]})");
    REQUIRE(refused);
    CHECK_FALSE(refused->good);
    CHECK(refused->text == "f:3: push.hold: must be a time\n"
                           "nothing was changed: the old configuration stays in force\n");
    const auto done = show_reload(R"({"applied": true, "changed": ["push.hold"], "restart_needed": ["node"],
        "problems": []})");
    CHECK(done->good);
    CHECK(done->text == "changed: push.hold\nwaits for a restart: node\nreloaded\n");
}

TEST_CASE("an answer that is not the daemon's is an error, not a crash") {
    for (const char* odd : {"", "{", "7", "\"x\"", "[1]"}) {
        CHECK_FALSE(show_status(odd));
        CHECK_FALSE(show_call(odd));
    }
    CHECK(show_status("{}"));
    CHECK(error_text("<html>") == "the daemon refused, and did not say why");
    CHECK(error_text(R"({"error": "there is no call 1"})") == "there is no call 1");
}

TEST_CASE("spans are shown in two units at most") {
    CHECK(span_in_words(0) == "0 s");
    CHECK(span_in_words(95) == "1 min 35 s");
    CHECK(span_in_words(86'400 + 61) == "1 d 1 min");
    CHECK(span_in_words(604'800) == "7 d");
}

TEST_CASE("a certificate is shown with whose it is, for what and until when (SBC-TLS-12)") {
    const auto shown = show_certificates(R"json({"credentials": [
        {"name": "certificates.public.chain", "state": "active", "expires": "2027-01-31T12:00:00Z",
         "days_left": 300, "subject": "CN = sbc", "issuer": "CN = ca", "serial": "0AF1",
         "valid_from": "2026-01-31T12:00:00Z", "usage": "server", "names": ["sbc.example.com", "192.0.2.1"],
         "problem": ""},
        {"name": "push.apps (fcm)", "state": "not set", "days_left": null}]})json");
    REQUIRE(shown);
    CHECK(shown->text == "certificates.public.chain: active, 300 days left\n"
                         "  subject    CN = sbc\n"
                         "  issuer     CN = ca\n"
                         "  serial     0AF1\n"
                         "  usage      server\n"
                         "  valid from 2026-01-31 12:00:00\n"
                         "  until      2027-01-31 12:00:00\n"
                         "  names      sbc.example.com, 192.0.2.1\n"
                         "\n"
                         "push.apps (fcm): not set\n");
}

TEST_CASE("push services are shown with their counts, last answer and credentials") {
    const auto shown =
        show_push(R"({"push_apps": [{"name": "ios", "provider": "apns", "endpoint": "https://a",
        "state": "ready", "connections": 1, "under_way": 0, "accepted": 7, "token_dead": 1, "refused": 0,
        "unavailable": 2, "last_status": 410, "last_reason": "Unregistered",
        "last_answer": "2026-01-31T12:34:56Z"}],
        "credentials": [{"name": "certificates.a.chain", "state": "active"},
                        {"name": "push.apps.ios.key", "state": "active"}]})");
    REQUIRE(shown);
    CHECK(shown->text == "ios (apns at https://a): ready\n"
                         "  connections 1, under way 0\n"
                         "  accepted 7, token dead 1, refused 0, unavailable 2\n"
                         "  last answer 410 Unregistered at 2026-01-31 12:34:56\n"
                         "\n"
                         "push.apps.ios.key: active\n");
}
