// SPDX-License-Identifier: Apache-2.0
#include "registrar/registrar.h"

#include <doctest/doctest.h>

#include <optional>

#include "fakes/fake_next_hop.h"
#include "fakes/fake_transport.h"
#include "fakes/sip_text.h"
#include "fakes/temporary_directory.h"
#include "registrar/sqlite_binding_store.h"

using namespace wakeline;
using namespace std::chrono_literals;
using test::parsed;
using test::sip_register;

namespace {

constexpr std::string_view kAlice = "sip:alice@example.com";
constexpr std::string_view kContact = "<sip:alice@10.0.0.7:40000;transport=tls;pn-provider=apns;"
                                      "pn-param=T.com.example.phone.voip;pn-prid=aabbcc>;expires=3600";

/// The registrar with everything that is real in the daemon but the sockets: loop, transactions, database.
struct Node final : sip::RequestHandler, registrar::Registrar::Surroundings, registrar::BindingListener {
    explicit Node(const std::string& path) : worker(*store::Sqlite::open(path), mailbox) {
        transport.attach(transactions);
        REQUIRE(bindings.load());
        bindings.add_listener(*this);
    }

    void on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override {
        registrar.on_register(tx, flow, request);
    }
    void on_cancel(sip::ServerTx, const sip::Message&) override {}
    void on_ack(sip::FlowId, const sip::Message&) override {}
    void on_answer_lost(sip::ServerTx, sip::TxFailure) override {}
    void on_flow_closed(sip::FlowId flow, std::string_view) override { registrar.on_flow_closed(flow); }

    bool respond(sip::ServerTx tx, const sip::Builder& answer) override {
        return transactions.respond(tx, answer);
    }
    const sip::FlowInfo* flow(sip::FlowId id) const override { return transport.info(id); }
    std::vector<sip::NextHop*> upstreams(const registrar::UpstreamWanted&) override { return {&pbx}; }
    bool can_push(const registrar::PushData&) const override { return true; }
    std::chrono::seconds flow_timer() const override { return {}; }
    std::vector<std::string> push_services() const override { return {"apns"}; }

    void on_registered(const registrar::Binding& binding) override {
        if (!expects_answer) {
            CHECK_FALSE(binding.awake());
            return;
        }
        // The held INVITE leaves here: the 200 must be on the flow already (SBC-HOLD-03).
        CHECK(transport.sent.size() == 1);
        CHECK(transport.sent.front().flow == binding.flow);
        loop.stop();
    }
    void on_removed(const registrar::Binding&, std::string_view) override { loop.stop(); }

    /// The PBX grants what was asked last.
    void grant() { pbx.answer(pbx.last().id, 9, 200, "Contact: " + pbx.last().header("Contact")); }

    bool expects_answer = true;
    net::EventLoop loop;
    net::Mailbox mailbox{loop};
    store::Worker worker;
    registrar::SqliteBindingStore store{worker};
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    registrar::RegistrarMetrics counters{metrics};
    registrar::Bindings bindings{loop, store, log, counters};
    const registrar::Domains domains{{"example.com"}, {}};
    registrar::Authenticator authenticator{
        {.timers = loop, .domains = domains, .log = log, .metrics = counters}};
    test::FakeNextHop pbx;
    test::FakeTransport transport;
    sip::Transactions transactions{loop, transport, *this, {}};
    registrar::Registrar registrar{{.timers = loop,
                                    .around = *this,
                                    .bindings = bindings,
                                    .authenticator = authenticator,
                                    .domains = domains,
                                    .log = log,
                                    .metrics = counters},
                                   {}};
};

} // namespace

TEST_SUITE_BEGIN("registrar/registrar: with transactions and database");

TEST_CASE("a phone registers, sleeps, and is there again after a restart") {
    // proves: SBC-REG-04, SBC-REG-09
    const test::TemporaryDirectory directory;
    std::string upstream;
    {
        Node node(directory.file("w.db"));
        const auto flow =
            node.transport.add(sip::TransportKind::Tls, sip::Side::Access, "198.51.100.7:40000");
        const std::string text = sip_register(kAlice, kContact);
        node.transport.receive(flow, text);
        node.transport.receive(flow, text); // a retransmission asks the PBX nothing
        REQUIRE(node.pbx.requests.size() == 1);
        node.grant();
        CHECK(node.transport.sent.empty()); // it is not on disk yet
        node.loop.run();
        CHECK(node.transport.take().first_line() == "SIP/2.0 200 OK");
        upstream = node.bindings.find(kAlice).at(0).upstream_contact;
        CHECK(node.bindings.find_flow(flow));
        node.transport.disconnect(flow);
        CHECK_FALSE(node.bindings.find(kAlice).at(0).awake());
    }
    Node node(directory.file("w.db"));
    const auto found = node.bindings.find_upstream(upstream);
    REQUIRE(found);
    CHECK_FALSE(found->awake());
    CHECK(found->push.prid.reveal() == "aabbcc");
    CHECK(node.bindings.known(kAlice));
}

TEST_CASE("a connection that closes while the binding is written gets no 200, and the phone is asleep") {
    const test::TemporaryDirectory directory;
    Node node(directory.file("w.db"));
    const auto flow = node.transport.add(sip::TransportKind::Tls, sip::Side::Access, "198.51.100.7:40000");
    node.transport.receive(flow, sip_register(kAlice, kContact));
    node.grant();
    node.transport.disconnect(flow);
    net::Timer patience(node.loop);
    const std::function<void()> look = [&] {
        if (!node.bindings.find(kAlice).empty()) return node.loop.stop();
        patience.arm(1ms, look);
    };
    node.expects_answer = false;
    look();
    node.loop.run();
    CHECK(node.transport.sent.empty());
    CHECK_FALSE(node.bindings.find(kAlice).at(0).awake());
}

TEST_SUITE_END();
