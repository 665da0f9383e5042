// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace wakeline::pki {

enum class KeyKind : std::uint8_t { Rsa2048, Rsa4096, P256 };
/// "rsa2048", "rsa4096", "p256".
std::optional<KeyKind> key_kind(std::string_view word);

/// 90d, 180d, 1y, 2y or 3y (SBC-TLS-14): what phones and PBXs are known to take.
std::optional<std::chrono::days> lifetime(std::string_view word);

/// A distinguished name: ("C", "DE"), ("O", "Example"), ... , ("CN", "sbc.example.com").
using Subject = std::vector<std::pair<std::string, std::string>>;
/// "C=DE,ST=Bavaria,L=Munich,O=Example,OU=Voice", with the common name behind it.
Result<Subject> subject(std::string_view text, std::string_view common_name);

/// "sbc.example.com,192.0.2.1,2001:db8::1,sip:1001@example.com" as OpenSSL writes it: DNS, IP and URI.
Result<std::string> alternative_names(std::string_view list);

/// What a certificate shall be.
struct Wish {
    enum class Use : std::uint8_t { Authority, Server, Client };

    Use use = Use::Server;
    Subject subject;
    std::string names; // alternative_names
    KeyKind key = KeyKind::P256;
    std::chrono::days lifetime{365};
};

} // namespace wakeline::pki
