// SPDX-License-Identifier: Apache-2.0
#include "call/replaces.h"

#include "base/text.h"
#include "call/leg.h"

namespace wakeline::call {

std::optional<Replaces> Replaces::parse(std::string_view value) {
    const auto parts = split(value, ';');
    Replaces replaces;
    replaces.dialog.call_id = trim(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view part = trim(parts[i]);
        if (istarts_with(part, "to-tag="))
            replaces.dialog.local_tag = part.substr(7);
        else if (istarts_with(part, "from-tag="))
            replaces.dialog.remote_tag = part.substr(9);
        else if (iequals(part, "early-only"))
            replaces.early_only = true;
    }
    const sip::DialogId& dialog = replaces.dialog;
    if (dialog.call_id.empty() || dialog.local_tag.empty() || dialog.remote_tag.empty()) return std::nullopt;
    return replaces;
}

std::string Replaces::str() const {
    return dialog.call_id + ";to-tag=" + dialog.local_tag + ";from-tag=" + dialog.remote_tag +
           (early_only ? ";early-only" : "");
}

const Leg* replaced_leg(const Dialogs& dialogs, std::string_view value) {
    const auto named = Replaces::parse(value);
    if (!named) return nullptr;
    const Dialogs::Entry entry = dialogs.find(named->dialog);
    return entry.user != nullptr ? entry.user->opposite(entry.leg) : nullptr;
}

std::optional<std::string> translate_replaces(const Dialogs& dialogs, std::string_view value) {
    const Leg* leg = replaced_leg(dialogs, value);
    if (leg == nullptr) return std::nullopt;
    // There the receiver is the far end: what is local to us is remote to it.
    const sip::DialogId& ours = leg->dialog().id();
    const sip::DialogId far{ours.call_id, ours.remote_tag, ours.local_tag};
    return Replaces{far, Replaces::parse(value)->early_only}.str();
}

std::string replaces_for_pbx(const Dialogs& dialogs, std::string_view value) {
    const Leg* far = replaced_leg(dialogs, value);
    const bool its_own = far != nullptr && far->side() == sip::Side::Trunk;
    return its_own ? translate_replaces(dialogs, value).value_or("") : std::string(trim(value));
}

} // namespace wakeline::call
