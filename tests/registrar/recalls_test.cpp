// SPDX-License-Identifier: Apache-2.0
#include "registrar/recalls.h"

#include <set>

#include "registrar_fixture.h"

using namespace wakeline;
using namespace wakeline::test;
using namespace std::chrono_literals;
using registrar::Binding;
using registrar::Recalls;

namespace {

struct Fixture : RegistrarFixture, Recalls::Surroundings {
    virtual ~Fixture() = default;

    bool busy(const std::string& aor) const override { return in_call.contains(aor); }
    void close(sip::FlowId flow) override {
        closed.push_back(flow);
        bindings.on_flow_closed(flow);
    }
    Binding awake(registrar::BindingId id, std::string_view transport = "TLS") {
        auto binding = FakeLocator::sleeping(id, "sip:" + std::to_string(id) + "@example.com");
        binding.transport = transport;
        binding.registered = timers.wall_now();
        binding.expires = timers.wall_now() + 24h;
        binding.push_expires = binding.expires;
        binding.flow = id;
        bindings.commit({{binding}, {}}, [](const Status&) {});
        store.write();
        return binding;
    }

    std::set<std::string> in_call;
    std::vector<sip::FlowId> closed;
    Recalls recalls{timers, *this, bindings, counters};
};

} // namespace

TEST_SUITE_BEGIN("registrar/recalls");

TEST_CASE_FIXTURE(
    Fixture, "a phone that the PBX may have forgotten is made to register again, when its call is over") {
    const auto phone = awake(1);
    timers.advance(10min);
    in_call.insert(phone.aor);
    recalls.recall(phone);
    recalls.recall(phone);
    timers.advance(1min);
    CHECK(closed.empty());
    in_call.clear();
    timers.advance(1s);
    CHECK(closed == std::vector<sip::FlowId>{1});
    CHECK(recalls.waiting() == 0);
    CHECK(counters.recalled.value() == 1);
    REQUIRE(bindings.find(1)); // asleep, not gone
}

TEST_CASE_FIXTURE(Fixture,
                  "who has just registered, sleeps, or has no connection that could end is left alone") {
    recalls.recall(awake(1));
    const auto udp = awake(2, "UDP");
    auto asleep = awake(3);
    timers.advance(10min);
    asleep.flow = 0;
    recalls.recall(udp);
    recalls.recall(asleep);
    CHECK(recalls.waiting() == 0);
    const auto back = awake(4);
    timers.advance(10min);
    recalls.recall(back);
    awake(4); // it came by itself
    timers.advance(5s);
    CHECK(closed.empty());
}

TEST_CASE_FIXTURE(Fixture, "many are recalled a few each second") {
    std::vector<Binding> phones;
    for (registrar::BindingId id = 1; id <= 50; ++id)
        phones.push_back(awake(id));
    timers.advance(10min);
    for (const Binding& phone : phones)
        recalls.recall(phone);
    timers.advance(1s);
    CHECK(closed.size() == Recalls::kAtATime);
    timers.advance(2s);
    CHECK(closed.size() == 50);
}

TEST_SUITE_END();
