// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sip/transactions.h"

namespace wakeline::call {

/// The registrar, as the requests of phones meet it. The daemon joins this to registrar::Registrar and
/// registrar::Authenticator.
class PhoneAccess {
public:
    /// A REGISTER; it answers it.
    virtual void on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) = 0;
    /// Told before any call is: the device that used it is asleep.
    virtual void on_flow_closed(sip::FlowId flow) = 0;
    /// The challenge or refusal to send, for a request outside a dialog; nothing when it may pass.
    virtual std::optional<sip::Builder> check(sip::FlowId flow, const sip::Message& request) = 0;

protected:
    ~PhoneAccess() = default;
};

} // namespace wakeline::call
