// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace wakeline {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd"; // U+FFFD

/// Octets of the UTF-8 character that `text` starts with (RFC 3629: shortest form, no surrogates); 0: none.
std::size_t character(std::string_view text) {
    const auto octet = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = octet(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((octet(i) & 0xc0) != 0x80) return 0;
    const bool overlong = (first == 0xe0 && octet(1) < 0xa0) || (first == 0xf0 && octet(1) < 0x90);
    const bool none = (first == 0xed && octet(1) > 0x9f) || (first == 0xf4 && octet(1) > 0x8f);
    return overlong || none ? 0 : size;
}

constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = ' '; c < 0x7f; ++c)
        plain[c] = c != '"' && c != '\\';
    return plain;
}();

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    default: break;
    }
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20) {
        out += c;
        return;
    }
    out += "\\u00";
    out += digits[octet >> 4];
    out += digits[octet & 15];
}

} // namespace

void JsonText::quote(std::string_view value) {
    out_ += '"';
    while (!value.empty()) {
        std::size_t plain = 0;
        while (plain < value.size() && kPlain[static_cast<unsigned char>(value[plain])])
            ++plain;
        out_.append(value.substr(0, plain));
        value.remove_prefix(plain);
        if (value.empty()) break;
        const std::size_t size = character(value);
        if (size == 1)
            append_escaped(out_, value[0]);
        else
            out_ += size == 0 ? kReplacement : value.substr(0, size);
        value.remove_prefix(size == 0 ? 1 : size);
    }
    out_ += '"';
}

void JsonText::begin(std::string_view name) {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ',';
    if (name.empty()) return;
    quote(name);
    out_ += ':';
}

JsonText& JsonText::open(std::string_view name) {
    begin(name);
    out_ += '{';
    return *this;
}

JsonText& JsonText::close() {
    out_ += '}';
    return *this;
}

JsonText& JsonText::open_list(std::string_view name) {
    begin(name);
    out_ += '[';
    return *this;
}

JsonText& JsonText::close_list() {
    out_ += ']';
    return *this;
}

JsonText& JsonText::text(std::string_view name, std::string_view value) {
    begin(name);
    quote(value);
    return *this;
}

JsonText& JsonText::number(std::string_view name, long long value) {
    begin(name);
    std::array<char, 24> digits;
    out_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
    return *this;
}

JsonText& JsonText::real(std::string_view name, double value) {
    begin(name);
    std::array<char, 32> digits;
    if (std::isfinite(value))
        out_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
    else
        out_ += "null";
    return *this;
}

JsonText& JsonText::flag(std::string_view name, bool value) {
    begin(name);
    out_ += value ? "true" : "false";
    return *this;
}

} // namespace wakeline
