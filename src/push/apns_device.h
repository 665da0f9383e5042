// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "push/waker.h"

namespace wakeline::push {

/// A binding's pn-param and pn-prid, taken apart as RFC 8599 and Linphone write them for Apple.
struct ApnsDevice {
    std::string team, bundle;
    std::string token;    // hexadecimal, of PushKit
    bool sandbox = false; // Linphone says so: provider "apns.dev"

    /// Nothing when this is not a device of Apple's that can get a VoIP push.
    static std::optional<ApnsDevice> parse(const Device& device);
};

} // namespace wakeline::push
