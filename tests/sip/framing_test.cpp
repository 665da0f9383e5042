// SPDX-License-Identifier: Apache-2.0
#include "sip/framing.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/sip_text.h"

using namespace wakeline::sip;
using namespace wakeline::test;

namespace {

/// What comes out, one word an event: the method or status of a message, "ping", or "broken".
std::string drain(StreamFramer& framer) {
    std::string seen;
    while (auto event = framer.next()) {
        if (const auto* frame = std::get_if<StreamFramer::Frame>(&*event))
            seen += std::string(frame->bytes.substr(0, frame->bytes.find(' '))) + ' ';
        else
            seen += std::holds_alternative<StreamFramer::Ping>(*event) ? "ping " : "broken ";
    }
    return seen;
}

/// The pieces arrive one after the other.
std::string fed(StreamFramer& framer, std::initializer_list<std::string_view> pieces) {
    std::string seen;
    for (const std::string_view piece : pieces) {
        framer.add(piece);
        seen += drain(framer);
    }
    return seen;
}
std::string fed(StreamFramer& framer, std::string_view data) { return fed(framer, {data}); }

StreamFramer::Broken broken(std::string_view data, const MessageLimits& limits = {}) {
    StreamFramer framer(limits);
    framer.add(data);
    auto event = framer.next();
    REQUIRE(event);
    REQUIRE(std::holds_alternative<StreamFramer::Broken>(*event));
    CHECK_FALSE(framer.next());
    return std::get<StreamFramer::Broken>(*event);
}

int answered(const StreamFramer::Broken& event) { return parsed(event.response).status(); }

std::string without_length(std::string_view extra = {}) {
    std::string text = sip_request();
    text.resize(text.find("Content-Length"));
    return text.append(extra).append("\r\n");
}

} // namespace

TEST_SUITE_BEGIN("sip/framing");

TEST_CASE("messages are cut the same wherever the stream is split") {
    const std::string invite = sip_request({.body = "v=0\r\n\r\nnot a header\r\n"});
    const std::string text = invite + "\r\n\r\n" + sip_request({.method = "BYE"}) + "\r\n" + invite;
    const std::string_view stream = text;
    for (std::size_t split = 0; split <= stream.size(); ++split) {
        StreamFramer framer;
        CHECK(fed(framer, {stream.substr(0, split), stream.substr(split)}) == "INVITE ping BYE INVITE ");
        CHECK_FALSE(framer.mid_message());
    }
    StreamFramer slow;
    std::string seen;
    for (const char& c : stream)
        seen += fed(slow, {&c, 1});
    CHECK(seen == "INVITE ping BYE INVITE ");
}

TEST_CASE("the bytes of a frame are exactly the message") {
    const std::string invite = sip_request({.body = "v=0\r\n"});
    StreamFramer framer;
    framer.add("\r\n" + invite + invite);
    for (int i = 0; i < 2; ++i) {
        auto event = framer.next();
        REQUIRE(event);
        CHECK(std::get<StreamFramer::Frame>(*event).bytes == invite);
    }
}

TEST_CASE("each double CRLF is a ping, a single one is nothing") { // proves: scenario 52
    StreamFramer framer;
    CHECK(fed(framer, "\r\n\r\n") == "ping ");
    CHECK(fed(framer, "\r\n").empty());
    CHECK(fed(framer, {"\r", "\n"}) == "ping ");
    CHECK(fed(framer, "\r\n\r\n\r\n\r\n\r\n") == "ping ping ");
    CHECK(fed(framer, sip_request()) == "INVITE ");
    CHECK(fed(framer, "\r\n").empty()); // the count began anew with the message
    CHECK_FALSE(framer.mid_message());
}

