// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "registrar/upstream_exchange.h"
#include "trunk/peers.h"

namespace wakeline::daemon {

/// The registrar knows next hops, and the trunks know who serves whom.
inline std::vector<sip::NextHop*> upstreams_of(trunk::Peers& trunks,
                                               const registrar::UpstreamWanted& wanted) {
    const auto chosen =
        trunks.choose_up({.aor = wanted.aor, .granted_by = wanted.granted_by, .call_id = wanted.call_id});
    return {chosen.begin(), chosen.end()};
}

} // namespace wakeline::daemon
