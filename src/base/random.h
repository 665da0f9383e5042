// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace wakeline {

/// Cryptographically secure octets (RAND_bytes). Ends the process if the system has no randomness to give.
void random_bytes(std::span<std::uint8_t> out);

std::uint32_t random_u32();

/// `bits` of randomness (rounded up to octets) in lower-case hex: tags, branches, Call-IDs, nonces.
std::string random_token(std::size_t bits = 96);

/// RFC 4122 version 4, lower case, 8-4-4-4-12.
std::string random_uuid();

} // namespace wakeline
