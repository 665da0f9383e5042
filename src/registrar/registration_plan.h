// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "registrar/bindings.h"
#include "registrar/config.h"
#include "registrar/register_request.h"

namespace wakeline::registrar {

/// Shorter ones need no spreading: what registered together drifts apart by itself.
inline constexpr std::chrono::seconds kSpreadFrom{600};

/// Why a binding went whose phone said goodbye, at the PBX as well.
inline constexpr std::string_view kSignedOut = "signed out";
/// Why the oldest device of a user went.
inline constexpr std::string_view kTooManyDevices = "more than max_devices";

/// Where a REGISTER came from.
struct Origin {
    sip::FlowId flow = 0; // 0: the connection is gone meanwhile
    std::string transport, received;
};

/// What the answer must be right about when the decision is made.
struct RegistrationFacts {
    const RegisterRequest& request;
    const Origin& origin;
    std::span<const Binding> existing; // of the address of record, oldest first
    net::WallTime now;
};

/// The binding that this contact would make, without id and expiry: to find the device that it is.
Binding candidate(const RegistrationFacts& facts, const ContactUpdate& contact);

/// The answer to a REGISTER that would make one device too many, where the new one is the one to go.
std::optional<Rejection> refuse_surplus(const RegistrationFacts& facts, const RegistrationConfig& config);

/// RFC 3261 10.3 steps 6 and 7: what changes when each contact is granted that many seconds (0: removed).
/// All of it or, when one of the bindings has seen a later request, none.
std::variant<Bindings::Update, Rejection> plan_registration(const RegistrationFacts& facts,
                                                            std::span<const std::chrono::seconds> granted,
                                                            const RegistrationConfig& config);

} // namespace wakeline::registrar
