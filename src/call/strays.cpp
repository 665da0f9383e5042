// SPDX-License-Identifier: Apache-2.0
#include "call/strays.h"

#include <utility>

#include "call/challenge.h"
#include "sip/dialog.h"

namespace wakeline::call {

namespace {

constexpr net::Duration kAfterAnswer = std::chrono::seconds(32);  // 64*T1: no 2xx comes later
constexpr net::Duration kAfterCancel = std::chrono::seconds(180); // a peer that ignores CANCEL

} // namespace

Strays::Strays(net::TimerQueue& timers, sip::Transactions& transactions, Graveyard& graveyard)
    : timers_(timers), transactions_(transactions), graveyard_(graveyard) {}

Strays::Stray& Strays::keep(std::unique_ptr<Outgoing> request) {
    auto stray = std::make_unique<Stray>(timers_);
    stray->request = std::move(request);
    return *(strays_[stray->request.get()] = std::move(stray));
}

Outgoing& Strays::add(const trunk::Trunk* trunk) {
    Stray& stray = keep(std::make_unique<Outgoing>(transactions_, *this));
    stray.trunk = trunk;
    return *stray.request;
}

void Strays::adopt(std::unique_ptr<Outgoing> invite, std::string why) {
    if (!invite || !invite->sent() || invite->over()) return graveyard_.bury(std::move(invite));
    Stray& stray = keep(std::move(invite));
    stray.why = std::move(why);
    stray.request->give_to(*this);
    keep_for(stray, stray.request->answered() ? kAfterAnswer : kAfterCancel);
    if (!stray.request->answered()) stray.request->cancel(stray.why);
}

void Strays::send_and_cancel(sip::FlowId flow, sip::Builder invite, std::string why) {
    auto outgoing = std::make_unique<Outgoing>(transactions_, *this);
    outgoing->send(flow, std::move(invite));
    adopt(std::move(outgoing), std::move(why));
}

void Strays::on_response(Outgoing& request, const sip::Message& response) {
    const auto at = strays_.find(&request);
    if (at == strays_.end() || response.status() < 200) return;
    if (const trunk::Trunk* trunk = std::exchange(at->second->trunk, nullptr)) {
        sip::Builder again = request.again();
        if (answer_challenge(trunk, response, again)) return request.send(request.flow(), std::move(again));
    }
    if (!request.is_invite() || response.status() >= 300) return drop(request);
    keep_for(*at->second, kAfterAnswer);
    hang_up(request, response, at->second->why);
}

void Strays::on_failure(Outgoing& request, sip::TxFailure) { drop(request); }

void Strays::hang_up(const Outgoing& invite, const sip::Message& success, std::string_view why) {
    sip::Dialog dialog = sip::Dialog::from_response(invite.request(), success, invite.flow(),
                                                    invite.request().first("Contact"));
    transactions_.send_ack(invite.flow(), dialog.ack(invite.cseq()));
    sip::Builder bye = dialog.request("BYE");
    if (!why.empty()) bye.add("Reason", why);
    add().send(invite.flow(), std::move(bye));
}

void Strays::keep_for(Stray& stray, net::Duration time) {
    stray.limit.arm(time, [this, request = stray.request.get()] { drop(*request); });
}

void Strays::drop(const Outgoing& request) {
    const auto at = strays_.find(&request);
    if (at == strays_.end()) return;
    graveyard_.bury(std::move(at->second));
    strays_.erase(at);
}

} // namespace wakeline::call
