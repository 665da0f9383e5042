// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "call/dialogs.h"

namespace wakeline::call {

/// The value of a Replaces header (RFC 3891 section 6.1): a dialog as its receiver sees it.
struct Replaces {
    sip::DialogId dialog; // local: to-tag, remote: from-tag
    bool early_only = false;

    static std::optional<Replaces> parse(std::string_view value);
    std::string str() const;
};

/// The leg on the other side of the one that the value names; null when it is none of ours.
const Leg* replaced_leg(const Dialogs& dialogs, std::string_view value);
/// The same dialog by its names there.
std::optional<std::string> translate_replaces(const Dialogs& dialogs, std::string_view value);
/// The value as the PBX knows it, from a phone: the phone's own dialogs are translated; any other it has from
/// the PBX itself (a desk phone's call, or one of another phone), and it passes as it is.
std::string replaces_for_pbx(const Dialogs& dialogs, std::string_view value);

} // namespace wakeline::call
