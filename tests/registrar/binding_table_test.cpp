// SPDX-License-Identifier: Apache-2.0
#include "registrar/binding_table.h"

#include <doctest/doctest.h>

#include "fakes/fake_locator.h"

using namespace wakeline;
using namespace std::chrono_literals;
using registrar::Binding;
using registrar::BindingTable;
using test::FakeLocator;

namespace {

const net::WallTime kNow = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

Binding full(registrar::BindingId id, std::string aor = "sip:alice@example.com") {
    auto binding = FakeLocator::sleeping(id, std::move(aor));
    binding.reg_id = 2;
    binding.call_id = "call-1@192.0.2.1";
    binding.cseq = 7;
    binding.path = "<sip:edge.example.net;lr>";
    binding.user_agent = "Phone/1";
    binding.received = "198.51.100.7:40000";
    binding.upstream_cseq = 9;
    binding.expires = kNow + 1h;
    binding.registered = kNow + std::chrono::seconds(id);
    binding.push_expires = kNow + 24h;
    return binding;
}

} // namespace

TEST_SUITE_BEGIN("registrar/binding_table");

TEST_CASE("what goes in comes out whole") {
    BindingTable table;
    auto binding = full(1);
    binding.flow = 5;
    table.put(binding, binding.expires);
    CHECK(table.find(1) == binding);
    Binding empty;
    empty.id = 2;
    table.put(empty, kNow);
    CHECK(table.find(2) == empty);
    CHECK_FALSE(table.find(3));
}

TEST_CASE("a binding is found by everything that names it, and by nothing else") {
    BindingTable table;
    table.put(full(2), kNow);
    table.put(full(1), kNow);
    table.put(full(3, "sip:bob@example.com"), kNow);
    const auto of_alice = table.of_aor("sip:alice@example.com");
    REQUIRE(of_alice.size() == 2);
    CHECK(of_alice[0].id == 1); // the oldest first
    CHECK(table.of_aor("sip:carol@example.com").empty());
    CHECK(table.of_push(full(3).push).size() == 1);
    CHECK(table.of_push({"fcm", full(3).push.param, full(3).push.prid}).empty()); // scenario 44
    CHECK(table.of_push({}).empty());
    CHECK(table.of_upstream("wl-3")->id == 3);
    CHECK_FALSE(table.of_upstream("wl-4"));
}

TEST_CASE("a new version leaves nothing of the old one behind") {
    BindingTable table;
    auto binding = full(1);
    binding.flow = 5;
    table.put(binding, kNow + 1h);
    binding.aor = "sip:bob@example.com";
    binding.push.prid = Secret("new");
    binding.upstream_contact = "other";
    binding.flow = 6;
    table.put(binding, kNow + 2h);
    CHECK(table.size() == 1);
    CHECK(table.awake() == 1);
    CHECK(table.of_aor("sip:alice@example.com").empty());
    CHECK(table.of_push(full(1).push).empty());
    CHECK_FALSE(table.of_upstream("wl-1"));
    CHECK_FALSE(table.of_flow(5));
    CHECK(table.of_flow(6)->id == 1);
    CHECK(table.next_due()->when == kNow + 2h);
    table.erase(1);
    CHECK(table.size() == 0);
    CHECK(table.awake() == 0);
    CHECK_FALSE(table.next_due());
}

TEST_CASE("a closed flow puts all its bindings to sleep") { // proves: SBC-REG-04
    BindingTable table;
    for (registrar::BindingId id : {1, 2, 3}) {
        auto binding = full(id);
        binding.flow = id == 3 ? 6 : 5;
        table.put(binding, kNow);
    }
    CHECK(table.of_flow(5)->id == 2); // the last one registered
    table.close(5);
    CHECK_FALSE(table.of_flow(5));
    CHECK_FALSE(table.find(1)->awake());
    CHECK(table.find(3)->awake());
    CHECK(table.awake() == 1);
}

TEST_CASE("what is due first comes first") {
    BindingTable table;
    table.put(full(1), kNow + 2h);
    table.put(full(2), kNow + 1h);
    CHECK(table.next_due()->id == 2);
    table.set_due(2, kNow + 3h);
    CHECK(table.next_due()->id == 1);
}

TEST_SUITE_END();