TEST_CASE("an idle framer holds no memory") {
    StreamFramer framer;
    CHECK(fed(framer, sip_request({.body = std::string(60'000, 'x')})) == "INVITE ");
    CHECK(framer.buffered() == 0);
    CHECK(fed(framer, sip_request()) == "INVITE ");
}

TEST_CASE("a body that does not come is waited for") {
    StreamFramer framer;
    const std::string text = sip_request({.body = "v=0\r\n"});
    CHECK(fed(framer, text.substr(0, text.size() - 1)).empty());
    CHECK(framer.mid_message());
    CHECK(framer.buffered() == text.size() - 1);
}

TEST_CASE("without a usable Content-Length the connection ends, with an answer if that is possible") {
    CHECK(answered(broken(without_length())) == 400);
    CHECK(answered(broken(without_length("Content-Length: -999\r\n"))) == 400);
    CHECK(answered(broken(without_length("Content-Length: 1\r\nl: 2\r\n"))) == 400);
    CHECK(answered(broken(without_length("Content-Length: 5, 5\r\n"))) == 400);
    CHECK(answered(broken(without_length("Content-Length: 0x10\r\n"))) == 400);
    CHECK(answered(broken(without_length("Content-Length: 99999999999999999999999\r\n"))) == 413);
    CHECK(broken("GET / HTTP/1.1\r\nHost: x\r\n\r\n").response.empty());
    CHECK(broken("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP x\r\n\r\n").response.empty());
}

TEST_CASE("a folded Content-Length counts") {
    StreamFramer framer;
    CHECK(fed(framer, without_length("Content-Length :\r\n 3\r\n") + "abc\r\n\r\n") == "INVITE ping ");
}

TEST_CASE("what exceeds a limit ends the connection before it is held") {
    const MessageLimits limits{.header_bytes = 1'000, .lines = 12, .commas = 10, .body_bytes = 100};
    broken(std::string(1'001, 'x'), limits);
    CHECK(answered(broken(without_length("X: " + std::string(1'000, 'x') + "\r\n"), limits)) == 513);
    CHECK(answered(broken(without_length("X: ,,,,,,,,,,,\r\n"), limits)) == 513);
    CHECK(answered(broken(without_length("y:\r\ny:\r\ny:\r\ny:\r\ny:\r\ny:\r\n"), limits)) == 513);
    CHECK(answered(broken(without_length("Content-Length: 101\r\n"), limits)) == 413);
}

TEST_CASE("a header section in drips costs its length, not its square") {
    StreamFramer framer;
    const std::string line = "X: " + std::string(200, 'x') + "\r\n";
    std::string text = sip_request();
    for (int i = 0; i < 100; ++i)
        text.insert(text.find("Content-Length"), line);
    std::string seen;
    for (const char& c : text)
        seen += fed(framer, {&c, 1});
    CHECK(seen == "INVITE ");
}

TEST_CASE("a message with a NUL or a line without colon is cut out like any other: the connection goes on") {
    StreamFramer framer;
    CHECK(fed(framer, without_length(std::string("X: \0\r\nl: 0\r\n", 12)) + sip_request()) ==
          "INVITE INVITE ");
    CHECK(fed(framer, without_length("no colon\r\nl: 0\r\n") + sip_request()) == "INVITE INVITE ");
}

TEST_CASE("bare CR and bare LF end the connection") {
    broken("\n");
    broken("\rINVITE");
    broken("\r\n\rX");
    CHECK(answered(broken(without_length("X: a\nY: b\r\n"))) == 400);
    CHECK(answered(broken(without_length("X: a\rY: b\r\n"))) == 400);
}

TEST_CASE("an answer is made of complete lines only") {
    // Broken by its second line, while the Call-ID is still on its way.
    const auto event = broken(
        "INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nl: x\r\nl: 0\r\nCall-ID: hal");
    CHECK(event.response.find("z9hG4bK1") != std::string::npos);
    CHECK(event.response.find("Call-ID") == std::string::npos);
}

TEST_CASE("after a broken message nothing is read") {
    StreamFramer framer;
    CHECK(fed(framer, "\n") == "broken ");
    CHECK(fed(framer, sip_request()).empty());
    CHECK(framer.buffered() == 0);
    CHECK_FALSE(framer.mid_message());
}

TEST_CASE("keep-alive datagrams are told from messages") {
    CHECK(is_keepalive("\r\n\r\n"));
    CHECK(is_keepalive(std::string_view("\0\0\0\0", 4)));
    CHECK(is_keepalive(""));
    CHECK_FALSE(is_keepalive("\r\nINVITE"));
}

TEST_SUITE_END();
