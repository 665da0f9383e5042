// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "registrar/domains.h"
#include "registrar/push_params.h"
#include "sip/message.h"

namespace wakeline::registrar {

/// Why a REGISTER is not acted upon, as told to the phone.
struct Rejection {
    int status = 400;
    std::string reason = {};                         // phrase of the status line; empty: the usual one
    std::string header_name = {}, header_value = {}; // one that the status wants (Min-Expires ...)
    std::string detail = {};                         // for the log alone
};

/// One Contact of a REGISTER.
struct ContactUpdate {
    sip::NameAddr echo; // as the phone sent it, but for what the answer says: for the answer
    std::string uri;    // without push parameters
    std::optional<std::uint32_t> expires; // seconds asked for; nothing: the registrar's choice
    std::string instance_id;              // empty when there is none or it names no device
    std::uint32_t reg_id = 0;
    PushParams push;
    bool refreshes_itself = false; // +sip.pnsreg: the phone can wake up without us
    std::string upstream;          // user part of our Contact at the PBX; forward mode
    std::chrono::seconds upstream_grant{};

    bool leaving() const noexcept { return expires && *expires == 0; }
};

/// A REGISTER (RFC 3261 10.3) as data: what outlives the message.
struct RegisterRequest {
    std::string aor;
    std::vector<ContactUpdate> contacts; // empty: a question, or `star`
    bool star = false;                   // Contact: * with Expires: 0
    std::string call_id;
    std::uint32_t cseq = 0;
    std::string path;
    std::string user_agent;
    bool outbound = false;           // RFC 5626 supported
    bool gruu = false;               // RFC 5627 supported
    std::uint32_t upstream_cseq = 0; // of the REGISTER that we sent for it; forward mode
    std::string upstream_trunk{};    // that granted it

    /// A flow is registered (RFC 5626), not only a contact.
    bool uses_outbound() const;

    static std::variant<RegisterRequest, Rejection> read(const sip::Message& message, const Domains& domains);
};

} // namespace wakeline::registrar
