// SPDX-License-Identifier: Apache-2.0
#include "trunk/targets.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::trunk;

namespace {

sip::FlowTarget at(std::string_view address, sip::TransportKind kind = sip::TransportKind::Udp) {
    return {kind, *net::SocketAddress::parse(address), {}};
}

const sip::FlowTarget kA = at("192.0.2.1:5060"), kB = at("192.0.2.2:5060"), kC = at("192.0.2.3:5060");
const net::TimePoint kNow{};

Targets all(std::vector<sip::FlowTarget> list) {
    Targets targets;
    targets.update(std::move(list));
    return targets;
}

} // namespace

TEST_SUITE_BEGIN("trunk/targets");

TEST_CASE("the first address that is not down is chosen, each one once") {
    Targets targets = all({kA, kB, kC});
    CHECK(targets.choose({}) == 0);
    CHECK(targets.choose({kA}) == 1);
    targets.down(kA, "no answer", kNow);
    CHECK(targets.choose({}) == 1);
    CHECK(targets.choose({kB, kC}) == 0); // better than none
    CHECK_FALSE(targets.choose({kA, kB, kC}));
    targets.up(kA);
    CHECK(targets.choose({}) == 0);
}

TEST_CASE("a peer is up when one address is, down when all are") {
    Targets targets = all({kA, kB});
    CHECK(targets.state() == PeerState::Unknown);
    targets.down(kA, "no answer", kNow);
    CHECK(targets.state() == PeerState::Unknown);
    targets.down(kB, "no connection", kNow);
    CHECK(targets.state() == PeerState::Down);
    CHECK(targets.why() == "no answer");
    targets.up(kB);
    CHECK(targets.state() == PeerState::Up);
}

TEST_CASE("addresses that are found again keep their state and, if none is new, their order") {
    Targets targets = all({kA, kB});
    targets.down(kA, "no answer", kNow);
    CHECK_FALSE(targets.update({kB, kA}));
    CHECK(same(targets.list()[0].where, kA));
    CHECK(targets.update({kC, kA}));
    CHECK(same(targets.list()[0].where, kC));
    CHECK(targets.list()[1].state == PeerState::Down);
    CHECK_FALSE(targets.has_ip(kB.remote));
}

TEST_CASE("what nobody watches may be tried again after a while") {
    Targets targets = all({kA});
    targets.down(kA, "no answer", kNow + 10s);
    targets.forgive(kNow + 9s);
    CHECK(targets.state() == PeerState::Down);
    targets.forgive(kNow + 10s);
    CHECK(targets.state() == PeerState::Unknown);
}

TEST_CASE("a source is known by its address, whatever its port") {
    const Targets targets = all({kA, at("[2001:db8::1]:5061", sip::TransportKind::Tls)});
    CHECK(targets.has_ip(*net::SocketAddress::parse("192.0.2.1:33333")));
    CHECK(targets.has_ip(*net::SocketAddress::parse("[2001:db8::1]:9")));
    CHECK_FALSE(targets.has_ip(*net::SocketAddress::parse("192.0.2.9:5060")));
}

TEST_SUITE_END();
