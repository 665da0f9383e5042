// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <set>
#include <string>
#include <unordered_map>

#include "base/rate_limit.h"
#include "registrar/bindings.h"
#include "registrar/upstream_exchange.h"
#include "registrar/users.h"
#include "sip/digest_client.h"

namespace wakeline::registrar {

/// Keeps sleeping phones registered at the PBX, for users whose password we have: refreshes before the PBX's
/// grant ends, as long as the phone's own lasts, and signs out when that ends (SBC-REG-05, SBC-REG-03).
class UpstreamKeeper final : public BindingListener, private UpstreamExchange::Owner {
public:
    struct Parts {
        net::TimerQueue& timers;
        Bindings& bindings;
        const UserDirectory& users;
        ChooseUpstream upstreams;
        Log& log;
        RegistrarMetrics& metrics;
    };
    static constexpr std::size_t kAtATime = 50; // the PBX has other things to do, also after its restart

    explicit UpstreamKeeper(Parts parts);

    /// After the bindings and the users are loaded, and when the users changed.
    void take_over();
    bool keeps(std::string_view aor) const { return find_owner(parts_.users, aor).has_value(); }
    /// The PBX may have forgotten that one: asks it now, unless it was asked a moment ago.
    void doubt(const Binding& binding);
    /// The PBX was away: it may have forgotten everybody.
    void doubt_all();

    void on_registered(const Binding& binding) override;
    void on_removed(const Binding& binding, std::string_view why) override;

    std::size_t kept() const noexcept { return due_of_.size(); }

private:
    using Id = UpstreamExchange::Id;
    struct Due {
        net::WallTime when;
        BindingId id;
        auto operator<=>(const Due&) const = default;
    };
    struct Attempt {
        Binding binding;
        std::chrono::seconds expires; // asked for; 0: signs out
        sip::DigestClient digest;
        int sent = 0;
    };

    void schedule(const Binding& binding);
    void at(net::WallTime when, BindingId id);
    void forget(BindingId id);
    void arm();
    void work();
    void work_on(BindingId id);
    void ask(const Binding& binding, std::chrono::seconds expires);
    /// False when no PBX is up.
    bool send(Id id, Attempt& attempt);
    void on_upstream_answer(Id id, const sip::NextHop& hop, const sip::Message& answer) override;
    void on_upstream_failure(Id id, sip::TxFailure why) override;
    bool try_again(Id id, Attempt& attempt, const sip::Message& answer);
    void granted(const Attempt& attempt, const sip::NextHop& hop, const sip::Message& answer);
    void refused(const Attempt& attempt, const sip::Message& answer);
    void later(const Attempt& attempt);

    Parts parts_;
    std::set<Due> due_;
    std::unordered_map<BindingId, net::WallTime> due_of_;
    std::unordered_map<Id, Attempt> attempts_;
    Id last_id_ = 0;
    RateLimit log_limit_{20, std::chrono::seconds(3)};
    net::Timer timer_;
    UpstreamExchange exchange_;
};

} // namespace wakeline::registrar
