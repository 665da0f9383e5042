// SPDX-License-Identifier: Apache-2.0
#include "call/relayed_request.h"

#include <algorithm>

namespace wakeline::call {

namespace {

constexpr net::Duration kPatience = std::chrono::seconds(20); // well before Timer F of who asks

} // namespace

sip::Builder Translated::build(const std::string& uri, std::string_view route,
                               std::string_view contact) const {
    sip::Builder out = sip::Builder::request(method, uri);
    if (!route.empty()) out.add("Route", route);
    out.add("Max-Forwards", std::to_string(max_forwards));
    out.add("From", from).add("To", to).add("Call-ID", call_id).add("CSeq", cseq);
    if (!contact.empty()) out.add("Contact", contact);
    relayed.add_to(out);
    return out;
}

RelayedRequest::RelayedRequest(Context& context, Owner& owner, Parts parts)
    : context_(context), owner_(owner), parts_(std::move(parts)), to_pbx_(context, *this),
      outgoing_(context.transactions, *this), patience_(context.timers) {
    patience_.arm(kPatience, [this] { finish(480, {}, {}); });
}

RelayedRequest::~RelayedRequest() { stop_waking(); }

void RelayedRequest::send(std::vector<Succession::Way> ways) { to_pbx_.start(std::move(ways)); }

void RelayedRequest::send(const registrar::Binding& device) {
    outgoing_.send(device.flow, parts_.request.build(device.contact, device.path, {}));
}

void RelayedRequest::wake(const std::vector<registrar::Binding>& devices, const sip::NameAddr& sender,
                          std::string text) {
    push::WakeRequest request;
    request.call = parts_.request.call_id;
    request.sip_call_id = parts_.request.call_id;
    request.uuid = context_.names.uuid();
    request.caller_number = sender.uri.decoded_user();
    request.caller_name = sender.display;
    request.deadline = context_.timers.wall_now() + kPatience;
    request.kind = push::WakeKind::Message;
    request.aor = parts_.aor;
    request.text = std::move(text);
    for (const registrar::Binding& device : devices) {
        const push::WakeId id = context_.waker.wake(
            {device.push.provider, device.push.param, device.push.prid}, request, [] {},
            [this, device = device.id](const push::WakeResult& result) { on_pushed(device, result); });
        wakes_.push_back({device.id, id});
    }
}

void RelayedRequest::on_pushed(registrar::BindingId device, const push::WakeResult& result) {
    const auto at = std::ranges::find(wakes_, device, &Wake::device);
    if (at == wakes_.end()) return;
    at->id = 0;
    if (result.outcome == push::WakeOutcome::Accepted) return;
    wakes_.erase(at);
    if (wakes_.empty()) finish(480, {}, {});
}

void RelayedRequest::on_registered(const registrar::Binding& binding) {
    if (!waiting() || binding.aor != parts_.aor || binding.flow == 0) return;
    stop_waking();
    send(binding);
}

void RelayedRequest::stop_waking() {
    for (const Wake& wake : std::exchange(wakes_, {}))
        if (wake.id != 0) context_.waker.cancel(wake.id);
}

void RelayedRequest::on_response(Outgoing&, const sip::Message& response) {
    // A phone that has it and cannot say so in time is no reason for 408 here (RFC 4320 4.1).
    const int status = response.status() == 408 ? 480 : response.status();
    if (status >= 200)
        finish(status, status == 480 ? "" : std::string(response.reason()), parts_.back.relay(response));
}

void RelayedRequest::finish(int status, const std::string& reason, const Relayed& relayed) {
    if (std::exchange(finished_, true)) return;
    patience_.cancel();
    stop_waking();
    parts_.reply.send(context_.transactions, status, reason, relayed);
    owner_.on_relayed(*this);
}

} // namespace wakeline::call
