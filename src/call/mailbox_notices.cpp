// SPDX-License-Identifier: Apache-2.0
#include "call/mailbox_notices.h"

#include <algorithm>

#include "base/text.h"
#include "call/contact.h"

namespace wakeline::call {

namespace {

constexpr std::size_t kMostUntold = 20'000; // whose turn it is hears of the next change only

} // namespace

MailboxNotices::~MailboxNotices() = default;

bool MailboxNotices::is_one(const sip::Message& request) {
    if (request.method() != "NOTIFY") return false;
    const std::string event = request.header("Event").value_or("");
    return iequals(trim(std::string_view(event).substr(0, event.find(';'))), "message-summary");
}

void MailboxNotices::tell(const std::vector<registrar::Binding>& devices, const Translated& notice) {
    for (const registrar::Binding& device : devices) {
        if (untold_.size() >= kMostUntold && !untold_.contains(device.id)) untold_.erase(untold_.begin());
        Untold& untold = untold_[device.id];
        untold.notice = notice;
        untold.notice.call_id = context_.names.token();
        if (device.awake()) send(untold, device);
    }
}

void MailboxNotices::on_registered(const registrar::Binding& binding) {
    const auto at = untold_.find(binding.id);
    if (at == untold_.end() || !binding.awake()) return;
    const bool under_way = at->second.delivery && at->second.delivery->flow() == binding.flow;
    if (!under_way) send(at->second, binding);
}

void MailboxNotices::send(Untold& untold, const registrar::Binding& device) {
    const sip::FlowInfo* flow = context_.transport.info(device.flow);
    if (flow == nullptr) return;
    context_.graveyard.bury(std::move(untold.delivery));
    untold.delivery = std::make_unique<Outgoing>(context_.transactions, *this);
    const auto us = sip::NameAddr::parse(untold.notice.from);
    untold.delivery->send(device.flow, untold.notice.build(device.contact, device.path,
                                                           contact_on(*flow, us ? us->uri.user : "")));
}

/// Whatever it says, it has heard it.
void MailboxNotices::on_response(Outgoing& request, const sip::Message& response) {
    if (response.status() < 200) return;
    const auto at = std::ranges::find_if(
        untold_, [&](const auto& entry) { return entry.second.delivery.get() == &request; });
    if (at == untold_.end()) return;
    context_.graveyard.bury(std::move(at->second.delivery));
    untold_.erase(at);
}

/// It hears it when it is back.
void MailboxNotices::on_failure(Outgoing& request, sip::TxFailure) {
    for (auto& [device, untold] : untold_)
        if (untold.delivery.get() == &request) return context_.graveyard.bury(std::move(untold.delivery));
}

} // namespace wakeline::call
