// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "push/waker.h"

namespace wakeline::push {

/// A binding's pn-param and pn-prid, taken apart as RFC 8599 and Linphone write them for Apple.
struct ApnsDevice {
    std::string team;        // empty: not told, as by Linphone clients of before RFC 8599
    std::string bundle;      // without ".voip"
    std::string voip_token;  // hexadecimal, of PushKit; empty: no calls
    std::string alert_token; // hexadecimal, of remote notifications; empty: nothing but calls
    bool sandbox = false;    // Linphone says so: provider "apns.dev"

    /// The token to push to for that; empty when there is none.
    const std::string& token(WakeKind kind) const noexcept {
        return kind == WakeKind::Call ? voip_token : alert_token;
    }

    /// Nothing when this is not a device of Apple's, or one without a usable token.
    static std::optional<ApnsDevice> parse(const Device& device);
};

} // namespace wakeline::push
