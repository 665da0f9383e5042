// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "call/header_policy.h"
#include "trunk/peers.h"

namespace wakeline::call {

/// One of the trunks that a call may take, the first one first.
struct TrunkWay {
    trunk::Trunk* trunk = nullptr;
    std::unique_ptr<Relayed> relayed{}; // what passes there; null: as on the first trunk
};
using TrunkWays = std::vector<TrunkWay>;

inline TrunkWays ways_over(const std::vector<trunk::Trunk*>& trunks) {
    TrunkWays ways;
    for (trunk::Trunk* trunk : trunks)
        ways.push_back({.trunk = trunk});
    return ways;
}

} // namespace wakeline::call
