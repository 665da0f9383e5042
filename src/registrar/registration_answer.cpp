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
    const bool flows = std::ranges::any_of(request.contacts, [](const ContactUpdate& contact) {
        return contact.reg_id != 0 && !contact.leaving();
    });
    if (flows && request.outbound) answer.add("Require", "outbound"); // RFC 5626 section 6
}

void RegistrationAnswer::write_contacts(sip::Builder& answer) const {
    for (const Binding& binding : bindings) {
        if (!binding.bound(now)) continue;
        const auto own = std::ranges::find_if(request.contacts, [&](const ContactUpdate& contact) {
            return contact.uri == binding.contact && binding.call_id == request.call_id &&
                   binding.cseq == request.cseq;
        });
        const std::string contact =
            own != request.contacts.end() ? own->echo.str() : '<' + binding.contact + '>';
        answer.add("Contact", contact + ";expires=" + std::to_string(remaining(binding, now).count()));
    }
}

void RegistrationAnswer::write_push(sip::Builder& answer) const {
    for (const ContactUpdate& contact : request.contacts) {
        const auto form = contact.push.form;
        if (contact.leaving() || form == PushParams::Form::None || form == PushParams::Form::Legacy) continue;
        const std::string& asked = contact.push.data.provider;
        // RFC 8599 5.6.1: no promise when the registration ends before a wake-up could refresh it.
        const bool too_short = std::ranges::any_of(bindings, [&](const Binding& binding) {
            return binding.contact == contact.uri && binding.bound(now) &&
                   remaining(binding, now) < kPushLead;
        });
        if (too_short) continue;
        const std::string lead = contact.refreshes_itself
                                     ? ";+sip.pnsreg=\"" + std::to_string(kPushLead.count()) + '"'
                                     : std::string();
        if (!asked.empty())
            answer.add("Feature-Caps", "*;+sip.pns=\"" + asked + '"' + lead);
        else
            for (const std::string& service : push_services)
                answer.add("Feature-Caps", "*;+sip.pns=\"" + service + '"' + lead);
    }
}

} // namespace wakeline::registrar
