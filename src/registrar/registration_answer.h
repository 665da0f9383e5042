// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "registrar/device_names.h"
#include "registrar/register_request.h"
#include "sip/builder.h"

namespace wakeline::registrar {

/// A UA that can wake by itself shall refresh that long before the expiry: more than the 120 s that RFC 8599
/// demands.
inline constexpr std::chrono::seconds kPushLead{130};
/// Less would leave no time between two refreshes (scenario 41).
inline constexpr std::chrono::seconds kPushMinimum{150};

/// What the 200 to a REGISTER says of us (RFC 3261 10.3 step 8): every contact that is bound now, those of
/// this request as the phone sent them, with their GRUUs; the push services; outbound and path when they were
/// used.
struct RegistrationAnswer {
    const RegisterRequest& request;
    std::span<const Binding> bindings; // of the address of record
    std::span<const std::string> push_services;
    const DeviceNames& names;
    net::WallTime now;
    std::chrono::seconds flow_timer{}; // RFC 5626: a connection this long without a word is dead; 0: not told

    void write(sip::Builder& answer) const;

private:
    void write_contacts(sip::Builder& answer) const;
    std::string gruus(const Binding& binding) const;
    void write_push(sip::Builder& answer) const;
    const Binding* made(const ContactUpdate& contact) const;
};

} // namespace wakeline::registrar
