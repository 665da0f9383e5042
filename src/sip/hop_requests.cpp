// SPDX-License-Identifier: Apache-2.0
#include "sip/hop_requests.h"

#include "base/text.h"

namespace wakeline::sip {

namespace {

/// Takes one line off the front, without its CRLF.
std::string_view next_line(std::string_view& text) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    return line;
}

struct Change {
    std::string_view method;
    std::string_view to; // empty: as in the INVITE
    std::string_view reason;
};

void add(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

/// Same Request-URI, top Via, Route, From, Call-ID and CSeq number; nothing else of the INVITE.
std::string derive(std::string_view invite, const Change& change) {
    std::string out;
    out.reserve(512);
    const auto start = next_line(invite);
    out.append(change.method).append(start.substr(start.find(' '))).append("\r\n");

    bool via = false;
    for (auto line = next_line(invite); !line.empty(); line = next_line(invite)) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = trim(line.substr(0, colon));
        const auto value = trim(line.substr(colon + 1));
        if (iequals(name, "Via")) {
            if (!via) add(out, name, value);
            via = true;
        } else if (iequals(name, "To")) {
            add(out, name, change.to.empty() ? value : change.to);
        } else if (iequals(name, "CSeq")) {
            add(out, name, std::string(value.substr(0, value.find(' ') + 1)).append(change.method));
        } else if (iequals(name, "Route") || iequals(name, "From") || iequals(name, "Call-ID") ||
                   iequals(name, "Max-Forwards")) {
            add(out, name, value);
        }
    }
    const bool clean = change.reason.find_first_of("\r\n") == std::string_view::npos;
    if (!change.reason.empty() && clean) add(out, "Reason", change.reason);
    return out.append("Content-Length: 0\r\n\r\n");
}

} // namespace

std::string ack_of(std::string_view invite, std::string_view to) {
    return derive(invite, {.method = "ACK", .to = to, .reason = {}});
}

std::string cancel_of(std::string_view invite, std::string_view reason) {
    return derive(invite, {.method = "CANCEL", .to = {}, .reason = reason});
}

} // namespace wakeline::sip
