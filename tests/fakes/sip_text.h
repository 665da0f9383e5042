// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sip/message.h"

/// SIP messages for tests: complete and valid unless the test spoils them.
namespace wakeline::test {

using SipHeaders = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// What a test wants of a request; the rest is filled in.
struct SipRequest {
    std::string_view method = "INVITE";
    std::string_view uri = "sip:bob@example.com";
    std::string_view from = "\"Alice\" <sip:alice@example.com>;tag=a1";
    std::string_view to = "<sip:bob@example.com>";
    std::string_view call_id = "call-1@192.0.2.1";
    unsigned cseq = 1;
    std::string_view via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1";
    std::string_view contact = "<sip:alice@192.0.2.1:5060>"; // empty: none
    SipHeaders more = {};
    std::string_view content_type = "application/sdp"; // written when there is a body
    std::string_view body = {};
};

inline void add_header(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

inline std::string with_body(std::string text, std::string_view content_type, std::string_view body) {
    if (!body.empty()) add_header(text, "Content-Type", content_type);
    add_header(text, "Content-Length", std::to_string(body.size()));
    return text.append("\r\n").append(body);
}

inline std::string sip_request(const SipRequest& r = {}) {
    std::string text = std::string(r.method).append(" ").append(r.uri).append(" SIP/2.0\r\n");
    add_header(text, "Via", r.via);
    add_header(text, "Max-Forwards", "70");
    add_header(text, "From", r.from);
    add_header(text, "To", r.to);
    add_header(text, "Call-ID", r.call_id);
    add_header(text, "CSeq", std::to_string(r.cseq).append(" ").append(r.method));
    if (!r.contact.empty()) add_header(text, "Contact", r.contact);
    for (const auto& [name, value] : r.more)
        add_header(text, name, value);
    return with_body(std::move(text), r.content_type, r.body);
}

/// A REGISTER of one contact; `contact` may have parameters of its own.
inline std::string sip_register(std::string_view aor, std::string_view contact, SipHeaders more = {}) {
    const std::string address = "<" + std::string(aor) + ">";
    const std::string from = address + ";tag=r1";
    const std::string domain = "sip:" + std::string(aor.substr(aor.find('@') + 1));
    return sip_request({.method = "REGISTER",
                        .uri = domain,
                        .from = from,
                        .to = address,
                        .call_id = "register-1@192.0.2.1",
                        .contact = contact,
                        .more = more});
}

/// What a test wants of a response; Via, From, To, Call-ID and CSeq come from the request.
struct SipResponse {
    int status = 200;
    std::string_view reason = "OK";
    std::string_view to_tag = "b1"; // empty: none; kept when the request's To has one
    std::string_view contact = {};
    SipHeaders more = {};
    std::string_view content_type = "application/sdp";
    std::string_view body = {};
};

inline std::string sip_response(const sip::Message& request, const SipResponse& r = {}) {
    std::string text = "SIP/2.0 " + std::to_string(r.status).append(" ").append(r.reason).append("\r\n");
    for (const std::string& via : request.headers("Via"))
        add_header(text, "Via", via);
    add_header(text, "From", *request.header("From"));
    std::string to = *request.header("To");
    if (request.to_tag().empty() && !r.to_tag.empty()) to.append(";tag=").append(r.to_tag);
    add_header(text, "To", to);
    add_header(text, "Call-ID", request.call_id());
    add_header(text, "CSeq", request.cseq().str());
    if (!r.contact.empty()) add_header(text, "Contact", r.contact);
    for (const auto& [name, value] : r.more)
        add_header(text, name, value);
    return with_body(std::move(text), r.content_type, r.body);
}

/// A message that the test knows to be good; anything else ends the test with the reason.
inline sip::Message parsed(std::string_view text) {
    auto result = sip::Message::parse(text);
    if (const auto* refusal = std::get_if<sip::Refusal>(&result))
        throw std::runtime_error("not a SIP message: " + refusal->why + "\n" + std::string(text));
    return std::get<sip::Message>(std::move(result));
}

inline sip::Refusal refused(std::string_view text) {
    auto result = sip::Message::parse(text);
    if (!std::holds_alternative<sip::Refusal>(result))
        throw std::runtime_error("accepted: " + std::string(text));
    return std::get<sip::Refusal>(std::move(result));
}

} // namespace wakeline::test
