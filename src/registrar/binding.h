// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "net/timer.h"
#include "sip/transport.h"

namespace wakeline::registrar {

using BindingId = std::uint64_t; // 0: none; unique in the store, for ever

/// What RFC 8599 (or a legacy client) told us about waking this device. Never shown, never logged, never sent
/// on.
struct PushData {
    std::string provider; // "apns", "fcm", ... lower case; empty: the device cannot be pushed
    std::string param;    // pn-param, unescaped
    Secret prid;          // pn-prid, unescaped: the token

    bool usable() const noexcept { return !provider.empty() && !prid.empty(); }
    bool operator==(const PushData&) const = default;
};

/// What a PBX knows of a device.
struct UpstreamState {
    std::uint32_t cseq = 0;  // of the last REGISTER
    net::WallTime expires{}; // its grant
    std::string trunk;       // which of them; empty: not known
};

/// One device of one address of record. Losing its connection leaves it as it is, asleep (SBC-REG-04).
struct Binding {
    BindingId id = 0;
    std::string aor;         // sip:user@domain, as Uri::aor()
    std::string contact;     // the device's own Contact URI, without pn-* parameters
    std::string instance_id; // +sip.instance without quotes and brackets; empty: none
    std::uint32_t reg_id = 0;
    std::string call_id; // of the REGISTER, to tell a refresh from another device
    std::uint32_t cseq = 0;
    std::string path; // RFC 3327: comma-separated, used as Route; empty: none
    PushData push;
    std::string user_agent;
    std::string transport; // "TLS", "UDP" ... of the last REGISTER
    std::string received;  // ip:port of the last REGISTER

    // Forward mode: the user part of the Contact that stands for this device at the PBX, and the CSeq of the
    // last REGISTER there.
    std::string upstream_contact;
    std::uint32_t upstream_cseq = 0;
    net::WallTime upstream_expires{}; // the PBX's grant
    std::string upstream_trunk;       // whose grant it is, by its name; empty: not known

    net::WallTime expires{};      // SIP expiry as granted
    net::WallTime registered{};   // the last successful REGISTER
    net::WallTime push_expires{}; // the push data outlive the SIP binding until then

    sip::FlowId flow = 0; // the live connection; 0: asleep. Not stored.

    bool awake() const noexcept { return flow != 0; }
    /// False when only the push data are left of it (`keep_token`).
    bool bound(net::WallTime now) const noexcept { return expires > now; }
    bool operator==(const Binding&) const = default;
};

} // namespace wakeline::registrar
