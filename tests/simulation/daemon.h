// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "call/calls.h"
#include "daemon/entrance.h"
#include "daemon/upstreams.h"
#include "fakes/memory_store.h"
#include "push/apns.h"
#include "registrar/registrar.h"
#include "simulation/dns.h"
#include "simulation/network.h"
#include "simulation/push_service.h"
#include "simulation/simulated_media.h"
#include "trunk/configured_peers.h"

namespace wakeline::simulation {

/// The daemon as daemon::Modules wires it, above a simulated network, push service, disk and media.
class Daemon final : registrar::Registrar::Surroundings, call::PhoneAccess, push::Waker, call::RecordStore {
public:
    struct Settings {
        bool local = false; // registrations are ours
        call::HoldConfig hold = {};
        net::Duration options_interval{};
        net::Duration store_delay = std::chrono::milliseconds(2); // at most
    };
    Daemon(Scene& scene, Network& network, const Settings& settings, PushService::Deliver deliver);

    PushService& push_service() { return *push_service_; }
    const SimulatedMedia& media() const { return media_; }
    call::Calls& calls() { return *calls_; }
    /// Media of a call have stopped: the relay says so.
    void stop_media(media::MediaId id) { calls_->on_media_timeout(id); }
    /// What is left of anything; empty: nothing is.
    std::string leftovers() const;
    bool has_bindings() const { return bindings_->table().size() > 0; }

private:
    // registrar::Registrar::Surroundings
    bool respond(sip::ServerTx tx, const sip::Builder& answer) override;
    const sip::FlowInfo* flow(sip::FlowId flow) const override { return network_.info(flow); }
    std::vector<sip::NextHop*> upstreams(const registrar::UpstreamWanted& wanted) override {
        return daemon::upstreams_of(*trunks_, wanted);
    }
    bool can_push(const registrar::PushData& push) const override;
    std::vector<std::string> push_services() const override { return {"apns"}; }
    std::chrono::seconds flow_timer() const override { return std::chrono::seconds(50); }

    // call::PhoneAccess
    void on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override;
    void on_flow_closed(sip::FlowId flow) override { registrar_->on_flow_closed(flow); }
    std::optional<sip::Builder> check(sip::FlowId flow, const sip::Message& request) override;

    // push::Waker
    push::WakeId wake(const push::Device& device, const push::WakeRequest& request, Sent sent,
                      Finished finished) override;
    void cancel(push::WakeId id) override { app_->cancel(id); }
    bool supports(const push::Device& device, push::WakeKind kind) const override;

    // call::RecordStore
    void put(call::CallRecord record) override;
    void find(std::string_view, std::function<void(Result<call::CallRecord>)>) override {}
    void last_to(std::string_view, std::function<void(Result<call::CallRecord>)>) override {}
    void latest(std::size_t, std::function<void(Result<std::vector<call::CallRecord>>)>) override {}

    struct NoUsage final : call::UsageStore {
        void put(std::vector<call::Usage>) override {}
        void forget_before(net::WallTime) override {}
        void find(net::WallTime, net::WallTime,
                  std::function<void(Result<std::vector<call::Usage>>)>) override {}
    };

    Scene& scene_;
    Network& network_;
    NullSink sink_;
    Log log_{sink_, LogLevel::Off};
    Metrics metrics_;
    registrar::RegistrarMetrics registrar_metrics_{metrics_};
    push::ProviderMetrics push_metrics_{metrics_, push::Provider::Apns};
    trunk::TrunkMetrics trunk_metrics_{metrics_};
    test::MemoryStore store_;
    Dns resolver_;
    NoUsage usage_;
    SimulatedMedia media_;
    call::RandomNames names_;
    daemon::Entrance entrance_;
    const registrar::Domains domains_{{"example.com"}, {"10.0.0.4", "192.0.2.1"}};
    registrar::Users users_;
    sip::Transactions transactions_;
    std::unique_ptr<registrar::Bindings> bindings_;
    PushService* push_service_ = nullptr; // the team's
    std::unique_ptr<push::ApnsTeam> team_;
    std::unique_ptr<push::Apns> app_;
    std::unique_ptr<trunk::ConfiguredPeers> trunks_;
    std::unique_ptr<registrar::Authenticator> authenticator_;
    std::unique_ptr<registrar::Registrar> registrar_;
    std::unique_ptr<call::Capacity> capacity_;
    std::unique_ptr<call::Calls> calls_;
    push::WakeId last_wake_ = 0;
};

/// Which call of the schedule that is.
std::string number_of(const call::CallRecord& record);

} // namespace wakeline::simulation
