// SPDX-License-Identifier: Apache-2.0
#include "admin/sip_trace.h"

#include <doctest/doctest.h>

#include "fakes/fake_timers.h"

// proves: SBC-DIAG-08

using namespace wakeline;
using namespace wakeline::admin;
using namespace std::chrono_literals;

namespace {

struct Site {
    test::FakeTimers timers;
    sip::Tap* tap = nullptr;
    SipTrace trace{timers, [this](sip::Tap* to) { tap = to; }};
    sip::FlowInfo flow;

    void hear(const std::string& text) {
        if (tap != nullptr) tap->on_octets(sip::Tap::Way::Received, flow, text);
    }
};

std::string invite(const std::string& from, const std::string& to, const std::string& call_id) {
    return "INVITE sip:" + to + "@x SIP/2.0\r\nf: <sip:" + from + "@x>;tag=1\r\nTo: <sip:" + to +
           "@x>\r\nCall-ID: " + call_id + "\r\n\r\n";
}

} // namespace

TEST_SUITE_BEGIN("admin/sip_trace");

TEST_CASE_FIXTURE(Site, "a trace has what names the number, and the rest of its dialogs") {
    hear(invite("1001", "1002", "before"));
    trace.start("1001", 60s);
    hear(invite("2001", "2002", "other"));
    hear(invite("1001", "2002", "one"));
    hear("SIP/2.0 200 OK\r\nFrom: <sip:hidden@x>\r\ni: one\r\n\r\n");
    hear(invite("11001", "10012", "near"));
    hear("MESSAGE tel:1001 SIP/2.0\r\nCall-ID: three\r\n\r\n");
    const auto all = trace.after(0);
    REQUIRE(all.size() == 3);
    CHECK(all[0].text.find("Call-ID: one") != std::string::npos);
    CHECK(all[1].text.starts_with("SIP/2.0 200"));
    CHECK(all[2].text.starts_with("MESSAGE"));
    CHECK(trace.after(all[1].number).size() == 1);
}

TEST_CASE_FIXTURE(Site, "a trace ends by itself, and nobody listens any more") {
    trace.start("1001", 24h);
    CHECK(tap != nullptr);
    timers.advance(SipTrace::kLongest);
    CHECK(tap == nullptr);
    CHECK(!trace.running());
    trace.start("1001", 5s);
    trace.stop();
    CHECK(tap == nullptr);
}

TEST_CASE_FIXTURE(Site, "what it holds is bounded, and the newest stays") {
    trace.start("1001", 60s);
    for (std::size_t i = 0; i < SipTrace::kMostMessages + 10; ++i)
        hear(invite("1001", "2", "c" + std::to_string(i)));
    const auto all = trace.after(0);
    CHECK(all.size() == SipTrace::kMostMessages);
    CHECK(all.back().number == SipTrace::kMostMessages + 10);
    const std::string big = invite("1001", "2", "big") + std::string(1U << 20U, 'x');
    for (int i = 0; i < 20; ++i)
        hear(big);
    CHECK(trace.after(0).size() < 8);
}

TEST_CASE("secrets are masked wherever they stand") {
    CHECK(without_secrets("Authorization: Digest RESPONSE = \t\"0f1e\", opaque=\"x\"\r\n") ==
          "Authorization: Digest RESPONSE = \t\"***\", opaque=\"x\"\r\n");
    CHECK(without_secrets("Authorization: Digest response=0f1e, nc=1\r\n") ==
          "Authorization: Digest response=***, nc=1\r\n");
    CHECK(without_secrets("the response to it") == "the response to it");
    CHECK(without_secrets(
              "Authorization: Digest username=\"1001\", nonce=\"n\", Response=\"0123\", uri=\"u\"\r\n"
              "Contact: <sip:1001@h;pn-provider=apns;pn-prid=TOKEN;pn-param=p>\r\n"
              "m: <sip:a@h;pn-tok=T2>\r\n\r\n"
              "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20\r\na=ice-pwd:PW\r\n") ==
          "Authorization: Digest username=\"1001\", nonce=\"n\", Response=\"***\", uri=\"u\"\r\n"
          "Contact: <sip:1001@h;pn-provider=apns;pn-prid=***;pn-param=p>\r\n"
          "m: <sip:a@h;pn-tok=***>\r\n\r\n"
          "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***|2^20\r\na=ice-pwd:***\r\n");
}
