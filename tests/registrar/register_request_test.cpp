// SPDX-License-Identifier: Apache-2.0
#include "registrar/register_request.h"

#include <doctest/doctest.h>

#include "fakes/sip_text.h"

using namespace wakeline;
using namespace wakeline::test;
using registrar::Domains;
using registrar::RegisterRequest;
using registrar::Rejection;

namespace {

constexpr std::string_view kAor = "sip:alice@example.com";
const Domains kDomains({"example.com"}, {"192.0.2.1"});

RegisterRequest accepted(const std::string& text) {
    auto read = RegisterRequest::read(parsed(text), kDomains);
    if (const auto* rejection = std::get_if<Rejection>(&read))
        FAIL(rejection->status << " " << rejection->reason);
    return std::get<RegisterRequest>(std::move(read));
}
RegisterRequest one(std::string_view contact, SipHeaders more = {}) {
    return accepted(sip_register(kAor, contact, more));
}
/// "status reason", or "accepted".
std::string refusal(const std::string& text) {
    const auto read = RegisterRequest::read(parsed(text), kDomains);
    const auto* rejection = std::get_if<Rejection>(&read);
    if (rejection == nullptr) return "accepted";
    std::string told = std::to_string(rejection->status);
    if (!rejection->reason.empty()) told += ' ' + rejection->reason;
    if (!rejection->header_name.empty())
        told += ' ' + rejection->header_name + ": " + rejection->header_value;
    return told;
}

} // namespace

TEST_SUITE_BEGIN("registrar/register_request");

TEST_CASE("a contact is kept twice: as it was sent for the answer, without push parameters for us") {
    // proves: SBC-REG-11
    const auto request = one(
        "<sip:alice@10.0.0.7:40000;transport=tls;pn-provider=apns;pn-param=T.x;pn-prid=aabb>"
        ";+sip.instance=\"<urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6>\";reg-id=1;+sip.pnsreg;expires="
        "7200",
        {{"Supported", "path, outbound"}, {"Path", "<sip:edge.example.net;lr>"}, {"User-Agent", "Phone/1"}});
    CHECK(request.aor == kAor);
    CHECK(request.call_id == "register-1@192.0.2.1");
    CHECK(request.path == "<sip:edge.example.net;lr>");
    CHECK(request.user_agent == "Phone/1");
    CHECK(request.outbound);
    REQUIRE(request.contacts.size() == 1);
    const auto& contact = request.contacts[0];
    CHECK(contact.uri == "sip:alice@10.0.0.7:40000;transport=tls");
    CHECK(contact.echo.uri.params.has("pn-prid"));
    CHECK_FALSE(contact.echo.params.has("expires"));
    CHECK(contact.instance_id == "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    CHECK(contact.reg_id == 1);
    CHECK(contact.expires == 7200U);
    CHECK(contact.refreshes_itself);
    CHECK(contact.push.data.usable());
}

TEST_CASE("the expiry is the contact's, else the header's, else ours; nonsense means an hour") {
    CHECK(one("<sip:a@10.0.0.7>;expires=60", {{"Expires", "300"}}).contacts[0].expires == 60U);
    CHECK(one("<sip:a@10.0.0.7>", {{"Expires", "300"}}).contacts[0].expires == 300U);
    CHECK_FALSE(one("<sip:a@10.0.0.7>").contacts[0].expires);
    CHECK(one("<sip:a@10.0.0.7>;expires=soon").contacts[0].expires == 3600U);
    CHECK(one("<sip:a@10.0.0.7>;expires=0").contacts[0].leaving());
}

TEST_CASE("no contact asks, several contacts are several devices, and * means all") {
    CHECK(one("").contacts.empty());
    CHECK(one("<sip:a@10.0.0.7>, <sip:a@10.0.0.8>;expires=0").contacts.size() == 2);
    CHECK(one("*", {{"Expires", "0"}}).star);
    CHECK(refusal(sip_register(kAor, "*")) == "400 Contact * Needs Expires 0 and Nothing Else");
    CHECK(refusal(sip_register(kAor, "*", {{"Expires", "60"}})) ==
          "400 Contact * Needs Expires 0 and Nothing Else");
}

TEST_CASE("an instance-id that names no device is not believed") { // scenario 36
    const auto instance = [](std::string_view text) {
        return one("<sip:a@10.0.0.7>;+sip.instance=\"" + std::string(text) + "\"").contacts[0].instance_id;
    };
    CHECK(instance("<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>") ==
          "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    CHECK(instance("<urn:gsma:imei:90420156-025763-0>") == "urn:gsma:imei:90420156-025763-0");
    CHECK(instance("<>").empty());
    CHECK(instance("<localhost>").empty());
    CHECK(instance("iPhone").empty());
    CHECK(instance("<urn:uuid:00000000-0000-0000-0000-000000000000>").empty());
    CHECK(instance("<urn:uuid:>").empty());
    CHECK(instance("<urn:uuid:" + std::string(300, 'a') + ">").empty());
}

TEST_CASE("a service that another proxy pushes through is left to it (RFC 8599 5.6.1.1)") {
    const std::string_view contact = "<sip:a@10.0.0.7;pn-provider=apns;pn-param=x;pn-prid=y>";
    CHECK_FALSE(one(contact, {{"Feature-Caps", "*;+sip.pns=\"apns\""}}).contacts[0].push.data.usable());
    CHECK(one(contact, {{"Feature-Caps", "*;+sip.pns=\"fcm\""}}).contacts[0].push.data.usable());
}

TEST_CASE("each thing wrong has its answer") {
    CHECK(refusal(sip_register("sip:alice@elsewhere.example", "<sip:a@10.0.0.7>")) ==
          "403 Domain Not Served Here");
    CHECK(refusal(sip_request(
              {.method = "REGISTER", .uri = "sip:example.com", .to = "<sip:bob@other.example>"})) ==
          "404 Not a User of This Domain");
    CHECK(refusal(sip_request({.method = "REGISTER", .uri = "sip:192.0.2.1", .to = "<sip:bob@192.0.2.1>"})) ==
          "accepted");
    CHECK(refusal(sip_register(kAor, "<sip:a@10.0.0.7>",
                               {{"Require", "path, gruu, tricks"}, {"Require", "magic"}})) ==
          "420 Unsupported: tricks, magic");
    CHECK(refusal(sip_register(kAor, "<tel:+4930123>")) == "400 Contact Must Be a SIP URI");
    CHECK(refusal(sip_register(kAor, "<sip:a@10.0.0.7;pn-provider=apns;pn-prid=%0a>")) ==
          "400 Bad Push Parameters");
    CHECK(refusal(sip_register(kAor, "<sip:" + std::string(2000, 'a') + "@10.0.0.7>")) ==
          "400 Contact Too Long");
    std::string many;
    for (int i = 0; i < 20; ++i)
        many += (i == 0 ? "<sip:a@10.0.0." : ", <sip:a@10.0.0.") + std::to_string(i) + ">";
    CHECK(refusal(sip_register(kAor, many)) == "400 Too Many Contacts");
}

TEST_SUITE_END();
