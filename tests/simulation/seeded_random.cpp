// SPDX-License-Identifier: Apache-2.0
#include "simulation/seeded_random.h"

#include "base/bytes.h"
#include "base/random.h"
#include "simulation/chance.h"

// Linked instead of base/random.cpp, which the library then leaves out.

namespace wakeline {

namespace {

simulation::Chance& source() {
    thread_local simulation::Chance chance(0);
    return chance;
}

} // namespace

void simulation::seed_random(std::uint64_t seed) { source() = Chance(seed); }

void random_bytes(std::span<std::uint8_t> out) {
    for (std::uint8_t& octet : out)
        octet = static_cast<std::uint8_t>(source().next() >> 56);
}

std::uint32_t random_u32() { return static_cast<std::uint32_t>(source().next() >> 32); }

std::string random_token(std::size_t bits) {
    Bytes raw((bits + 7) / 8);
    random_bytes(raw);
    return hex(raw);
}

std::string random_uuid() {
    std::string text = random_token(128);
    text[12] = '4';
    text[16] = 'a';
    for (const std::size_t at : {8u, 13u, 18u, 23u})
        text.insert(at, 1, '-');
    return text;
}

} // namespace wakeline
