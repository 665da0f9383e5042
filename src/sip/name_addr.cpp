// SPDX-License-Identifier: Apache-2.0
#include "sip/name_addr.h"

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

Error bad(const char* why) { return {ErrorCode::InvalidInput, why}; }

/// Unquoted display names are tokens and spaces; of the rest we mind only what separates something.
bool plain_display(std::string_view text) {
    return text.find_first_of("\",;:@<>\\()") == std::string_view::npos;
}

/// Takes the display name off the front; what is left starts with '<', or is a bare URI.
Status take_display(std::string_view& text, std::string& display) {
    if (text.starts_with('"')) {
        const std::size_t quoted = grammar::quoted_length(text);
        if (quoted == 0) return bad("a display name whose quotes do not end");
        display = grammar::unquote(text.substr(0, quoted));
        text = trim(text.substr(quoted));
        if (!text.starts_with('<')) return bad("a display name without <address>");
        return Done{};
    }
    const auto open = text.find('<');
    if (open == std::string_view::npos) return Done{};
    const std::string_view name = trim(text.substr(0, open));
    if (!plain_display(name)) return bad("a display name that must be quoted");
    display = name;
    text.remove_prefix(open);
    return Done{};
}

} // namespace

Result<NameAddr> NameAddr::parse(std::string_view text) {
    NameAddr parsed;
    text = trim(text);
    if (auto display = take_display(text, parsed.display); !display) return display.error();
    std::string_view address, rest;
    if (text.starts_with('<')) {
        const auto close = text.find('>');
        if (close == std::string_view::npos) return bad("an address without '>'");
        address = text.substr(1, close - 1);
        rest = text.substr(close + 1);
    } else {
        // RFC 3261 20.10: without brackets, what follows a ';' belongs to the header, and '?' and ',' have
        // no place.
        const auto semicolon = text.find(';');
        address = trim(text.substr(0, semicolon));
        rest = semicolon == std::string_view::npos ? std::string_view{} : text.substr(semicolon);
        if (address.find_first_of("?,") != std::string_view::npos)
            return bad("an address with '?' or ',' that is not in <>");
    }
    auto uri = Uri::parse(address);
    if (!uri) return uri.error();
    auto params = Params::parse(rest);
    if (!params) return params.error();
    parsed.uri = std::move(*uri);
    parsed.params = std::move(*params);
    return parsed;
}

Result<std::vector<NameAddr>> NameAddr::parse_list(std::span<const std::string> lines) {
    std::vector<NameAddr> list;
    for (const std::string& line : lines) {
        for (const std::string_view element : grammar::split_list(line)) {
            auto parsed = parse(element);
            if (!parsed) return parsed.error();
            list.push_back(std::move(*parsed));
        }
    }
    return list;
}

std::string NameAddr::str() const {
    std::string out;
    if (!display.empty()) (out += grammar::quote(display)) += ' ';
    ((out += '<') += uri.str()) += '>';
    return out += params.str();
}

} // namespace wakeline::sip
