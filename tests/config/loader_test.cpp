// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <doctest/doctest.h>

#include "config/checks.h"
#include "config/reference.h"

// proves: SBC-OPS-01, SBC-OPS-02

using namespace wakeline;
using namespace wakeline::config;
using namespace std::chrono_literals;

namespace {

std::string said(std::string_view yaml, Gravity gravity) {
    Problems some;
    for (const Problem& problem : load_config(yaml).problems)
        if (problem.gravity == gravity) some.push_back(problem);
    return report("f", some);
}
std::string errors(std::string_view yaml) { return said(yaml, Gravity::Error); }
std::string warnings(std::string_view yaml) { return said(yaml, Gravity::Warning); }

constexpr std::string_view kComplete = R"(node: sbc1
domains: [example.com]
access:
  public_address: 203.0.113.10
  keepalive: 50s
  listeners:
    - {name: tls,  transport: tls, address: 0.0.0.0, port: 5061, certificate: public}
    - {name: mtls, transport: tls, address: 0.0.0.0, port: 5161, certificate: mutual}
    - {name: tcp,  transport: tcp, address: 0.0.0.0, port: 5060, enabled: false}
    - {name: udp,  transport: udp, address: 0.0.0.0, port: 5060, enabled: false}
certificates:
  public: {chain: /etc/wakeline/tls/fullchain.pem, key: /etc/wakeline/tls/key.pem, min_version: "1.2"}
  mutual: {chain: /c.pem, key: /k.pem, client_ca: /ca.pem, crl: /crl.pem, verify: required, identity: none}
registration:
  mode: forward
  min_expiry: 60s
  max_expiry: 604800s
  max_devices: 10
  keep_token: 30d
push:
  hold: 15s
  send_ringing: true
  probe: 1500ms
  no_response: 6s
  apps:
    ios: {provider: apns, key: /k.p8, key_id: ABC123DEFG, team_id: TEAM123456, bundle_id: com.example.phone, sandbox: false}
    android: {provider: fcm, service_account: /fcm.json, endpoint: "https://127.0.0.1:8443", ca: /ca.pem}
media:
  address: 0.0.0.0
  public_address: 203.0.113.10
  plain_audio: 5008
  secure_audio: 5010
  plain_video: 5012
  secure_video: 5014
  single_audio_port: false
  srtp: {suites: [AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32, AES_256_CM_HMAC_SHA1_80], mode: srtp_only, srtcp: true}
  trunk: {address: 10.0.0.4, ports: shared}
  timeout: 60s
trunks:
  pbx: {uri: "sip:10.0.0.5:5060;transport=udp", local: "10.0.0.4:5080", options_interval: 30s, max_calls: 0, backup: null}
qos: {sip_dscp: 40, rtp_dscp: EF, video_dscp: tos 136}
limits: {calls: 0, registrations: 0, warn_at: 95%, calls_per_second: 0}
store: {type: sqlite, path: /var/lib/wakeline/wakeline.db}
control: {socket: /run/wakeline/control.sock, http: "127.0.0.1:9180"}
log: {level: med, target: journal}
)";

/// The example file with its settings switched on: "#key" becomes "key", "# words" stay a comment.
std::string uncommented(const std::string& example) {
    std::string out;
    for (std::size_t i = 0; i < example.size(); ++i)
        if (example[i] != '#' || example[i + 1] == ' ' || example[i + 1] == '\n') out += example[i];
    return out;
}

} // namespace

TEST_CASE("the configuration of the design loads without a problem") {
    const Loaded loaded = load_config(kComplete);
    CHECK(report("f", loaded.problems) == "");
    const Config& config = loaded.config;
    CHECK(config.node == "sbc1");
    REQUIRE(config.access.listeners.size() == 4);
    CHECK(config.access.listeners[1].port == 5161);
    CHECK_FALSE(config.access.listeners[2].enabled);
    CHECK(config.certificates.at("mutual").verify == net::TlsVerify::Required);
    CHECK(config.registration.keep_token == 720h);
    CHECK(config.push.apps.at("ios").key_id == "ABC123DEFG");
    CHECK(config.push.hold == 15s);
    CHECK(config.media.srtp.suites.size() == 3);
    CHECK(config.trunks.at("pbx").local == "10.0.0.4:5080");
}

TEST_CASE("an empty file gives the defaults, and says what is missing") {
    const Loaded loaded = load_config("");
    CHECK(loaded.config == Config{});
    CHECK_FALSE(has_errors(loaded.problems));
    CHECK(warnings("") ==
          "f: warning: access.listeners: no listener is enabled: phones cannot connect\n"
          "f: warning: trunks: no PBX: calls fail, and nobody can register in mode forward\n");
}

