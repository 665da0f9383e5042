// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

#include "net/timer.h"

namespace wakeline::simulation {

/// Where all chance of a schedule comes from: xoshiro256** of one seed, the same on every machine (no std
/// distributions).
class Chance {
public:
    explicit Chance(std::uint64_t seed) {
        for (std::uint64_t& word : state_) { // splitmix64
            seed += 0x9e3779b97f4a7c15;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = rotate(state_[3], 45);
        return result;
    }
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
    }
    bool percent(std::uint32_t of_hundred) { return below(100) < of_hundred; }
    net::Duration between(std::uint32_t low_ms, std::uint32_t high_ms) {
        return std::chrono::milliseconds(low_ms + below(high_ms - low_ms + 1));
    }
    template <class T>
    T pick(std::initializer_list<T> of) {
        return of.begin()[below(static_cast<std::uint32_t>(of.size()))];
    }

private:
    static std::uint64_t rotate(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

    std::uint64_t state_[4];
};

} // namespace wakeline::simulation
