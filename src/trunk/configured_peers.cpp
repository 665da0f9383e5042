// SPDX-License-Identifier: Apache-2.0
#include "trunk/configured_peers.h"

#include <utility>

namespace wakeline::trunk {

Result<std::unique_ptr<ConfiguredPeers>> ConfiguredPeers::create(const Trunks& trunks,
                                                                 const Environment& environment) {
    std::unique_ptr<ConfiguredPeers> all(new ConfiguredPeers);
    std::string problems;
    for (const auto& [name, config] : trunks) {
        auto peer = Peer::create(name, config, environment);
        if (peer)
            all->peers_.push_back(std::move(*peer));
        else
            problems.append(problems.empty() ? "" : "; ").append(peer.error().message);
    }
    if (!problems.empty()) return Error{ErrorCode::InvalidInput, problems};
    return all;
}

sip::NextHop* ConfiguredPeers::route(std::string_view) {
    return peers_.empty() ? nullptr : peers_.front().get();
}

std::string ConfiguredPeers::match(const sip::FlowInfo& from) const {
    for (const auto& peer : peers_)
        if (peer->owns(from)) return peer->name();
    return {};
}

std::vector<PeerSnapshot> ConfiguredPeers::snapshot() const {
    std::vector<PeerSnapshot> all;
    for (const auto& peer : peers_)
        all.push_back(peer->snapshot());
    return all;
}

} // namespace wakeline::trunk
