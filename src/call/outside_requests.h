// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "call/new_calls.h"
#include "call/subscription.h"

namespace wakeline::call {

/// Where a request outside a dialog goes, and under which names.
struct OutsideRoute {
    sip::NextHop* hop = nullptr; // the PBX; else a device:
    registrar::Binding device;
    std::string aor;
    HostHiding hosts;
    int refusal = 0; // nobody to send it to: the answer
};

/// MESSAGE, SUBSCRIBE, NOTIFY, REFER, INFO and PUBLISH outside dialogs, to the other side if it can be
/// reached now: nobody is woken for these (a VoIP push is for a call and nothing else), and nobody waits.
class OutsideRequests final : public Subscription::Owner {
public:
    explicit OutsideRequests(Context& context);
    ~OutsideRequests();

    void relay(const Arrival& arrival);
    /// Subscriptions of that device go on over its new connection.
    void on_registered(const registrar::Binding& binding);
    std::size_t size() const noexcept { return relays_.size() + subscriptions_.size(); }

    void on_subscription_ended(Subscription& subscription) override;

private:
    class Single;

    OutsideRoute route(const Arrival& arrival) const;
    sip::Builder translate(const Arrival& arrival, const OutsideRoute& route) const;
    void subscribe(const Arrival& arrival, const OutsideRoute& route);
    void done(const Single& relay);

    Context& context_;
    std::unordered_map<const Single*, std::unique_ptr<Single>> relays_;
    std::unordered_map<const Subscription*, std::unique_ptr<Subscription>> subscriptions_;
};

} // namespace wakeline::call
