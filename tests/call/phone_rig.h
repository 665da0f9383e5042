// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/call_rig.h"

namespace wakeline::test {

/// A phone that calls, with two trunks to choose from: "pbx" at 10.0.0.5, then "second" at 10.0.0.6.
struct TwoTrunks : CallRig {
    explicit TwoTrunks(call::CallConfig config = {.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}})
        : CallRig(std::move(config)),
          second(transport.add(flow_info(sip::TransportKind::Udp, sip::Side::Trunk, "10.0.0.6:5060"))) {
        second_hop.flow = second;
        peers.others.push_back(&second_hop);
    }

    sip::FlowId second;
    sip::FlowId phone = awake(1);

    void call(std::string_view uri, const std::string& id = "phone-call", const std::string& more = {}) {
        transport.receive(phone,
                          "INVITE " + std::string(uri) +
                              " SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7:40001;branch=z9hG4bKp" + id +
                              "\nMax-Forwards: 70\nFrom: <sip:alice@example.com>;tag=phone\nTo: <" +
                              std::string(uri) + ">\nCall-ID: " + id +
                              "\nCSeq: 1 INVITE\nContact: <sip:alice@198.51.100.7:40001;transport=tls>\n" +
                              more + (kSdp + 1));
    }
};

} // namespace wakeline::test
