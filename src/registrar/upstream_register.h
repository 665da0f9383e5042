// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "registrar/registration_plan.h"
#include "sip/next_hop.h"

/// The REGISTER that goes to the PBX in place of the phone's, and the way back (mode forward). Request-URI,
/// From and To stay what the phone signed; Contact, Call-ID, tags and CSeq are ours.
namespace wakeline::registrar::upstream {

/// One Contact of ours at the PBX.
struct Contact {
    std::string user;
    std::optional<std::chrono::seconds> expires; // nothing: the PBX's choice
};

/// How a REGISTER is known at the PBX: the same for each refresh of a device, and for a request and its
/// repetition with credentials (some PBXs tie a nonce to the Call-ID).
struct Identity {
    std::string id; // makes Call-ID and From tag
    std::uint32_t cseq = 0;
    std::vector<Contact> contacts;
};

/// Gives every contact of the request the user part it has at the PBX, or will have. `key` makes those of new
/// devices: no two alike, and none can be guessed.
Identity identify(const RegistrationFacts& facts, RegisterRequest& request, std::chrono::seconds max_expiry,
                  const Secret& key);

std::string call_id(std::string_view id);
/// The trunk that a request which only signs out must reach: who granted what it ends. Empty for any other,
/// which goes back to the first trunk as soon as that is up again.
std::string left(const RegistrationFacts& facts);

sip::Builder request(const sip::Message& from_phone, const Identity& identity, const sip::NextHop& hop);

/// A REGISTER of our own for a device that sleeps, in the name by which the PBX knows it; with 0 s it ends.
sip::Builder own_request(const Binding& binding, std::chrono::seconds expires, const sip::NextHop& hop);
/// What the PBX grants our Contact: its word on it, else its Expires header, else what was asked for.
std::chrono::seconds grant(const sip::Message& answer, std::string_view contact_user,
                           std::chrono::seconds asked);

/// What the PBX grants each contact of the request: as `grant`, at most `max_expiry` (SBC-REG-02,
/// SBC-REG-05).
std::vector<std::chrono::seconds> grants(const sip::Message& answer, const RegisterRequest& request,
                                         std::chrono::seconds max_expiry);

/// Everything in the PBX's answer that is for the phone, untouched: challenges, Authentication-Info, reasons,
/// vendors' headers, the body (SBC-TRN-14, SBC-ROLE-08). Not what names the PBX's side of the network.
void pass_on(const sip::Message& answer, sip::Builder& to_phone);

} // namespace wakeline::registrar::upstream
