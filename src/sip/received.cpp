// SPDX-License-Identifier: Apache-2.0
#include "sip/received.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::sip {

namespace {

struct Span {
    std::size_t from = std::string::npos, to = std::string::npos;
};

bool is_via(std::string_view name) { return iequals(name, "Via") || iequals(name, "v"); }

/// The end of the element that starts at `at`: a comma or the end of the line, outside quotes.
std::size_t element_end(std::string_view text, std::size_t at, char separator) {
    const std::string_view line = text.substr(0, std::min(text.find('\r', at), text.size()));
    if (line.find('"', at) == std::string_view::npos) // as nearly always
        return std::min({line.find(',', at), line.find(separator, at), line.size()});
    bool quoted = false;
    for (; at < line.size(); ++at) {
        if (quoted && line[at] == '\\')
            ++at;
        else if (line[at] == '"')
            quoted = !quoted;
        else if (!quoted && (line[at] == ',' || line[at] == separator))
            break;
    }
    return std::min(at, line.size());
}

Span top_via(std::string_view text) {
    for (auto line = text.find("\r\n"); line != std::string_view::npos; line = text.find("\r\n", line + 2)) {
        if (text.substr(line + 2).starts_with("\r\n")) return {}; // the body
        const auto colon = text.find(':', line + 2);
        if (colon == std::string_view::npos) return {};
        if (is_via(trim(text.substr(line + 2, colon - line - 2))))
            return {colon + 1, element_end(text, colon + 1, ',')};
    }
    return {};
}

/// The element without the two parameters; tells whether rport was there.
std::string stripped(std::string_view element, bool& rport) {
    constexpr std::size_t kStamp = 64; // received and rport
    std::string kept;
    kept.reserve(element.size() + kStamp);
    for (std::size_t at = 0; at < element.size();) {
        const auto end = element_end(element, at + 1, ';');
        const auto part = element.substr(at, end - at); // the first: sent-protocol and sent-by
        const auto name = at == 0 ? part : trim(part.substr(1, part.find('=') - 1));
        const bool is_rport = at > 0 && iequals(name, "rport");
        rport = rport || is_rport;
        if (!is_rport && !(at > 0 && iequals(name, "received"))) kept.append(part);
        at = end;
    }
    return kept;
}

} // namespace

void stamp_received(std::string& response, const net::SocketAddress& from) {
    const Span via = top_via(response);
    if (via.from == std::string::npos) return;
    bool rport = false;
    std::string stamped = stripped(std::string_view(response).substr(via.from, via.to - via.from), rport);
    stamped.append(";received=").append(from.ip());
    if (rport) stamped.append(";rport=").append(std::to_string(from.port()));
    response.replace(via.from, via.to - via.from, stamped);
}

} // namespace wakeline::sip
