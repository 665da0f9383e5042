// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wakeline {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The same octets, seen as the other type; nothing is copied.
inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case hexadecimal, two digits an octet.
std::string hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

/// RFC 4648 section 4 with padding; decoding also accepts none, and refuses anything outside the alphabet.
std::string base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

/// RFC 4648 section 5 without padding, as JWTs want it.
std::string base64url(ByteView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

} // namespace wakeline
