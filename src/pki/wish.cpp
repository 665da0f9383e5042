// SPDX-License-Identifier: Apache-2.0
#include "pki/wish.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/socket_address.h"

namespace wakeline::pki {

namespace {

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

bool is_dns_name(std::string_view name) {
    if (name.empty() || name.size() > 253 || name.front() == '.' || name.front() == '-') return false;
    return std::ranges::all_of(name, [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '*';
    });
}

bool is_sip_uri(std::string_view name) {
    return name.starts_with("sip:") && name.find_first_of(" ,;?<>\"") == std::string_view::npos;
}

} // namespace

std::optional<KeyKind> key_kind(std::string_view word) {
    if (word == "rsa2048") return KeyKind::Rsa2048;
    if (word == "rsa4096") return KeyKind::Rsa4096;
    if (word == "p256") return KeyKind::P256;
    return std::nullopt;
}

std::optional<std::chrono::days> lifetime(std::string_view word) {
    constexpr std::array kKnown{std::pair{"90d", 90}, std::pair{"180d", 180}, std::pair{"1y", 365},
                                std::pair{"2y", 730}, std::pair{"3y", 1095}};
    for (const auto& [known, days] : kKnown)
        if (word == known) return std::chrono::days(days);
    return std::nullopt;
}

Result<Subject> subject(std::string_view text, std::string_view common_name) {
    constexpr std::array kFields{"C", "ST", "L", "O", "OU"};
    Subject out;
    for (const std::string_view part : split(text, ',')) {
        if (trim(part).empty()) continue;
        const auto equals = part.find('=');
        const std::string_view field = trim(part.substr(0, equals));
        if (equals == std::string_view::npos || std::ranges::find(kFields, field) == kFields.end())
            return wrong("the subject must be C=, ST=, L=, O= and OU= with commas between, not \"" +
                         std::string(trim(part)) + '"');
        const std::string value(trim(part.substr(equals + 1)));
        if (field == "C" && value.size() != 2)
            return wrong("C must be a country code of two letters, not \"" + value + '"');
        out.emplace_back(field, value);
    }
    out.emplace_back("CN", common_name);
    return out;
}

Result<std::string> alternative_names(std::string_view list) {
    std::string out;
    for (std::string_view name : split(list, ',')) {
        name = trim(name);
        if (name.empty()) continue;
        const char* kind = net::SocketAddress::parse(std::string(name), 0) ? "IP:"
                           : is_sip_uri(name)                              ? "URI:"
                           : is_dns_name(name)                             ? "DNS:"
                                                                           : nullptr;
        if (kind == nullptr)
            return wrong("\"" + std::string(name) + "\" is no host name, IP address or sip: address");
        ((out += out.empty() ? "" : ",") += kind) += name;
    }
    return out;
}

} // namespace wakeline::pki
