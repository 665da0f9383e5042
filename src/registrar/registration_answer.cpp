// SPDX-License-Identifier: Apache-2.0
#include "registrar/registration_answer.h"

#include <algorithm>

namespace wakeline::registrar {

namespace {

std::chrono::seconds remaining(const Binding& binding, net::WallTime now) {
    return std::chrono::ceil<std::chrono::seconds>(binding.expires - now);
}

} // namespace

void RegistrationAnswer::write(sip::Builder& answer) const {
    write_contacts(answer);
    write_push(answer);
    if (!request.path.empty()) answer.add("Path", request.path); // RFC 3327 5.3
    if (!request.uses_outbound()) return;
    answer.add("Require", "outbound"); // RFC 5626 section 6
    if (flow_timer.count() > 0) answer.add("Flow-Timer", std::to_string(flow_timer.count()));
}

void RegistrationAnswer::write_contacts(sip::Builder& answer) const {
    for (const Binding& binding : bindings) {
        if (!binding.bound(now)) continue;
        const auto own = std::ranges::find_if(
            request.contacts, [&](const ContactUpdate& contact) { return made(contact) == &binding; });
        const std::string contact =
            own != request.contacts.end() ? own->echo.str() : '<' + binding.contact + '>';
        answer.add("Contact",
                   contact + gruus(binding) + ";expires=" + std::to_string(remaining(binding, now).count()));
    }
}

/// The binding that the contact of this request made or refreshed; null when it made none.
const Binding* RegistrationAnswer::made(const ContactUpdate& contact) const {
    const auto at = std::ranges::find_if(bindings, [&](const Binding& binding) {
        return binding.contact == contact.uri && binding.call_id == request.call_id &&
               binding.cseq == request.cseq;
    });
    return at == bindings.end() ? nullptr : &*at;
}

std::string RegistrationAnswer::gruus(const Binding& binding) const {
    if (!request.gruu || binding.instance_id.empty()) return {};
    return ";pub-gruu=\"" + DeviceNames::public_gruu(binding) + "\";temp-gruu=\"" +
           names.temporary_gruu(binding) + '"';
}

void RegistrationAnswer::write_push(sip::Builder& answer) const {
    for (const ContactUpdate& contact : request.contacts) {
        const auto form = contact.push.form;
        if (contact.leaving() || form == PushParams::Form::None || form == PushParams::Form::Legacy) continue;
        const Binding* binding = made(contact);
        // RFC 8599 5.6.1: no promise when the registration ends before a wake-up could refresh it.
        if (binding != nullptr && binding->bound(now) && remaining(*binding, now) < kPushLead) continue;
        std::string more;
        if (contact.refreshes_itself) more += ";+sip.pnsreg=\"" + std::to_string(kPushLead.count()) + '"';
        if (binding != nullptr && binding->push.usable())
            more += ";+sip.pnspurr=\"" + names.purr(*binding) + '"';
        const std::string& asked = contact.push.data.provider;
        if (!asked.empty()) {
            answer.add("Feature-Caps", "*;+sip.pns=\"" + asked + '"' + more);
            continue;
        }
        for (const std::string& service : push_services)
            answer.add("Feature-Caps", "*;+sip.pns=\"" + service + '"' + more);
    }
}

} // namespace wakeline::registrar
