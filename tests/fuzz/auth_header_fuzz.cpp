// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/secret.h"
#include "sip/auth_header.h"
#include "sip/builder.h"
#include "sip/digest_client.h"
#include "sip/digest_server.h"

using namespace wakeline;
using namespace wakeline::sip;

namespace {

constexpr std::string_view kRequest =
    "REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"
    "From: <sip:a@x>;tag=1\r\nTo: <sip:a@x>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n";

Message request_with(std::string_view header, std::string_view value) {
    std::string text(kRequest);
    text.append(header).append(": ").append(value).append("\r\nl: 0\r\n\r\n");
    auto parsed = Message::parse(text);
    if (auto* message = std::get_if<Message>(&parsed)) return std::move(*message);
    return std::get<Message>(Message::parse(std::string(kRequest) + "l: 0\r\n\r\n"));
}

} // namespace

/// The same text as credentials for our server, as a challenge for our client, and as Authentication-Info.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text({data, size});
    static_cast<void>(AuthHeader::parse(text));
    static_cast<void>(AuthHeader::parse_info(text));

    DigestServer server({.realm = "x", .nonce_key = Secret("k")});
    const net::WallTime now{};
    const auto verdict = server.verify(
        request_with("Authorization", text), "Authorization",
        [](std::string_view) { return DigestUser{.password = Secret("p")}; }, now);

    DigestClient client("a", Secret("p"));
    auto challenge = Builder::response(request_with("X", ""), 401, "t");
    challenge.add("WWW-Authenticate", text);
    const auto response = Message::parse(challenge.str());
    const auto* parsed = std::get_if<Message>(&response);
    if (parsed == nullptr || !client.take_challenge(*parsed)) return 0;
    auto request = Builder::request("REGISTER", "sip:x");
    client.authorize(request);
    auto success = Builder::response(request_with("X", ""), 200, "t");
    success.add("Authentication-Info", text);
    const auto answer = Message::parse(success.str());
    if (const auto* message = std::get_if<Message>(&answer))
        static_cast<void>(client.proves_server(*message));
    return 0;
}
