// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "push/waker.h"

namespace wakeline::push {

// doc/push-payload.md: what the app reads.

constexpr std::size_t kApnsLimit = 5120;      // octets of a VoIP payload
constexpr std::size_t kApnsAlertLimit = 4096; // octets of any other
constexpr std::size_t kFcmLimit = 4096;       // octets of the data
constexpr std::size_t kWebhookLimit = 8192;   // ours

enum class NamePart : std::uint8_t {
    Fitting, // as much of the caller's name and of the text as fits
    None,    // the service found the payload too large
};

std::string apns_payload(const WakeRequest& request, NamePart name = NamePart::Fitting);
std::string fcm_message(std::string_view token, const WakeRequest& request,
                        NamePart name = NamePart::Fitting);
/// A message that FCM checks and does not deliver: no device has its token.
std::string fcm_probe();
/// `id` is the same in every try.
std::string webhook_body(const Device& device, std::string_view id, const WakeRequest& request,
                         NamePart name = NamePart::Fitting);

/// At most `size` octets, never the part of a character. Control characters become spaces.
std::string clean_name(std::string_view name, std::size_t size);

} // namespace wakeline::push
