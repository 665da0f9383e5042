// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The lexical rules of RFC 3261 section 25.1 that several parsers share.
namespace wakeline::sip::grammar {

/// Letters, digits and -.!%*_+`'~
bool is_token(std::string_view text) noexcept;
/// A token, or what URI parameters may also have in their names: []/:&$
bool is_param_name(std::string_view text) noexcept;
/// No space, control character, quote or angle bracket: what no part of a URI may hold unescaped.
bool is_uri_text(std::string_view text) noexcept;
/// What a parameter's value may hold without quotes: is_uri_text, and no ',' or ';'.
bool is_plain_value(std::string_view text) noexcept;
/// A host name, an IPv4 address or an IPv6 address in brackets.
bool is_host(std::string_view text) noexcept;

/// The length of the quoted string at the start of `text`, quotes included; 0 when there is none or it does
/// not end.
std::size_t quoted_length(std::string_view text) noexcept;
/// The text of a quoted string, its quotes and backslashes removed; other text unchanged.
std::string unquote(std::string_view text);
/// In quotes, with backslashes where they are needed.
std::string quote(std::string_view text);

/// Like `text.find(c)`, passing over quoted strings.
std::size_t find_outside_quotes(std::string_view text, char c) noexcept;
/// Takes the first element off a comma list: trimmed, not empty; empty at its end. Commas in quotes and angle
/// brackets separate nothing.
std::string_view next_of_list(std::string_view& rest) noexcept;
/// All elements of a comma list.
std::vector<std::string_view> split_list(std::string_view text);

/// Splits "host", "host:port" or "[v6]:port". False when either part is wrong; `port` 0 when none is given.
bool split_host_port(std::string_view text, std::string_view& host, unsigned short& port) noexcept;

} // namespace wakeline::sip::grammar
