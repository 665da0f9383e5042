// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/metrics.h"
#include "sip/timing.h"

namespace wakeline::sip {

/// How the transactions of one shard behave.
struct TransactionConfig {
    Timing timing{};
    std::string server{};             // User-Agent / Server header value; empty: none
    std::uint8_t shard = 0;           // the first octet of our branches
    std::size_t max_server = 200'000; // the next request is answered 503
    // Octets beyond kUsualSize in requests of phones that are under way: what is relayed is kept several
    // times.
    static constexpr std::size_t kUsualSize = 2'048;
    std::size_t max_surplus = 64 * 1024 * 1024; // the next large one is answered 503
    std::size_t max_client = 200'000;           // the next one fails
    Metrics* metrics = nullptr;                 // null: counted where nobody looks
};

} // namespace wakeline::sip
