// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/name_addr.h"
#include "trunk/peers.h"

namespace wakeline::call {

/// The same URI or address with its number as that trunk's rules write it towards the PBX. Without rules for
/// it not one octet changes: digest is computed over what the phone wrote (SBC-CALL-03).
std::string with_number(const std::string& uri, const trunk::Trunk& trunk, trunk::RuleField field);
sip::NameAddr with_number(sip::NameAddr address, const trunk::Trunk& trunk, trunk::RuleField field);

/// Whether what is sent to that URI goes over TLS.
bool speaks_tls(const sip::Uri& uri);

/// As it comes from the PBX.
sip::Uri number_from(sip::Uri uri, const trunk::Trunk& trunk, trunk::RuleField field);

} // namespace wakeline::call
