// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace wakeline::trunk {

struct TrunkConfig {
    std::string uri;                                                       // sip:10.0.0.5:5060;transport=udp
    std::string local;                                                     // address:port of our side
    std::chrono::milliseconds options_interval = std::chrono::seconds(30); // 0: not watched
    unsigned max_calls = 0;                                                // 0: no limit
    std::string ca;          // TLS: PEM file to trust; empty: the system's
    std::string certificate; // TLS: name in `certificates` that we show; empty: none
    bool operator==(const TrunkConfig&) const = default;
};
using Trunks = std::map<std::string, TrunkConfig>;

} // namespace wakeline::trunk
