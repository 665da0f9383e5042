// SPDX-License-Identifier: Apache-2.0
#include "call/late_wakers.h"

#include "call/contact.h"

namespace wakeline::call {

namespace {

/// Apple ends an app that takes a VoIP push and shows no call: there the screen is open already.
bool tells(LateAnswer answer, const std::string& provider) {
    switch (answer) {
    case LateAnswer::ByProvider: return provider == "apns";
    case LateAnswer::Tell: return true;
    case LateAnswer::Silent: return false;
    }
    return false;
}

} // namespace

void LateWakers::expect(Missed missed) {
    if (due_.size() >= kMost) drop_oldest();
    const registrar::BindingId device = missed.device;
    missed_.insert_or_assign(device, Entry{std::move(missed), ++last_});
    due_.push_back({parts_.timers.now() + kKept, device, last_});
    if (!lapse_.armed()) arm();
}

void LateWakers::drop_oldest() {
    const Due oldest = due_.front();
    due_.pop_front();
    const auto at = missed_.find(oldest.device);
    if (at != missed_.end() && at->second.serial == oldest.serial) missed_.erase(at);
}

void LateWakers::arm() {
    lapse_.arm(due_.front().when - parts_.timers.now(), [this] {
        while (!due_.empty() && due_.front().when <= parts_.timers.now())
            drop_oldest();
        if (!due_.empty()) arm();
    });
}

void LateWakers::on_registered(const registrar::Binding& binding, LateAnswer answer) {
    const auto at = missed_.find(binding.id);
    if (at == missed_.end() || binding.flow == 0 || binding.flow == at->second.missed.flow) return;
    const Missed missed = std::move(at->second.missed);
    missed_.erase(at);
    const bool told = tells(answer, missed.provider);
    parts_.counters.late(told).add();
    if (parts_.log.enabled(Severity::Debug))
        parts_.log.debug("a device came when its call was over",
                         {{"call", missed.call}, {"aor", binding.aor}, {"told", told ? "yes" : "no"}});
    if (told) tell(missed, binding);
}

/// Without SDP: nobody will speak, and a media session would be opened for nothing.
void LateWakers::tell(const Missed& missed, const registrar::Binding& binding) {
    const sip::FlowInfo* flow = parts_.transport.info(binding.flow);
    if (flow == nullptr) return;
    sip::NameAddr from = missed.from;
    from.params.set("tag", missed.tag);
    sip::Builder invite = sip::Builder::request("INVITE", binding.contact);
    if (!binding.path.empty()) invite.add("Route", binding.path);
    invite.add("Max-Forwards", "70").add("From", from.str()).add("To", missed.to.str());
    invite.add("Call-ID", missed.sip_call_id).add("CSeq", "1 INVITE");
    invite.add("Contact", contact_on(*flow, missed.from.uri.user));
    parts_.strays.send_and_cancel(binding.flow, std::move(invite), missed.reason);
}

} // namespace wakeline::call
