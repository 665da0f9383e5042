// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

/// The arithmetic of RFC 7616 and RFC 8760; no state.
namespace wakeline::sip::digest {

enum class Algorithm : std::uint8_t { Md5, Md5Sess, Sha256, Sha256Sess };

/// As in the `algorithm` parameter.
std::string_view name(Algorithm algorithm) noexcept;
std::optional<Algorithm> algorithm_named(std::string_view name) noexcept;
constexpr bool is_sha256(Algorithm a) { return a == Algorithm::Sha256 || a == Algorithm::Sha256Sess; }

/// Lower-case hexadecimal of the algorithm's hash.
std::string hash(Algorithm algorithm, std::string_view text);

/// H(user:realm:password): what a users file may hold instead of the password.
Secret ha1(Algorithm algorithm, std::string_view user, std::string_view realm, const Secret& password);

/// What goes into a response beside the secret. `nc` as on the wire, 8 hexadecimal digits. Without `qop` the
/// old form of RFC 2069.
struct Input {
    Algorithm algorithm = Algorithm::Md5;
    std::string_view method = {}; // empty: of rspauth
    std::string_view uri = {}, nonce = {}, nc = {}, cnonce = {}, qop = {};
};
std::string response(const Input& input, const Secret& ha1);

/// Takes the same time wherever the two differ.
bool equal(std::string_view a, std::string_view b) noexcept;

} // namespace wakeline::sip::digest
