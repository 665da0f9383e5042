// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/transactions.h"

namespace wakeline::call {

/// A request outside a dialog, and where it came in.
struct Arrival {
    sip::ServerTx tx = 0;
    sip::FlowId flow = 0;
    const sip::FlowInfo& info;
    const sip::Message& request;
    std::string peer; // trunk side: the peer it came from
};

} // namespace wakeline::call
