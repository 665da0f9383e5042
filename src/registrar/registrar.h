// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/rate_limit.h"
#include "registrar/authenticator.h"
#include "registrar/bindings.h"
#include "registrar/config.h"
#include "registrar/registration_plan.h"
#include "registrar/upstream_exchange.h"
#include "sip/transactions.h"

namespace wakeline::registrar {

/// Answers REGISTER. In mode forward the PBX decides and grants, in mode local we do. The 200 leaves when the
/// binding is stored; the REGISTERs of one user take effect one after the other.
class Registrar final : private UpstreamExchange::Owner {
public:
    /// What it needs of the signalling around it.
    class Surroundings {
    public:
        virtual bool respond(sip::ServerTx tx, const sip::Builder& answer) = 0;
        /// Null when the flow is gone.
        virtual const sip::FlowInfo* flow(sip::FlowId flow) const = 0;
        /// The PBX of that user; null: none is configured. It outlives this registrar.
        virtual sip::NextHop* upstream(std::string_view aor) = 0;
        /// Whether a device of that user may be registered: false when all that are allowed are in use.
        virtual bool admits(const std::string&) { return true; }
        /// Whether an app is configured that could wake this device.
        virtual bool can_push(const PushData& push) const = 0;
        /// "apns", "fcm": those that any app is configured for.
        virtual std::vector<std::string> push_services() const = 0;

    protected:
        ~Surroundings() = default;
    };
    struct Parts {
        net::TimerQueue& timers;
        Surroundings& around;
        Bindings& bindings;
        Authenticator& authenticator;
        const Domains& domains;
        Log& log;
        RegistrarMetrics& metrics;
    };

    Registrar(const Parts& parts, RegistrationConfig config);
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;

    /// From now on; what is on its way ends by the old limits. The mode stays.
    void configure(RegistrationConfig config);

    void on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& message);
    /// To be told before `on_flow_closed` of the calls: its bindings are asleep.
    void on_flow_closed(sip::FlowId flow);

    /// REGISTERs not answered yet.
    std::size_t pending() const noexcept { return pending_.size(); }

private:
    using Id = UpstreamExchange::Id;

    /// A REGISTER that waits for the PBX, for its turn, or for the store.
    struct Pending {
        sip::ServerTx tx = 0;
        sip::Builder answer; // begun; the status comes last
        RegisterRequest request;
        Origin origin;
        std::vector<std::chrono::seconds> granted = {}; // one per contact
        std::string digest_user = {};                   // as the phone claims, for the log
    };

    std::optional<Rejection> check(const RegisterRequest& request, const sip::FlowInfo& flow) const;
    std::optional<Rejection> check_contact(const ContactUpdate& contact) const;
    bool push_served(const PushParams& push) const;
    void reject(sip::ServerTx tx, sip::Builder answer, const Rejection& rejection);

    void grant_locally(Pending& pending) const;
    void forward(Id id, Pending& pending, const sip::Message& message);
    void on_upstream_answer(Id id, const sip::Message& response) override;
    void on_upstream_failure(Id id, sip::TxFailure why) override;
    void refused_upstream(const Pending& pending, const sip::Message& response);

    void enqueue(Id id);
    void take_turns(const std::string& aor);
    bool start_commit(Id id, Pending& pending);
    void on_committed(Id id, const Status& status);
    void succeed(Pending& pending);

    std::chrono::seconds min_expiry() const;
    std::chrono::seconds max_expiry() const;

    Parts parts_;
    RegistrationConfig config_;
    const Secret upstream_key_; // makes the user parts of new devices at the PBX
    std::unordered_map<Id, Pending> pending_;
    std::unordered_map<std::string, std::deque<Id>> turns_; // by user; the first one is being stored
    Id last_id_ = 0;
    RateLimit log_limit_; // for lines that phones cause
    UpstreamExchange upstream_;
};

} // namespace wakeline::registrar
