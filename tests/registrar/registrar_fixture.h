// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fakes/fake_locator.h"
#include "fakes/fake_next_hop.h"
#include "fakes/fake_timers.h"
#include "fakes/memory_store.h"
#include "fakes/sip_text.h"
#include "registrar/registrar.h"

namespace wakeline::test {

/// The signalling around a registrar: keeps its answers.
struct FakeSurroundings final : registrar::Registrar::Surroundings {
    bool respond(sip::ServerTx tx, const sip::Builder& answer) override {
        answers.emplace(tx, answer.str());
        return true;
    }
    const sip::FlowInfo* flow(sip::FlowId flow) const override {
        const auto at = flows.find(flow);
        return at == flows.end() ? nullptr : &at->second;
    }
    std::vector<sip::NextHop*> upstreams(const registrar::UpstreamWanted& wanted) override {
        wanted_grant = wanted.granted_by;
        std::vector<sip::NextHop*> up;
        for (sip::NextHop* hop : {pbx, second})
            if (hop != nullptr && hop->available()) up.push_back(hop);
        return up;
    }
    bool can_push(const registrar::PushData& push) const override {
        return push.provider == "apns" && !push.param.empty();
    }
    std::vector<std::string> push_services() const override { return {"apns", "fcm"}; }
    std::chrono::seconds flow_timer() const override { return std::chrono::seconds(50); }

    std::map<sip::ServerTx, std::string> answers;
    std::map<sip::FlowId, sip::FlowInfo> flows;
    sip::NextHop *pbx = nullptr, *second = nullptr;
    std::string wanted_grant; // by the last who asked
};

/// What a test wants of a REGISTER; the rest is filled in.
struct Register {
    std::string_view user = "alice";
    std::string contact = "<sip:alice@10.0.0.7:40000;transport=tls>;expires=3600";
    std::string_view call_id = "phone-call-id";
    unsigned cseq = 1;
    sip::FlowId flow = 1;
    SipHeaders more = {};
};

/// The defaults, but that an expiry is granted to the second.
inline registrar::RegistrationConfig exact() {
    registrar::RegistrationConfig config;
    config.spread = 0;
    return config;
}

/// A registrar with everything around it in the test's hands.
struct RegistrarFixture {
    static constexpr std::string_view kAlice = "sip:alice@example.com";

    RegistrarFixture() {
        for (sip::FlowId id = 1; id <= 4; ++id) {
            sip::FlowInfo info;
            info.kind = sip::TransportKind::Tls;
            info.remote = *net::SocketAddress::parse("198.51.100." + std::to_string(id) + ":40000");
            around.flows[id] = info;
        }
        around.pbx = &pbx;
    }

    registrar::Registrar::Parts parts(registrar::Authenticator& authenticator) {
        return {.timers = timers,
                .around = around,
                .bindings = bindings,
                .authenticator = authenticator,
                .domains = domains,
                .log = log,
                .metrics = counters};
    }
    registrar::Authenticator::Parts authenticator_parts() {
        return {.timers = timers, .domains = domains, .log = log, .metrics = counters};
    }

    static std::string text(const Register& r) {
        const std::string address = "<sip:" + std::string(r.user) + "@example.com>";
        return sip_request({.method = "REGISTER",
                            .uri = "sip:example.com",
                            .from = address + ";tag=phonetag",
                            .to = address,
                            .call_id = r.call_id,
                            .cseq = r.cseq,
                            .via = "SIP/2.0/TLS 10.0.0.7:40000;branch=z9hG4bK-phone",
                            .contact = r.contact,
                            .more = r.more});
    }

    /// The first line of the answer, or "-" while there is none.
    std::string status(sip::ServerTx tx) const {
        const auto at = around.answers.find(tx);
        return at == around.answers.end() ? "-" : at->second.substr(8, at->second.find('\r') - 8);
    }
    sip::Message answer(sip::ServerTx tx) const {
        REQUIRE(around.answers.contains(tx));
        return parsed(around.answers.at(tx));
    }

    FakeTimers timers;
    MemoryStore store;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    registrar::RegistrarMetrics counters{metrics};
    registrar::Bindings bindings{timers, store, log, counters};
    const registrar::Domains domains{{"example.com"}, {"192.0.2.1"}};
    FakeNextHop pbx;
    FakeSurroundings around;
    sip::ServerTx last_tx = 0;
};

} // namespace wakeline::test
