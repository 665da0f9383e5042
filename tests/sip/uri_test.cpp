// SPDX-License-Identifier: Apache-2.0
#include "sip/uri.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

using wakeline::sip::Uri;

namespace {

Uri uri(std::string_view text) {
    auto parsed = Uri::parse(text);
    REQUIRE_MESSAGE(parsed, text);
    return *parsed;
}

bool equivalent(std::string_view a, std::string_view b) {
    const bool forth = uri(a).equivalent(uri(b));
    CHECK(uri(b).equivalent(uri(a)) == forth);
    return forth;
}

} // namespace

TEST_SUITE_BEGIN("sip/uri");

TEST_CASE("all parts of a SIP URI are found and written back") {
    const std::string text = "sips:alice:secret@example.com:5061;transport=tcp;lr?Subject=x&Priority=urgent";
    const Uri parsed = uri(text);
    CHECK(parsed.scheme == "sips");
    CHECK(parsed.user == "alice");
    CHECK(parsed.password == "secret");
    CHECK(parsed.host == "example.com");
    CHECK(parsed.port == 5061);
    CHECK(parsed.params.get("Transport") == "tcp");
    CHECK(parsed.params.has("lr"));
    CHECK(parsed.headers == "Subject=x&Priority=urgent");
    CHECK(parsed.str() == text);
}

TEST_CASE("scheme and host become lower case, the user keeps its case") {
    CHECK(uri("SIP:Alice@EXAMPLE.Com").str() == "sip:Alice@example.com");
}

TEST_CASE("a semicolon, question mark or slash before the @ belongs to the user") {
    const Uri parsed = uri("sip:user;par=u%40example.net@example.com");
    CHECK(parsed.decoded_user() == "user;par=u@example.net");
    CHECK(parsed.params.empty());
    CHECK(uri("sip:a?b/c@example.com").user == "a?b/c");
}

TEST_CASE("a user with %00 is not cut short") {
    const Uri parsed = uri("sip:null-%00-null@example.com");
    CHECK(parsed.decoded_user() == std::string("null-\0-null", 11));
    CHECK(parsed.aor() != uri("sip:null-@example.com").aor());
}

TEST_CASE("wrong escapes stay as they are") { CHECK(uri("sip:%Z%45@example.com").decoded_user() == "%Z%45"); }

TEST_CASE("IPv6 addresses need their brackets, and a port comes after them") {
    CHECK(uri("sip:[2001:db8::10]:5070").port == 5070);
    CHECK(uri("sip:[2001:db8::10:5070]").host == "[2001:db8::10:5070]");
    CHECK(uri("sip:[2001:db8::10:5070]").port == 0);
    CHECK(uri("sip:user@[::ffff:192.0.2.1]").hostport() == "[::ffff:192.0.2.1]");
    CHECK_FALSE(Uri::parse("sip:2001:db8::10"));
    CHECK_FALSE(Uri::parse("sip:[2001:db8::10"));
    CHECK_FALSE(Uri::parse("sip:[2001:db8:::192.0.2.1]"));
}

TEST_CASE("a tel URI is a number with parameters") {
    const Uri parsed = uri("tel:+1-201-555-0123;phone-context=example.com");
    CHECK(parsed.user == "+1-201-555-0123");
    CHECK(parsed.host.empty());
    CHECK(parsed.str() == "tel:+1-201-555-0123;phone-context=example.com");
    CHECK_FALSE(Uri::parse("tel:bob"));
}

TEST_CASE("of an unknown scheme only the scheme is understood") {
    const Uri parsed = uri("soap.beep://192.0.2.103:3002");
    CHECK(parsed.scheme == "soap.beep");
    CHECK_FALSE(parsed.is_sip());
    CHECK(parsed.str() == "soap.beep://192.0.2.103:3002");
}

TEST_CASE("what is no URI is refused") {
    for (const char* text : {"",
                             "sip:",
                             "sip",
                             ":a@b",
                             "sip:@example.com",
                             "sip:a@",
                             "sip:a@b@c",
                             "sip:a@b:0",
                             "sip:a@b:65536",
                             "sip:a@b:",
                             "sip:a@b:x",
                             " sip:a@b",
                             "sip:a@b ",
                             "sip:a b@c",
                             "<sip:a@b>",
                             "sip:a@b;",
                             "sip:a@b;;lr",
                             "sip:a@b;=x",
                             "sip:a@b;x=\"y\"",
                             "sip:a\r\n@b",
                             "sip:a@b c",
                             "1sip:a@b",
                             "sip:a@exa mple.com",
                             "sip:a@b/c"})
        CHECK_FALSE_MESSAGE(Uri::parse(text), text);
    CHECK_FALSE(Uri::parse(std::string_view("sip:a\0b@c", 9)));
}

TEST_CASE("64 KB of anything are parsed or refused at once") {
    for (const char c : {'a', ';', '@', ':', '[', '%', '"', '?', '='}) {
        const auto parsed = Uri::parse("sip:" + std::string(65'536, c));
        CHECK(parsed.has_value() == (c == 'a'));
    }
    CHECK(uri("sip:" + std::string(65'536, 'u') + "@h").user.size() == 65'536);
}

TEST_CASE("an address of record has neither port nor parameters") {
    CHECK(uri("sips:%41lice@Example.COM:5061;transport=tls").aor() == "sip:Alice@example.com");
    CHECK(uri("sip:example.com").aor() == "sip:example.com");
    CHECK(uri("tel:+15550123;phone-context=a").aor() == "tel:+15550123");
}

TEST_CASE("URIs that RFC 3261 19.1.4 calls equivalent") {
    CHECK(equivalent("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
    CHECK(equivalent("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
    CHECK(equivalent("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
    CHECK(equivalent("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
    CHECK(equivalent("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                     "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
}

TEST_CASE("a URI is equivalent to itself, even with a parameter that is there twice") {
    CHECK(equivalent("sip:h;par=1;par=2", "sip:h;par=1;par=2"));
}

TEST_CASE("more parameters than anybody needs are refused") {
    std::string text = "sip:h";
    for (int i = 0; i < 101; ++i)
        text += ";p" + std::to_string(i);
    CHECK_FALSE(Uri::parse(text));
    CHECK(std::ranges::count(uri(text.substr(0, text.rfind(';'))).params.str(), ';') == 100);
}

TEST_CASE("URIs that RFC 3261 19.1.4 tells apart") {
    CHECK_FALSE(equivalent("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
    CHECK_FALSE(equivalent("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
    CHECK_FALSE(equivalent("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
    CHECK_FALSE(equivalent("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
    CHECK_FALSE(equivalent("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
    CHECK_FALSE(equivalent("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
    CHECK_FALSE(equivalent("sip:bob@biloxi.com", "sips:bob@biloxi.com"));
    CHECK_FALSE(equivalent("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST_CASE("parameters can be set and taken away by name and by prefix") {
    Uri parsed = uri("sip:a@b;pn-provider=apns;PN-prid=abc==;ob;transport=tls");
    CHECK(parsed.params.get("pn-prid") == "abc==");
    CHECK(parsed.params.get("ob") == "");
    CHECK_FALSE(parsed.params.get("pn-param"));
    parsed.params.erase_prefix("pn-");
    parsed.params.erase("OB");
    parsed.params.set("Transport", "tcp");
    parsed.params.set("lr", std::nullopt);
    CHECK(parsed.str() == "sip:a@b;transport=tcp;lr");
}

TEST_SUITE_END();
