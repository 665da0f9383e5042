// SPDX-License-Identifier: Apache-2.0
#include "sip/name_addr.h"

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/parsed.h"

namespace wakeline::sip {

namespace {

/// Unquoted display names are tokens and spaces; of the rest we mind only what separates something.
bool plain_display(std::string_view text) {
    return text.find_first_of("\",;:@<>\\()") == std::string_view::npos;
}

/// Takes the display name off the front; what is left starts with '<', or is a bare URI.
std::string_view take_display(std::string_view& text, std::string& display) {
    if (text.starts_with('"')) {
        const std::size_t quoted = grammar::quoted_length(text);
        if (quoted == 0) return "a display name whose quotes do not end";
        display = grammar::unquote(text.substr(0, quoted));
        text = trim(text.substr(quoted));
        if (!text.starts_with('<')) return "a display name without <address>";
        return {};
    }
    const auto open = text.find('<');
    if (open == std::string_view::npos) return {};
    const std::string_view name = trim(text.substr(0, open));
    if (!plain_display(name)) return "a display name that must be quoted";
    display = name;
    text.remove_prefix(open);
    return {};
}

} // namespace

Result<NameAddr> NameAddr::parse(std::string_view text) { return parsed<NameAddr>(text); }

std::string_view NameAddr::read(std::string_view text) {
    text = trim(text);
    if (const auto why = take_display(text, display); !why.empty()) return why;
    std::string_view address, rest;
    if (text.starts_with('<')) {
        const auto close = text.find('>');
        if (close == std::string_view::npos) return "an address without '>'";
        address = text.substr(1, close - 1);
        rest = text.substr(close + 1);
    } else {
        // RFC 3261 20.10: without brackets, what follows a ';' belongs to the header, and '?' and ',' have
        // no place.
        const auto semicolon = text.find(';');
        address = trim(text.substr(0, semicolon));
        rest = semicolon == std::string_view::npos ? std::string_view{} : text.substr(semicolon);
        if (address.find_first_of("?,") != std::string_view::npos)
            return "an address with '?' or ',' that is not in <>";
    }
    const auto why = uri.read(address);
    return why.empty() ? params.read(rest) : why;
}

Result<std::vector<NameAddr>> NameAddr::parse_list(std::span<const std::string> lines) {
    std::vector<NameAddr> list;
    for (const std::string& line : lines) {
        for (const std::string_view element : grammar::split_list(line)) {
            auto address = parse(element);
            if (!address) return address.error();
            list.push_back(std::move(*address));
        }
    }
    return list;
}

std::string NameAddr::str() const {
    std::string out;
    if (!display.empty()) (out += grammar::quote(display)) += ' ';
    out += '<';
    uri.append_to(out);
    return (out += '>') += params.str();
}

} // namespace wakeline::sip
