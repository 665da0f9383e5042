// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/calls.h"
#include "registrar/recalls.h"
#include "registrar/upstream_keeper.h"
#include "trunk/configured_peers.h"

namespace wakeline::daemon {

/// Keeps phones and PBX agreed on who is registered, in mode forward: refreshes for those who sleep, and when
/// the PBX may have forgotten somebody, registers again or has the phone do it.
class UpstreamWatch final : registrar::BindingListener,
                            trunk::PeerListener,
                            registrar::Recalls::Surroundings {
public:
    struct Parts {
        net::TimerQueue& timers;
        sip::Transport& transport;
        registrar::Bindings& bindings;
        const registrar::Users& users;
        trunk::ConfiguredPeers& trunks;
        const call::Calls& calls;
        Log& log;
        registrar::RegistrarMetrics& metrics;
    };
    explicit UpstreamWatch(const Parts& parts);

    /// The users are others now.
    void reload() { keeper_.take_over(); }

private:
    void on_registered(const registrar::Binding& binding) override { keeper_.on_registered(binding); }
    void on_removed(const registrar::Binding& binding, std::string_view why) override {
        keeper_.on_removed(binding, why);
    }
    void on_doubted(const registrar::Binding& binding) override;
    void on_peer_back(std::string_view name) override;
    bool busy(const std::string& aor) const override { return parts_.calls.busy(aor); }
    void close(sip::FlowId flow) override { parts_.transport.close(flow); }

    Parts parts_;
    registrar::UpstreamKeeper keeper_;
    registrar::Recalls recalls_;
};

} // namespace wakeline::daemon
