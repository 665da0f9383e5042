// SPDX-License-Identifier: Apache-2.0
#include "sip/request_check.h"

#include <algorithm>

#include "base/text.h"
#include "sip/methods.h"

namespace wakeline::sip {

namespace {

using Verdict = std::optional<Unacceptable>;

Unacceptable bad(std::string_view why) { return {.status = 400, .why = why}; }

constexpr std::string_view kCookie = "z9hG4bK"; // RFC 3261 8.1.1.7
constexpr std::string_view kSdp = "application/sdp";

/// Schemes that a request may be sent to. A service URN (RFC 5031) is routed by the PBX.
constexpr std::string_view kSchemes[] = {"sip", "sips", "tel", "urn"};

struct OptionTag {
    std::string_view tag;
    bool of_register;
};
constexpr OptionTag kOptionTags[] = {
    {"path", true},          // RFC 3327
    {"outbound", true},      // RFC 5626
    {"gruu", true},          // RFC 5627
    {"100rel", false},       // RFC 3262, relayed from end to end like those below
    {"timer", false},        // RFC 4028
    {"precondition", false}, // RFC 3312
    {"replaces", false},     // RFC 3891
    {"norefersub", false},   // RFC 4488
    {"from-change", false},  // RFC 4916
};

/// Requests whose body is an offer or an answer that we rewrite.
bool carries_sdp(std::string_view method) {
    return method == "INVITE" || method == "UPDATE" || method == "PRACK";
}

Verdict check_method(const Message& request) {
    if (!is_known_method(request.method()))
        return Unacceptable{501, "a method that nobody here knows", {{"Allow", std::string(kAllow)}}};
    if (request.cseq().method != request.method()) return bad("another method in CSeq");
    return std::nullopt;
}

Verdict check_basics(const Message& request) {
    // RFC 4475 3.2.1: the cookie alone identifies nothing. Without a cookie it is a peer of RFC 2543.
    if (request.top_via().branch == kCookie) return bad("a Via branch without anything after its cookie");
    if (request.from_tag().empty()) return bad("a From without tag");
    if (!request.request_uri().headers.empty()) return bad("headers in the Request-URI");
    return std::nullopt;
}

Verdict check_target(const Message& request) {
    const Uri& uri = request.request_uri();
    const bool registering = request.method() == "REGISTER";
    const bool known =
        registering ? uri.is_sip() : std::ranges::find(kSchemes, uri.scheme) != std::end(kSchemes);
    if (!known) return Unacceptable{416, "a Request-URI of an unknown scheme"};
    if (registering && !request.to().uri.is_sip()) return bad("an address of record that is no SIP URI");
    return std::nullopt;
}

/// RFC 3261 16.3 item 3. A request in a dialog was addressed to us, and so was one to our host alone.
Verdict check_hops(const Message& request) {
    const auto hops = request.max_forwards();
    if (!hops) return std::nullopt;
    if (*hops > 255) return bad("a Max-Forwards above 255");
    const bool for_us =
        !request.to_tag().empty() || (request.method() == "OPTIONS" && request.request_uri().user.empty());
    if (*hops == 0 && !for_us && request.method() != "CANCEL") return Unacceptable{483, "no hops left"};
    return std::nullopt;
}

bool all_well_formed(const Message& request, std::string_view name) {
    return NameAddr::parse_list(request.headers(name)).has_value();
}

/// RFC 3261 8.1.1.8, 10.2.2 and 12.1.1.
Verdict check_contact(const Message& request) {
    if (request.contact_star()) {
        const bool unregister = request.method() == "REGISTER" && request.headers("Contact").size() == 1;
        if (!unregister || request.expires() != 0U) return bad("a Contact of '*' that does not unregister");
        return std::nullopt;
    }
    const auto contacts = NameAddr::parse_list(request.headers("Contact"));
    if (!contacts) return bad("a Contact that is wrong");
    const bool makes_dialog = request.method() == "INVITE" || request.method() == "SUBSCRIBE";
    if (makes_dialog && contacts->size() != 1) return bad("not exactly one Contact");
    const bool matters = makes_dialog || request.method() == "REGISTER";
    if (matters && !std::ranges::all_of(*contacts, [](const NameAddr& one) { return one.uri.is_sip(); }))
        return bad("a Contact that is no SIP URI");
    return std::nullopt;
}

Verdict check_routes(const Message& request) {
    if (!all_well_formed(request, "Route")) return bad("a Route that is wrong");
    if (!all_well_formed(request, "Record-Route")) return bad("a Record-Route that is wrong");
    return std::nullopt;
}

/// RFC 3261 8.2.2.3, which leaves out ACK and CANCEL.
Verdict check_extensions(const Message& request) {
    if (request.method() == "ACK" || request.method() == "CANCEL") return std::nullopt;
    std::string unsupported;
    for (const std::string& tag : request.tokens("Require")) {
        if (understands_option(request.method(), tag)) continue;
        unsupported.append(unsupported.empty() ? "" : ", ").append(tag);
    }
    if (unsupported.empty()) return std::nullopt;
    return Unacceptable{
        420, "Require names an extension that we do not know", {{"Unsupported", std::move(unsupported)}}};
}

/// RFC 3261 8.2.3, and 20.1 for what the answer may be.
Verdict check_body(const Message& request) {
    if (!carries_sdp(request.method())) return std::nullopt;
    if (!request.body().empty()) {
        const std::string type = request.content_type();
        if (type != kSdp && !type.starts_with("multipart/")) // SDP may be a part of it (RFC 5621)
            return Unacceptable{415, "a body that is not SDP", {{"Accept", std::string(kSdp)}}};
        const auto encodings = request.tokens("Content-Encoding");
        if (!std::ranges::all_of(encodings, [](const std::string& one) { return iequals(one, "identity"); }))
            return Unacceptable{415, "an encoded body", {{"Accept-Encoding", "identity"}}};
    }
    if (request.method() != "INVITE" || !request.header("Accept")) return std::nullopt;
    for (const std::string& range : request.tokens("Accept")) {
        const std::string type = lower(trim(std::string_view(range).substr(0, range.find(';'))));
        if (type == kSdp || type == "application/*" || type == "*/*") return std::nullopt;
    }
    return Unacceptable{406, "an Accept without SDP"};
}

/// In the order of RFC 3261 8.2: the first that objects decides.
constexpr Verdict (*kChecks[])(const Message&) = {
    check_method,  check_basics, check_target,     check_hops,
    check_contact, check_routes, check_extensions, check_body,
};

} // namespace

Builder Unacceptable::answer(const Message& request, std::string_view to_tag) const {
    auto response = Builder::response(request, status, to_tag);
    for (const auto& [name, value] : headers)
        response.add(name, value);
    return response;
}

std::optional<Unacceptable> request_check(const Message& request) {
    for (const auto check : kChecks)
        if (auto verdict = check(request)) return verdict;
    return std::nullopt;
}

bool response_check(const Message& response) { return response.via_count() == 1; }

bool understands_option(std::string_view method, std::string_view tag) {
    const bool registering = method == "REGISTER";
    return std::ranges::any_of(kOptionTags, [&](const OptionTag& known) {
        return known.of_register == registering && iequals(known.tag, tag);
    });
}

} // namespace wakeline::sip
