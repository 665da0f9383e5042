// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "trunk/peer.h"

namespace wakeline::trunk {

/// The peers of the configuration. The first, by name, is where everything goes.
class ConfiguredPeers final : public Peers {
public:
    /// An error names every trunk whose URI leads nowhere.
    static Result<std::unique_ptr<ConfiguredPeers>> create(const Trunks& trunks,
                                                           const Environment& environment);

    void set_listener(PeerListener& listener) {
        for (const auto& peer : peers_)
            peer->set_listener(listener);
    }

    sip::NextHop* route(std::string_view aor) override;
    std::string match(const sip::FlowInfo& from) const override;
    std::vector<PeerSnapshot> snapshot() const override;

private:
    ConfiguredPeers() = default;

    std::vector<std::unique_ptr<Peer>> peers_;
};

} // namespace wakeline::trunk
