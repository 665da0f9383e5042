// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sip/transport.h"

namespace wakeline::test {

/// Hears what real transports receive: keeps it, and acts as the test says.
struct TransportRecorder final : sip::TransportUser {
    struct Received {
        sip::FlowId flow = 0;
        std::string method, call_id;
        int status = 0;
    };

    void on_message(sip::FlowId flow, const sip::Message& message) override {
        received.push_back(
            {flow, std::string(message.method()), std::string(message.call_id()), message.status()});
        if (act) act(flow, message);
    }
    void on_flow_closed(sip::FlowId flow, std::string_view why) override { closed.emplace_back(flow, why); }

    std::vector<Received> received;
    std::vector<std::pair<sip::FlowId, std::string>> closed;
    std::function<void(sip::FlowId, const sip::Message&)> act;
};

} // namespace wakeline::test
