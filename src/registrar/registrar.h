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
#include "registrar/failed_logins.h"
#include "registrar/registration_plan.h"
#include "registrar/slow_answers.h"
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
        /// As ChooseUpstream. They outlive this registrar.
        virtual std::vector<sip::NextHop*> upstreams(const UpstreamWanted& wanted) = 0;
        /// Whether a device of that user may be registered: false when all that are allowed are in use.
        virtual bool admits(const std::string&) { return true; }
        /// Whether an app is configured that could wake this device.
        virtual bool can_push(const PushData& push) const = 0;
        /// "apns", "fcm": those that any app is configured for.
        virtual std::vector<std::string> push_services() const = 0;
        /// What phones are told of connections (RFC 5626); 0: nothing.
        virtual std::chrono::seconds flow_timer() const = 0;

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
        /// Users whose registrations are kept alive at the PBX (UpstreamKeeper); null: none. Mode forward.
        const UserDirectory* kept = nullptr;
    };

    Registrar(const Parts& parts, RegistrationConfig config);
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;

    /// From now on; what is on its way ends by the old limits. The mode stays.
    void configure(RegistrationConfig config);

    /// Any other request of a phone outside a dialog: the challenge or refusal; nothing when it may pass.
    std::optional<sip::Builder> check(sip::FlowId flow, const sip::Message& request);

    void on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& message);
    /// To be told before `on_flow_closed` of the calls: its bindings are asleep.
    void on_flow_closed(sip::FlowId flow);

    /// REGISTERs not answered yet.
    std::size_t pending() const noexcept { return pending_.size(); }
    const FailedLogins& failed_logins() const noexcept { return logins_; }

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
        FailedLogins::Source source;
    };

    std::optional<Rejection> check(const RegisterRequest& request, const sip::FlowInfo& flow) const;
    RegistrationFacts facts(const Pending& pending, std::span<const Binding> existing) const {
        return {pending.request, pending.origin, existing, parts_.timers.wall_now()};
    }
    std::optional<Rejection> check_contact(const ContactUpdate& contact) const;
    bool push_served(const PushParams& push) const;
    void reject(sip::ServerTx tx, sip::Builder answer, const Rejection& rejection);

    bool shut_out(const FailedLogins::Source& source, std::string_view aor, sip::FlowId flow) const;
    void refuse_blocked(sip::ServerTx tx, sip::Builder answer);
    void grant_locally(Pending& pending) const;
    void forward(Id id, Pending& pending, const sip::Message& message);
    void take_grants(Pending& pending, const sip::Message& response) const;
    void on_upstream_answer(Id id, const sip::NextHop& hop, const sip::Message& response) override;
    void on_upstream_failure(Id id, sip::TxFailure why) override;
    net::Duration refused_upstream(const Pending& pending, const sip::Message& response);

    void enqueue(Id id);
    void take_turns(const std::string& aor);
    bool start_commit(Id id, Pending& pending);
    void note_evictions(const RegisterRequest& request, const Bindings::Update& update);
    void on_committed(Id id, const Status& status);
    void succeed(Pending& pending);

    std::chrono::seconds min_expiry() const;
    std::chrono::seconds max_expiry() const;

    Parts parts_;
    RegistrationConfig config_;
    std::unordered_map<Id, Pending> pending_;
    std::unordered_map<std::string, std::deque<Id>> turns_; // by user; the first one is being stored
    Id last_id_ = 0;
    RateLimit log_limit_; // for lines that phones cause
    FailedLogins logins_;
    SlowAnswers slow_answers_;
    UpstreamExchange upstream_;
};

} // namespace wakeline::registrar