TEST_CASE("what --print-config prints loads back to the same configuration") {
    const Config config = load_config(kComplete).config;
    const Loaded again = load_config(print_config(config));
    CHECK(report("f", again.problems) == "");
    CHECK(again.config == config);
    CHECK(load_config(print_config(Config{})).config == Config{});
}

TEST_CASE("the example file changes nothing as it is, and is right when every setting is switched on") {
    CHECK(load_config(example_file()).config == Config{});
    const Loaded loaded = load_config(uncommented(example_file()));
    CHECK(report("f", loaded.problems) == "");
    CHECK(loaded.config.access.listeners.size() == 4);
    CHECK(loaded.config.push.apps.size() == 4);
}

TEST_CASE("a YAML mistake is reported with its line") {
    CHECK(errors("node: a\ndomains: [a\nlog:\n") == "f:3: YAML syntax: end of sequence flow not found\n");
    CHECK(errors("node: a\n---\nnode: b\n") == "f:3: is a second document in the same file\n");
    CHECK(errors("- 1\n") == "f:1: must be a block of settings, not a list\n");
    CHECK(errors("node: a\npush:\n\thold: 3s\n") ==
          "f:3: YAML syntax: a tab stands before the setting; YAML wants spaces\n");
}

TEST_CASE("a document without an end is refused") {
    CHECK(errors("push: &p {hold: *p}\n") == "f:1: YAML syntax: this is nested too deeply\n");
    CHECK(errors("domains: " + std::string(20'000, '[')) == "f:1: YAML syntax: this is nested too deeply\n");
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 40; ++i)
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
                ", *a" + std::to_string(i - 1) + "]\n";
    CHECK(errors(bomb).ends_with("YAML syntax: the document is too large\n"));
}

TEST_CASE("every problem is named at once, each with its line, what is allowed, and the default") {
    CHECK(
        errors("push:\n  hol: 3s\n  probe: 5y\n  hold: 200s\nlog: {level: all}\nmedia:\n  plain_audio: 5009\n"
               "qos:\n  sip_dscp: 64\naccess:\n  listeners: none\n") ==
        "f:2: push.hol: is not a setting; did you mean hold?\n"
        "f:3: push.probe: must be a time from 100ms to 30s, not \"5y\" (default 1500ms)\n"
        "f:4: push.hold: must be a time from 1s to 2m, not \"200s\" (default 15s)\n"
        "f:5: log.level: must be off, min, med or max, not \"all\" (default med)\n"
        "f:7: media.plain_audio: must be an even port from 1024 to 65534, not \"5009\" (default 5008)\n"
        "f:9: qos.sip_dscp: must be a DSCP from 0 to 63, a name such as EF, CS5 or AF41, or tos and the "
        "whole octet, such as tos 184, not \"64\" (default CS5)\n"
        "f:11: access.listeners: must be a list, not a single value\n");
}

TEST_CASE("an unknown key is refused, with the setting that was probably meant") {
    CHECK(errors("acess: {}\n") == "f:1: acess: is not a setting; did you mean access?\n");
    CHECK(errors("hold: 15s\n") == "f:1: hold: is not a setting here; did you mean push.hold?\n");
    CHECK(errors("log: {frobnicate: 1}\n") == "f:1: log.frobnicate: is not a setting\n");
    CHECK(errors("log: {level: min}\nlog: {level: max}\n") == "f:2: log: was given before, on line 1\n");
}

TEST_CASE("a setting of a later version is refused with what can be done instead") {
    CHECK(errors("store: {type: valkey, url: \"redis://h\"}\n") ==
          "f:1: store.url: is not taken: the only store of this version is type sqlite with a path\n"
          "f:1: store.type: must be sqlite, not \"valkey\" (default sqlite)\n");
    CHECK(errors("store: {url: redis://x}\n") ==
          "f:1: store.url: is not taken: the only store of this version is type sqlite with a path\n");
}

TEST_CASE("a listener must have a certificate that exists") {
    CHECK(errors("certificates:\n  web: {chain: /c, key: /k}\naccess:\n  listeners:\n"
                 "    - {name: a, transport: tls, port: 5061, certificate: webb}\n"
                 "    - {name: b, transport: tls, port: 5062}\n"
                 "    - {name: c, transport: udp, port: 5060, certificate: web}\n") ==
          "f:5: access.listeners[0].certificate: names the certificate \"webb\", which is not there; there "
          "are: "
          "web\n"
          "f:6: access.listeners[1].certificate: must be given: transport tls needs a certificate\n"
          "f:7: access.listeners[2].certificate: is for transport tls only\n");
    CHECK(errors("access:\n  listeners:\n    - {transport: udp}\n") ==
          "f:3: access.listeners[0].name: must be given\n"
          "f:3: access.listeners[0].port: must be given\n");
}

TEST_CASE("a port can be taken once only") {
    CHECK(errors("access:\n  listeners:\n    - {name: a, transport: tcp, port: 5060}\n"
                 "    - {name: b, transport: tcp, address: 127.0.0.1, port: 5060}\n"
                 "    - {name: c, transport: udp, port: 5060}\n") ==
          "f:4: access.listeners[1].port: port 5060 is taken already by access.listeners[0].port\n");
    CHECK(errors("media: {plain_audio: 5010}\n") ==
          "f:1: media.secure_audio: port 5010 is taken already by media.plain_audio\n");
    CHECK(errors("media:\n  plain_audio: 5010\n  single_audio_port: true\n") == "");
}

TEST_CASE("timers that contradict each other are refused") {
    CHECK(warnings("push:\n  hold: 5s\n")
              .find("f:1: warning: push.no_response: 6s has no effect: push.hold (5s) ends before\n") !=
          std::string::npos);
    CHECK(warnings("push: {hold: 60s}\n").find("longer than most PBXes ring") != std::string::npos);
    // proves: SBC-HOLD-08
    const auto warned = [](std::string_view push, std::string_view about) {
        return warnings("push: {" + std::string(push) + "}\n").find(about) != std::string::npos;
    };
    CHECK(warned("hold: 15s, pbx_timers: {ring: 15s}",
                 "push.hold: 15s leaves a phone that wakes at the last moment"));
    CHECK_FALSE(warned("hold: 10s, pbx_timers: {ring: 15s}", "push.hold"));
    CHECK(warned("pbx_timers: {ring: 30s}", "push.pbx_timers.ring: 30s is more than the 25s"));
    CHECK(warned(
        "hold: 15s, pbx_timers: {no_reply: 12s}",
        "push.pbx_timers.no_reply: the PBX forwards the call after 12s, before push.hold (15s) is over"));
    CHECK(warned("send_ringing: none", "push.send_ringing: none: the PBX gives up after 6s"));
    CHECK_FALSE(warned("send_ringing: 183", "push.send_ringing"));
    CHECK_FALSE(warned("send_ringing: none, pbx_timers: {not_reachable: 0}", "push.send_ringing"));
    CHECK(warned(
        "pbx_timers: {ring_plan: [15s, 10s, 15s], recall: 30s}",
        // proves: SBC-XFER-03
        "push.pbx_timers.recall: 30s ends before all stages of push.pbx_timers.ring_plan have rung (40s"));
    CHECK_FALSE(warned("pbx_timers: {ring_plan: [15s, 10s, 15s], recall: 45s}", "recall"));
    CHECK(load_config("push: {send_ringing: true}\n").config.push.send_ringing == call::HoldAnswer::Ringing);
    CHECK(load_config("push: {send_ringing: false}\n").config.push.send_ringing == call::HoldAnswer::None);
    CHECK(errors("limits: {warn_at: 0%}\n") ==
          "f:1: limits.warn_at: must be a share from 1% to 100%, not \"0%\" (default 95%)\n");
    CHECK(errors("registration:\n  min_expiry: 2h\n  max_expiry: 1h\n") ==
          "f:2: registration.min_expiry: must not be longer than registration.max_expiry (1h)\n");
    CHECK(errors("registration:\n  min_expiry: 1500ms\n") ==
          "f:2: registration.min_expiry: must be whole seconds: SIP has no smaller unit\n");
}

TEST_CASE("local mode needs its users, an app what its provider wants") {
    CHECK(errors("domains: [a]\nregistration: {mode: local}\n") ==
          "f:2: registration.users: must be given: mode local needs a users file\n");
    CHECK(errors("registration: {mode: local, users: /u}\n") ==
          "f: domains: must name a domain: the first one is the realm of registration mode local\n");
    CHECK(errors("push:\n  apps:\n    a:\n      provider: apns\n      bundle_id: com.x.voip\n      "
                 "service_account: /f\n"
                 "      key: /k\n      key_id: SHORT\n      team_id: TEAM123456\n") ==
          "f:5: push.apps.a.bundle_id: must be the bundle id itself: .voip is added to it\n"
          "f:6: push.apps.a.service_account: is for provider fcm only\n"
          "f:8: push.apps.a.key_id: must be ten letters and digits, not \"SHORT\"\n");
}

TEST_CASE("Apple takes a key or a certificate, and the port of today") {
    const auto app = [](const std::string& settings) {
        return "push:\n  apps:\n    a: {provider: apns, bundle_id: b, " + settings + "}\n";
    };
    const std::string key = "key: /k, key_id: ABC123DEFG, team_id: TEAM123456";
    CHECK(errors(app(key)).empty());
    CHECK(errors(app("certificate: /c.p12, passphrase_file: /p")).empty());
    CHECK(errors(app("sandbox: true")) ==
          "f:3: push.apps.a.key: must be given, or certificate: provider apns needs one of them\n");
    CHECK(errors(app(key + ", certificate: /c")) ==
          "f:3: push.apps.a.certificate: must not be given beside key: Apple takes one of them\n");
    CHECK(errors(app("key: /k, passphrase_file: /p")) ==
          "f:3: push.apps.a.key_id: must be given: a .p8 key needs it\n"
          "f:3: push.apps.a.team_id: must be given: a .p8 key needs it\n"
          "f:3: push.apps.a.passphrase_file: is for a certificate: a .p8 key has no passphrase\n");
    // proves: SBC-APNS-05
    const std::string explained =
        "2195 was the port of Apple's binary service, which ended in 2021: 443 is used";
    CHECK(errors(app(key + ", port: 2195")).empty());
    CHECK(warnings(app(key + ", port: 2195")).find("push.apps.a.port: " + explained) != std::string::npos);
    CHECK(warnings(app(key + ", endpoint: \"https://gateway.push.apple.com:2195\""))
              .find("push.apps.a.endpoint: " + explained) != std::string::npos);
    CHECK(warnings(app(key + ", port: 2197")).find("push.apps") == std::string::npos);
    CHECK(errors(app(key + ", port: 8443")).find("443, 2197, or 2195") != std::string::npos);
}

TEST_CASE("a webhook needs an address, a secret and whose phones it serves") {
    const auto app = [](const std::string& settings) {
        return errors("push:\n  apps:\n    a: {provider: webhook" + settings + "}\n");
    };
    CHECK(app("") == "f:3: push.apps.a.url: must be given: provider webhook needs it\n"
                     "f:3: push.apps.a.secret_file: must be given: provider webhook needs it\n"
                     "f:3: push.apps.a.pn_provider: must be given: provider webhook needs it\n");
    const std::string rest = ", secret_file: /s, pn_provider: acme";
    CHECK(app(rest + ", url: \"https://a.example/x?y=1\", pn_param: p, ca: /ca").empty());
    CHECK(app(rest + ", url: \"http://127.0.0.1:8080/x\"").empty());
    for (const char* bad : {"http://a.example/x", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/", "x",
                            "https://user:pass@a.example/"})
        CHECK(app(rest + ", url: \"" + bad + "\"").find("push.apps.a.url: must be https://") !=
              std::string::npos);
    CHECK(app(", secret_file: /s, pn_provider: ACME, url: \"https://a/\"").find("lower case") !=
          std::string::npos);
}

TEST_CASE("a proxy is a host and a port, without a password") {
    // proves: SBC-PUSH-09
    CHECK(errors("push: {proxy: \"http://proxy.example.com:3128\"}\n").empty());
    for (const char* bad :
         {"proxy.example.com:3128", "http://proxy.example.com", "http://u:p@proxy:1", "https://proxy:1"})
        CHECK(errors("push: {proxy: \"" + std::string(bad) + "\"}\n").find("push.proxy: must be") !=
              std::string::npos);
}

TEST_CASE("the database URL of the old service is taken and explained") {
    // proves: SBC-FCM-02
    const std::string yaml =
        "push:\n  apps:\n    a: {provider: fcm, service_account: /f, database_url: \"https://x\"}\n";
    CHECK(errors(yaml).empty());
    CHECK(
        warnings(yaml).find("push.apps.a.database_url: is not used: FCM's HTTP v1 takes the project from") !=
        std::string::npos);
}

TEST_CASE("a name with odd characters is refused") {
    CHECK(errors("push:\n  apps:\n    com.example: {provider: apns}\n") ==
          "f:3: push.apps: \"com.example\" is not a name: letters, digits, - and _, at most 64\n");
}
