// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/capacity.h"
#include "call/phone_access.h"
#include "call/subscribers.h"
#include "config/config.h"
#include "push/gateway.h"
#include "registrar/authenticator.h"
#include "registrar/domains.h"
#include "registrar/registrar.h"
#include "registrar/users.h"
#include "trunk/peers.h"

namespace wakeline::daemon {

/// The registrar with what stands around it: joins phones' requests as the calls meet them to the registrar,
/// and the registrar to signalling, PBX and push services.
class Phones final : public call::PhoneAccess, registrar::Registrar::Surroundings {
public:
    struct Parts {
        net::TimerQueue& timers;
        sip::Transport& transport;
        sip::Transactions& transactions;
        registrar::Bindings& bindings;
        const registrar::Domains& domains;
        trunk::Peers& trunks;
        const push::Gateway& push;
        call::Capacity& capacity;
        Log& log;
        registrar::RegistrarMetrics& metrics;
    };
    Phones(const Parts& parts, const config::Config& config);

    /// The users file: who may sign in, or in mode forward whose registrations we keep alive. An error leaves
    /// the users as they are.
    Status load_users(const std::string& file);
    void configure(const registrar::RegistrationConfig& config);

    const registrar::Users& users() const noexcept { return users_; }
    /// Of the same file.
    const call::Subscribers::Map& subscribers() const noexcept { return subscribers_; }
    const registrar::FailedLogins& failed_logins() const { return registrar_.failed_logins(); }

    void on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override;
    void on_flow_closed(sip::FlowId flow) override;
    std::optional<sip::Builder> check(sip::FlowId flow, const sip::Message& request) override;

private:
    bool respond(sip::ServerTx tx, const sip::Builder& answer) override;
    const sip::FlowInfo* flow(sip::FlowId flow) const override;
    bool admits(const std::string& aor) override;
    std::vector<sip::NextHop*> upstreams(const registrar::UpstreamWanted& wanted) override;
    bool can_push(const registrar::PushData& push) const override;
    std::vector<std::string> push_services() const override;
    std::chrono::seconds flow_timer() const override { return keepalive_; }

    registrar::Authenticator make_authenticator(const config::Config& config) const;

    Parts parts_;
    const std::chrono::seconds keepalive_;
    registrar::Users users_;
    call::Subscribers::Map subscribers_;
    registrar::Authenticator authenticator_;
    registrar::Registrar registrar_;
};

} // namespace wakeline::daemon
