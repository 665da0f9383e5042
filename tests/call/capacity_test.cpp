// SPDX-License-Identifier: Apache-2.0
#include "call/capacity.h"

#include "admin/metrics_page.h"
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using call::Capacity;

namespace {

struct KeptLines final : Log::Sink {
    void write(Severity, std::string_view line) override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

struct Fixture {
    test::FakeTimers timers;
    test::KeptUsage usage;
    KeptLines sink;
    Log log{sink};
    Metrics metrics;

    Capacity make(unsigned numbers, unsigned calls) {
        call::LimitsConfig limits;
        limits.registrations = numbers;
        limits.calls = calls;
        return Capacity({timers, usage, log, metrics}, limits, {});
    }
    net::WallTime in(std::chrono::seconds time) const { return timers.wall_now() + time; }
};

} // namespace

TEST_SUITE_BEGIN("call/capacity");

TEST_CASE_FIXTURE(Fixture, "a number counts once however many devices it has, and leaves with the last") {
    auto capacity = make(2, 0); // proves: SBC-LIC-01
    CHECK(capacity.admits_number("sip:1@x"));
    capacity.on_registered("sip:1@x", in(60s));
    capacity.on_registered("sip:1@x", in(600s)); // another device
    CHECK(capacity.admits_number("sip:2@x"));
    capacity.on_registered("sip:2@x", in(60s));
    CHECK_FALSE(capacity.admits_number("sip:3@x"));
    CHECK(capacity.admits_number("sip:1@x")); // a further device, or a refresh
    CHECK(capacity.snapshot()[0].in_use == 2);
    CHECK(capacity.snapshot()[0].refused_today == 1);

    capacity.on_removed("sip:1@x", in(30s)); // one is left
    CHECK_FALSE(capacity.admits_number("sip:3@x"));
    capacity.on_removed("sip:1@x", {});
    CHECK(capacity.admits_number("sip:3@x"));
}

TEST_CASE_FIXTURE(Fixture, "a registration that ends unnoticed makes room") {
    auto capacity = make(1, 0);
    capacity.on_registered("sip:1@x", in(60s));
    CHECK_FALSE(capacity.admits_number("sip:2@x"));
    timers.advance(61s);
    CHECK(capacity.snapshot()[0].in_use == 0);
    CHECK(capacity.admits_number("sip:2@x"));
}

TEST_CASE_FIXTURE(Fixture,
                  "one warning is logged when a limit is near, and one line when it is not any more") {
    auto capacity = make(0, 100); // proves: SBC-LIC-02
    for (const unsigned calls : {94, 95, 96, 94, 95, 100})
        capacity.set_calls(calls);
    REQUIRE(sink.lines.size() == 1);
    CHECK(sink.lines[0].find("the limit of calls is near") != std::string::npos);
    CHECK(capacity.warnings() == std::vector<std::string>{"the limit of calls is near: 100 of 100 in use"});
    CHECK_FALSE(capacity.admits_call());
    capacity.set_calls(50);
    CHECK(sink.lines.size() == 2);
    CHECK(capacity.warnings().empty());
}

TEST_CASE_FIXTURE(Fixture, "what is limited is shown to monitoring, what is not has no number at all") {
    auto capacity = make(0, 100); // proves: SBC-LIC-05, SBC-LIC-06
    capacity.set_calls(3);
    capacity.on_registered("sip:1@x", in(60s));
    const std::string page = admin::metrics_page(metrics);
    CHECK(page.find("wakeline_call_capacity_used{of=\"calls\"} 3\n") != page.npos);
    CHECK(page.find("wakeline_call_capacity_allowed{of=\"calls\"} 100\n") != page.npos);
    CHECK(page.find("of=\"numbers\"") == page.npos);
    CHECK_FALSE(capacity.snapshot()[0].limited);
    CHECK(capacity.admits_number("sip:1@x"));
}

TEST_CASE_FIXTURE(Fixture, "without any limit no timer runs and nothing is written") {
    auto capacity = make(0, 0); // proves: SBC-LIC-05
    capacity.set_calls(3);
    CHECK(capacity.admits_call());
    CHECK(timers.pending() == 0);
    capacity.flush();
    CHECK(usage.kept.empty());
}

TEST_CASE_FIXTURE(Fixture, "usage is written every few seconds while it changes") {
    auto capacity = make(0, 10); // proves: SBC-LIC-04
    capacity.set_calls(4);
    timers.advance(10s);
    REQUIRE_FALSE(usage.kept.empty());
    CHECK(usage.kept.back().of == "calls");
    CHECK(usage.kept.back().maximum == 4);
    const std::size_t written = usage.kept.size();
    timers.advance(60s);
    CHECK(usage.kept.size() == written);
}

TEST_CASE("limits and rates of calls are held towards the PBX, and the refusals counted") {
    call::LimitsConfig limits;
    limits.calls = 1;
    test::CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .limits = limits});
    rig.awake(1);
    rig.dial({.call_id = "c1"});
    CHECK(rig.take_words(rig.pbx) == "100");
    rig.dial({.call_id = "c2"});
    CHECK(rig.take_words(rig.pbx) == "100 503");
    CHECK(rig.record().reason == "too many calls");
    CHECK(rig.capacity.snapshot()[1].refused_today == 1);
    CHECK(rig.capacity.snapshot()[1].in_use == 1);
}

TEST_CASE("calls beyond the rate of a second are answered 503, and the next second takes calls again") {
    call::LimitsConfig limits;
    limits.calls_per_second = 2;
    test::CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .limits = limits});
    rig.awake(1);
    for (const char* id : {"c1", "c2", "c3"})
        rig.dial({.call_id = id});
    CHECK(rig.take_words(rig.pbx) == "100 100 100 503");
    rig.timers.advance(1s);
    rig.take_words(rig.pbx);
    rig.dial({.call_id = "c4"});
    CHECK(rig.take_words(rig.pbx) == "100");
}

TEST_CASE("a PBX's own limit is held") {
    test::CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}});
    rig.hop.lines().set_limit(1);
    rig.awake(1);
    rig.dial({.call_id = "c1"});
    rig.dial({.call_id = "c2"});
    CHECK(rig.take_words(rig.pbx) == "100 100 503");
    CHECK(rig.record().reason == "all lines busy");
}

TEST_SUITE_END();
