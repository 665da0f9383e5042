// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "call/graveyard.h"
#include "call/outgoing.h"
#include "net/timer.h"
#include "trunk/peers.h"

namespace wakeline::call {

/// Requests whose call has no more use for the answer. BYEs end here, and INVITEs of branches that lost: a
/// 2xx that comes all the same is acknowledged and hung up (RFC 3261 13.2.2.4, 16.7 step 10).
class Strays final : public Outgoing::User {
public:
    Strays(net::TimerQueue& timers, sip::Transactions& transactions, Graveyard& graveyard);

    /// For a request that is sent and forgotten; `trunk`: may ask for our password.
    Outgoing& add(const trunk::Trunk* trunk = nullptr);
    /// An INVITE without a wanted answer; cancelled unless it had a 2xx. `why`: Reason of CANCEL and BYE.
    void adopt(std::unique_ptr<Outgoing> invite, std::string why);
    /// An INVITE that only shows its cancellation. Nothing of it can fail in a way that matters.
    void send_and_cancel(sip::FlowId flow, sip::Builder invite, std::string why);
    /// A 2xx of a fork that did not win: acknowledged and hung up.
    void hang_up(const Outgoing& invite, const sip::Message& success, std::string_view why);
    std::size_t size() const noexcept { return strays_.size(); }

    void on_response(Outgoing& request, const sip::Message& response) override;
    void on_failure(Outgoing& request, sip::TxFailure why) override;

private:
    struct Stray {
        explicit Stray(net::TimerQueue& timers) : limit(timers) {}
        std::unique_ptr<Outgoing> request;
        std::string why;
        const trunk::Trunk* trunk = nullptr;
        net::Timer limit;
    };

    Stray& keep(std::unique_ptr<Outgoing> request);
    void keep_for(Stray& stray, net::Duration time);
    void drop(const Outgoing& request);

    net::TimerQueue& timers_;
    sip::Transactions& transactions_;
    Graveyard& graveyard_;
    std::unordered_map<const Outgoing*, std::unique_ptr<Stray>> strays_;
};

} // namespace wakeline::call
