// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "call/mailbox_notices.h"
#include "call/new_calls.h"
#include "call/relayed_request.h"
#include "call/subscription.h"

namespace wakeline::call {

/// Where a request outside a dialog goes, and under which names.
struct OutsideRoute {
    std::vector<trunk::Trunk*> trunks; // to the PBX: those to try; none: to a device
    registrar::Binding device;
    std::vector<registrar::Binding> asleep; // MESSAGE: no device is awake, and these can be woken for it
    std::string aor;
    HostHiding hosts;
    int refusal = 0; // nobody to send it to: the answer
};

/// MESSAGE, SUBSCRIBE, NOTIFY, REFER, INFO and PUBLISH outside dialogs, to the other side if it can be
/// reached now. A sleeping phone is woken for a MESSAGE, by an alert: a VoIP push is for a call and nothing
/// else. For the others nobody is woken, and nobody waits.
class OutsideRequests final : public Subscription::Owner, public RelayedRequest::Owner {
public:
    explicit OutsideRequests(Context& context);
    ~OutsideRequests();

    void relay(const Arrival& arrival);
    /// Subscriptions of that device go on over its new connection.
    void on_registered(const registrar::Binding& binding);
    void on_removed(const registrar::Binding& binding) { notices_.on_removed(binding.id); }
    std::size_t size() const noexcept { return relays_.size() + subscriptions_.size(); }

    void on_subscription_ended(Subscription& subscription) override;
    void on_relayed(RelayedRequest& relayed) override;

private:
    OutsideRoute route(const Arrival& arrival) const;
    OutsideRoute route_to_phone(const Arrival& arrival) const;
    /// `trunk`: the PBX that it is for; null: a phone.
    Translated translate(const Arrival& arrival, const OutsideRoute& route, const trunk::Trunk* trunk) const;
    std::vector<Succession::Way> ways(const Arrival& arrival, const OutsideRoute& route,
                                      bool with_contact) const;
    void subscribe(const Arrival& arrival, const OutsideRoute& route);
    void tell_mailbox(const Arrival& arrival);
    void relay_single(const Arrival& arrival, const OutsideRoute& route);

    Context& context_;
    MailboxNotices notices_;
    std::unordered_map<const RelayedRequest*, std::unique_ptr<RelayedRequest>> relays_;
    std::unordered_map<const Subscription*, std::unique_ptr<Subscription>> subscriptions_;
};

} // namespace wakeline::call
