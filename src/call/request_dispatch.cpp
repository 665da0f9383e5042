// SPDX-License-Identifier: Apache-2.0
#include "call/request_dispatch.h"

#include "sip/methods.h"

namespace wakeline::call {

namespace {

/// Means something only inside a dialog (RFC 3261 15, RFC 3262, RFC 3311).
bool needs_dialog(std::string_view method) {
    return method == "BYE" || method == "PRACK" || method == "UPDATE";
}

} // namespace

void RequestDispatch::on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) {
    const sip::FlowInfo* info = context_.transport.info(flow);
    if (info == nullptr) return; // nobody is left to answer to
    Arrival arrival{tx, flow, *info, request, {}};
    if (info->side == sip::Side::Trunk) {
        arrival.peer = context_.peers.match(*info);
        if (arrival.peer.empty() || request.method() == "REGISTER") {
            context_.counters.unknown_sources.add();
            return answer(arrival, 403);
        }
    }
    if (request.method() == "REGISTER") return targets_.phones.on_register(tx, flow, request);
    if (request.to_tag().empty())
        outside(arrival);
    else
        inside(arrival);
}

void RequestDispatch::inside(const Arrival& arrival) {
    Dialogs::Entry entry = context_.dialogs.find(arrival.request);
    if (entry.user == nullptr && arrival.request.method() == "NOTIFY")
        entry = context_.dialogs.find_half(arrival.request); // it may overtake the 2xx (RFC 6665 4.1.2.4)
    if (entry.user == nullptr) {
        context_.counters.stray_requests.add();
        return answer(arrival, 481);
    }
    entry.user->on_dialog_request(entry.leg, arrival.tx, arrival.flow, arrival.request);
}

void RequestDispatch::outside(const Arrival& arrival) {
    const std::string_view method = arrival.request.method();
    if (method == "OPTIONS") return answer_options(arrival);
    if (needs_dialog(method)) return answer(arrival, 481);
    if (arrival.info.side == sip::Side::Access)
        if (const auto refusal = targets_.phones.check(arrival.flow, arrival.request)) {
            context_.transactions.respond(arrival.tx, *refusal);
            return;
        }
    if (method != "INVITE") return targets_.outside.relay(arrival);
    if (arrival.info.side == sip::Side::Access)
        targets_.new_calls.from_phone(arrival);
    else
        targets_.new_calls.to_phone(arrival);
}

void RequestDispatch::answer(const Arrival& arrival, int status, std::string_view reason) {
    Reply(arrival.tx, arrival.request, context_.names.token()).send(context_.transactions, status, reason);
}

/// RFC 3261 11.2. For every target: a PBX that asks after a sleeping phone must not hear that it is gone.
void RequestDispatch::answer_options(const Arrival& arrival) {
    Relayed capabilities;
    capabilities.set("Allow", std::string(sip::kAllow));
    capabilities.set("Accept", "application/sdp");
    capabilities.set("Supported", "100rel, timer, replaces, path");
    Reply(arrival.tx, arrival.request, context_.names.token())
        .send(context_.transactions, 200, {}, capabilities);
}

void RequestDispatch::on_cancel(sip::ServerTx invite, const sip::Message& cancel) {
    if (ServedInvite* served = context_.invites.find(invite)) served->on_cancel(cancel);
}

void RequestDispatch::on_ack(sip::FlowId, const sip::Message& ack) {
    const Dialogs::Entry entry = context_.dialogs.find(ack);
    if (entry.user != nullptr) entry.user->on_dialog_ack(entry.leg, ack);
}

void RequestDispatch::on_answer_lost(sip::ServerTx tx, sip::TxFailure) {
    if (ServedInvite* served = context_.invites.find(tx)) served->on_lost();
}

void RequestDispatch::on_flow_closed(sip::FlowId flow, std::string_view) {
    context_.peers.on_flow_closed(flow);
    targets_.phones.on_flow_closed(flow);
}

} // namespace wakeline::call
