// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/rate_limit.h"
#include "call/call_table.h"

namespace wakeline::call {

/// A request outside a dialog, and where it came in.
struct Arrival {
    sip::ServerTx tx = 0;
    sip::FlowId flow = 0;
    const sip::FlowInfo& info;
    const sip::Message& request;
    std::string peer; // trunk side: the peer it came from
};

/// For whom a request of the PBX is.
struct Destination {
    std::string aor; // empty: nobody of ours
    bool known = false;
    std::vector<registrar::Binding> devices;
};
Destination find_destination(const Context& context, const sip::Uri& uri);
/// What a call of that user must hide: the PBX's name and every address.
HostHiding hosts_for(const Context& context, const std::string& aor, const sip::Uri& peer);

/// Makes a call of an INVITE, or refuses it: who is called, by which names, within which limits.
class NewCalls {
public:
    NewCalls(Context& context, CallTable& calls);

    void configure(const LimitsConfig& limits);

    void to_phone(const Arrival& arrival);
    void from_phone(const Arrival& arrival);
    /// No new calls from now on; 503.
    void drain() { draining_ = true; }

private:
    Call::Invite invite(const Arrival& arrival, const std::string& contact_user,
                        const HostHiding& hosts) const;
    /// Why no further call is taken; empty when one is.
    std::string full(bool holds, std::size_t octets);
    std::optional<Ending> refusal(const Arrival& arrival, bool holds, std::size_t octets);
    /// Why that INVITE cannot be honoured; nothing when it can.
    std::optional<Ending> unfit(const sip::Message& request, Call::Invite& made) const;
    void assert_identity(const sip::Message& request, const std::string& aor, CallOffer& offer) const;
    /// Translates Replaces (RFC 3891) into the offer; the status when it cannot be honoured, else 0.
    int take_replaces(const sip::Message& request, CallOffer& offer) const;
    void ring(Call& call, const Destination& destination);
    bool hunts(const CallOffer& offer) const;
    bool is_merged(const Arrival& arrival, const std::string& aor) const;
    std::unique_ptr<RingHunt> hunt(const Arrival& arrival, const std::string& aor,
                                   const CallOffer& offer) const;

    Context& context_;
    CallTable& calls_;
    bool draining_ = false;
    RateLimit log_limit_{5, std::chrono::seconds(10)};
    std::optional<RateLimit> rate_; // limits.calls_per_second
};

} // namespace wakeline::call
