// SPDX-License-Identifier: Apache-2.0
#include "media/sdp.h"

#include <doctest/doctest.h>

#include <string>

using namespace wakeline;
using namespace wakeline::media;

namespace {

const std::string kPhone = "v=0\r\n"
                           "o=alice 2890844526 2890844526 IN IP4 10.1.2.3\r\n"
                           "s=A phone\r\n"
                           "c=IN IP4 10.1.2.3\r\n"
                           "t=0 0\r\n"
                           "a=x-vendor:keep me\r\n"
                           "m=audio 49170 RTP/AVP 8 101\r\n"
                           "b=AS:80\r\n"
                           "a=rtpmap:8 PCMA/8000\r\n"
                           "a=sendrecv\r\n";

std::string with(std::string text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

std::string refusal(const std::string& text) {
    const auto parsed = Sdp::parse(text);
    return parsed ? "accepted" : parsed.error().message;
}

} // namespace

TEST_SUITE_BEGIN("media/sdp");

TEST_CASE("what is not edited comes out octet for octet") { CHECK(Sdp::parse(kPhone)->str() == kPhone); }

TEST_CASE("bare line feeds and empty lines at the end are read like the real thing") {
    std::string unix_style = kPhone;
    std::erase(unix_style, '\r');
    CHECK(Sdp::parse(unix_style)->str() == kPhone);
    CHECK(Sdp::parse(kPhone + "\r\n")->str() == kPhone);
    CHECK(Sdp::parse(kPhone.substr(0, kPhone.size() - 2))->str() == kPhone);
}

TEST_CASE("hostile SDP is refused: proves SBC-RTP, RFC 3264 checks") {
    CHECK(refusal("") == "SDP does not begin with v=0");
    CHECK(refusal(with(kPhone, "v=0", "v=1")) == "SDP does not begin with v=0");
    CHECK(refusal(with(kPhone, "t=0 0\r\n", "")) == "SDP without t=");
    CHECK(refusal(with(kPhone, "c=IN IP4 10.1.2.3\r\n", "")) == "m=audio without c=");
    CHECK(refusal(with(kPhone, "49170", "65536")) == "m=audio with a port that is not 0..65535");
    CHECK(refusal(with(kPhone, "49170", "-1")) == "m=audio with a port that is not 0..65535");
    CHECK(refusal(with(kPhone, "49170 RTP/AVP 8 101", "49170 RTP/AVP")) ==
          "m= line with fewer than four fields");
    CHECK(refusal(with(kPhone, "keep me", std::string("keep\0me", 7))) == "control character in SDP");
    CHECK(refusal(with(kPhone, "a=x-vendor", "\r\na=x-vendor")) == "SDP line that is not <letter>=<value>");
    CHECK(refusal(with(kPhone, "keep me", std::string(5'000, 'x'))) == "SDP line longer than 4 KiB");
    CHECK(refusal(with(kPhone, "alice 2890844526", "alice x")).starts_with("o= that is not"));
    std::string many = kPhone;
    for (int i = 0; i < 1'000; ++i)
        many += "a=x\r\n";
    CHECK(refusal(many) == "SDP of more than 1000 lines");
    std::string seventeen = kPhone;
    for (int i = 0; i < 16; ++i)
        seventeen += "m=audio 1 RTP/AVP 0\r\n";
    CHECK(refusal(seventeen) == "SDP with more than 16 media descriptions");
    std::string large = kPhone;
    for (int i = 0; i < 20; ++i)
        large += "a=" + std::string(2'000, 'x') + "\r\n";
    CHECK(refusal(large) == "SDP larger than 32 KiB");
}

TEST_CASE("an m= that is off needs no c=") {
    const auto off = with(with(kPhone, "49170", "0"), "c=IN IP4 10.1.2.3\r\n", "");
    CHECK(Sdp::parse(off).has_value());
}

TEST_CASE("a line that is set anew stands where RFC 8866 wants it") {
    auto sdp = *Sdp::parse(with(kPhone, "c=IN IP4 10.1.2.3\r\n", "") + "c=IN IP4 10.1.2.3\r\n");
    sdp.session.set('c', "IN IP4 192.0.2.1");
    CHECK(sdp.str().find("s=A phone\r\nc=IN IP4 192.0.2.1\r\nt=0 0") != std::string::npos);
}

TEST_CASE("attributes are found by name, whatever the case") {
    const auto sdp = *Sdp::parse(kPhone);
    CHECK(sdp.media[0].attribute("RTPMAP") == "8 PCMA/8000");
    CHECK(sdp.media[0].attribute("sendrecv") == "");
    CHECK_FALSE(sdp.media[0].attribute("send").has_value());
}

TEST_CASE("connection addresses are those of one host") {
    CHECK(parse_connection("IN IP4 192.0.2.1", 5)->str() == "192.0.2.1:5");
    CHECK(parse_connection("IN IP6 2001:db8::1", 5)->str() == "[2001:db8::1]:5");
    CHECK(parse_connection("IN IP4 0.0.0.0", 5)->is_unspecified());
    CHECK_FALSE(parse_connection("IN IP4 224.2.1.1/127", 5).has_value());
    CHECK_FALSE(parse_connection("IN IP4 239.1.1.1", 5).has_value());
    CHECK_FALSE(parse_connection("IN IP4 255.255.255.255", 5).has_value());
    CHECK_FALSE(parse_connection("IN IP4 phone.example.com", 5).has_value());
    CHECK_FALSE(parse_connection("IN IP5 192.0.2.1", 5).has_value());
    CHECK(connection_text(*parse_connection("IN IP6 2001:db8::1", 5)) == "IN IP6 2001:db8::1");
}

TEST_SUITE_END();
