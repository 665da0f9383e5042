// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace wakeline::registrar {

enum class Mode : std::uint8_t { Forward, Local };
enum class WhenFull : std::uint8_t { Replace, Refuse };

struct RegistrationConfig {
    Mode mode = Mode::Forward;
    std::string users; // file; mode forward: passwords for refreshes of our own
    std::chrono::milliseconds min_expiry = std::chrono::seconds(60);
    std::chrono::milliseconds max_expiry = std::chrono::seconds(604'800);
    unsigned max_devices = 10;
    WhenFull when_full = WhenFull::Replace; // one device too many
    unsigned spread = 10;                   // percent by which a long expiry may be shortened, at random
    std::chrono::milliseconds keep_token = std::chrono::hours(30 * 24);
    unsigned max_failures = 10; // wrong passwords; 0: not counted
    std::chrono::milliseconds block = std::chrono::minutes(5);

    bool operator==(const RegistrationConfig&) const = default;
};

} // namespace wakeline::registrar
