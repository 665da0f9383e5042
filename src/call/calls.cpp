// SPDX-License-Identifier: Apache-2.0
#include "call/calls.h"

#include "call/request_dispatch.h"

namespace wakeline::call {

struct Calls::Parts {
    Parts(const Services& services, CallConfig config, PhoneAccess& phones)
        : context(services, std::move(config)), table(context), new_calls(context, table), outside(context),
          dispatch(context, {phones, new_calls, outside}) {}

    Context context;
    CallTable table;
    NewCalls new_calls;
    OutsideRequests outside;
    RequestDispatch dispatch;
};

Calls::Calls(const Services& services, CallConfig config, PhoneAccess& phones)
    : parts_(std::make_unique<Parts>(services, std::move(config), phones)) {}

Calls::~Calls() = default;

void Calls::configure(const HoldConfig& hold, const LimitsConfig& limits, const CallRules& rules) {
    parts_->context.config.hold = hold;
    parts_->context.config.limits = limits;
    parts_->context.config.rules = rules;
    parts_->new_calls.configure(limits);
}

void Calls::configure(Routing routing, const RingPlanConfig& plan, Subscribers::Map subscribers) {
    parts_->context.config.routing = routing;
    parts_->context.config.ring_plan = plan;
    parts_->context.subscribers.replace(std::move(subscribers));
}

bool Calls::end_call(std::string_view id, const std::string& why) {
    Call* call = parts_->table.find(id);
    if (call != nullptr) call->hang_up(why);
    return call != nullptr;
}

void Calls::drain() { parts_->new_calls.drain(); }

void Calls::end_all(const std::string& why) {
    for (Call* call : parts_->table.all())
        call->hang_up(why, 503);
}

std::vector<CallRecord> Calls::snapshot() const {
    std::vector<CallRecord> records;
    for (const Call* call : parts_->table.all())
        records.push_back(call->record());
    return records;
}

void Calls::inspect(std::string_view id, std::function<void(Result<CallRecord>)> callback) const {
    const Call* call = parts_->table.find(id);
    if (call == nullptr)
        return callback(Error{ErrorCode::NotFound, "no call with the id " + std::string(id)});
    if (call->media_id() == 0) return callback(call->record());
    parts_->context.media.stats(call->media_id(),
                                [record = call->record(), callback](media::MediaStats stats) mutable {
                                    record.media = std::move(stats);
                                    callback(std::move(record));
                                });
}

std::size_t Calls::count() const { return parts_->table.size(); }

bool Calls::busy(const std::string& aor) const { return parts_->table.has(aor); }

std::size_t Calls::held() const { return parts_->context.held; }

void Calls::on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) {
    parts_->dispatch.on_request(tx, flow, request);
}

void Calls::on_cancel(sip::ServerTx invite, const sip::Message& cancel) {
    parts_->dispatch.on_cancel(invite, cancel);
}

void Calls::on_ack(sip::FlowId flow, const sip::Message& ack) { parts_->dispatch.on_ack(flow, ack); }

void Calls::on_answer_lost(sip::ServerTx tx, sip::TxFailure why) { parts_->dispatch.on_answer_lost(tx, why); }

void Calls::on_flow_closed(sip::FlowId flow, std::string_view why) {
    parts_->dispatch.on_flow_closed(flow, why);
}

void Calls::on_registered(const registrar::Binding& binding) {
    parts_->context.capacity.on_registered(binding.aor, binding.expires);
    for (Call* call : parts_->table.of(binding.aor))
        call->on_registered(binding);
    parts_->context.late_wakers.on_registered(binding, parts_->context.config.hold.late_wakers);
    parts_->context.late_byes.on_registered(binding);
    parts_->outside.on_registered(binding);
}

/// A device that is gone from the store may still talk: its call goes on, and new ones do not find it.
void Calls::on_removed(const registrar::Binding& binding, std::string_view) {
    parts_->outside.on_removed(binding);
    Capacity& capacity = parts_->context.capacity;
    if (!capacity.counts_numbers()) return;
    net::WallTime until{};
    for (const registrar::Binding& left : parts_->context.locator.find(binding.aor))
        until = std::max(until, left.expires);
    capacity.on_removed(binding.aor, until);
}

void Calls::on_media_timeout(media::MediaId id) {
    if (Call* call = parts_->table.with_media(id)) call->on_media_timeout();
}

} // namespace wakeline::call
