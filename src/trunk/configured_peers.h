// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "trunk/peer.h"

namespace wakeline::trunk {

/// The trunks of the configuration: which of them serve a user, in which order.
class ConfiguredPeers final : public Peers {
public:
    using Passwords = std::map<std::string, Secret>;

    /// An error names every trunk whose URI leads nowhere.
    /// `passwords` are of the trunks that register, by name.
    static Result<std::unique_ptr<ConfiguredPeers>>
    create(const Trunks& trunks, const Environment& environment, const Passwords& passwords = {});

    void set_listener(PeerListener& listener) {
        for (const auto& peer : peers_)
            peer->set_listener(listener);
    }

    /// Those that claim the user's domain, else those that claim none; by priority and weight, each followed
    /// by its backup, and those that are down last. First of all comes the one that challenged the request,
    /// then the one that granted the registration, if they are up.
    std::vector<Trunk*> choose(const Wanted& wanted) override;
    Peer* find(std::string_view name) override;
    const std::vector<std::unique_ptr<Peer>>& all() const noexcept { return peers_; }
    std::string match(const sip::FlowInfo& from) const override;
    std::vector<std::string> hosts() const override;
    void on_flow_closed(sip::FlowId flow) override {
        for (const auto& peer : peers_)
            peer->on_flow_closed(flow);
    }
    std::vector<PeerSnapshot> snapshot() const override;

private:
    ConfiguredPeers() = default;

    std::vector<Peer*> serving(std::string_view aor) const;
    bool is_backup(const Peer& peer) const;

    std::vector<std::unique_ptr<Peer>> peers_;
};

} // namespace wakeline::trunk
