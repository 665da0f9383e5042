// SPDX-License-Identifier: Apache-2.0
#include "sip/transports.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fakes/pki.h"
#include "fakes/run_until.h"
#include "fakes/sip_text.h"
#include "fakes/stream_recorder.h"
#include "net/udp_socket.h"

using namespace wakeline;
using namespace wakeline::sip;
using wakeline::test::run_until;
using wakeline::test::StreamRecorder;

namespace {

const std::string kOptions = test::sip_request({.method = "OPTIONS", .contact = {}});

/// Writes down what arrives; answers nothing.
struct Arrivals final : TransportUser {
    void on_message(FlowId flow, const Message& message) override {
        messages.push_back(std::string(message.method()));
        last = flow;
    }
    void on_flow_closed(FlowId flow, std::string_view why) override {
        closed.push_back({flow, std::string(why)});
    }

    std::vector<std::string> messages;
    std::vector<std::pair<FlowId, std::string>> closed;
    FlowId last = 0;
};

struct Fixture {
    Fixture() {
        const auto any = *net::SocketAddress::parse("127.0.0.1:0");
        config.listeners = {{.name = "tcp", .kind = TransportKind::Tcp, .address = any},
                            {.name = "udp", .kind = TransportKind::Udp, .address = any},
                            {.name = "pbx", .side = Side::Trunk, .kind = TransportKind::Tcp, .address = any}};
    }

    Transports& open() {
        auto opened = Transports::open(loop, log, metrics, user, config);
        REQUIRE_MESSAGE(opened, opened.error().message);
        transports = *std::move(opened);
        return *transports;
    }

    net::SocketAddress address(std::string_view name) const {
        for (const auto& listening : transports->listening())
            if (listening.name == name) return *net::SocketAddress::parse(listening.address);
        FAIL("no such listener");
        return {};
    }

    void connect(StreamRecorder& client, std::string_view listener) {
        client.stream = net::Stream::connect(loop, {}, address(listener), {}, client);
    }

    NullSink sink;
    Log log{sink};
    Metrics metrics;
    net::EventLoop loop;
    Arrivals user;
    TransportsConfig config;
    std::unique_ptr<Transports> transports;
};

} // namespace

TEST_SUITE_BEGIN("sip/transports");

TEST_CASE_FIXTURE(Fixture,
                  "a message on TCP arrives on a flow, and the answer goes back on it (proves: SBC-TRN-01, "
                  "SBC-TRN-06)") {
    open();
    StreamRecorder phone;
    connect(phone, "tcp");
    phone.stream->write(kOptions.substr(0, 40));
    phone.stream->write(kOptions.substr(40) + kOptions);
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 2; }));
    const FlowInfo* info = transports->info(user.last);
    REQUIRE(info != nullptr);
    CHECK(info->kind == TransportKind::Tcp);
    CHECK(info->side == Side::Access);
    CHECK(info->sent_by == address("tcp").str());
    CHECK(transports->send(user.last, "answer"));
    CHECK(run_until(loop, [&] { return phone.data == "answer"; }));
}

TEST_CASE_FIXTURE(Fixture,
                  "a double CRLF is answered by one, and is no error between messages (scenario 52, proves: "
                  "SBC-TRN-07)") {
    open();
    StreamRecorder phone;
    connect(phone, "tcp");
    phone.stream->write("\r\n\r\n" + kOptions + "\r\n" + kOptions + "\r\n\r\n");
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 2 && phone.data.size() >= 4; }));
    CHECK(phone.data == "\r\n\r\n");
}

TEST_CASE_FIXTURE(Fixture, "lost framing closes that connection alone (scenario 51)") {
    open();
    StreamRecorder broken, healthy;
    connect(broken, "tcp");
    connect(healthy, "tcp");
    broken.stream->write("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    REQUIRE(run_until(loop, [&] { return broken.closed; }));
    healthy.stream->write(kOptions);
    CHECK(run_until(loop, [&] { return user.messages.size() == 1; }));
    CHECK_FALSE(healthy.closed);
}

TEST_CASE_FIXTURE(Fixture, "what cannot be parsed is answered on its connection, which goes on") {
    open();
    StreamRecorder phone;
    connect(phone, "tcp");
    std::string odd = kOptions;
    odd.replace(odd.find("SIP/2.0\r\n"), 7, "SIP/7.0");
    phone.stream->write(odd + kOptions);
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 1; }));
    CHECK(run_until(loop, [&] { return phone.data.starts_with("SIP/2.0 505"); }));
}

TEST_CASE_FIXTURE(Fixture, "a connection that ends is reported once, and its flow is gone") {
    open();
    StreamRecorder phone;
    connect(phone, "tcp");
    phone.stream->write(kOptions);
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 1; }));
    phone.stream.reset();
    REQUIRE(run_until(loop, [&] { return user.closed.size() == 1; }));
    CHECK(user.closed.front().first == user.last);
    CHECK(transports->info(user.last) == nullptr);
    CHECK_FALSE(transports->send(user.last, "late"));
}

TEST_CASE_FIXTURE(Fixture,
                  "a datagram's sender is a flow that stays the same; a ping from nobody is not answered") {
    open();
    std::vector<std::string> heard;
    auto socket = net::UdpSocket::open(
        loop, *net::SocketAddress::parse("127.0.0.1:0"), {},
        [&](const net::SocketAddress&, std::string_view data) { heard.emplace_back(data); });
    REQUIRE(socket);
    (*socket)->send(address("udp"), "\r\n\r\n"); // no flow yet: nothing comes back
    (*socket)->send(address("udp"), kOptions);
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 1; }));
    const FlowId first = user.last;
    (*socket)->send(address("udp"), kOptions);
    (*socket)->send(address("udp"), "\r\n\r\n");
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 2 && !heard.empty(); }));
    CHECK(user.last == first);
    CHECK(heard == std::vector<std::string>{"\r\n"});
    CHECK(transports->send(first, "answer"));
    CHECK(run_until(loop, [&] { return heard.size() == 2 && heard.back() == "answer"; }));
}

TEST_CASE_FIXTURE(Fixture,
                  "a connection of ours is opened once for a target and reports when it cannot be (proves: "
                  "SBC-TRN-09)") {
    Transports& ours = open();
    const FlowTarget pbx{TransportKind::Tcp, address("tcp"), {}};
    const FlowId flow = ours.open(pbx, Side::Trunk);
    CHECK(flow != 0);
    CHECK(ours.open(pbx, Side::Trunk) == flow);
    CHECK(ours.send(flow, kOptions)); // to our own listener
    CHECK(run_until(loop, [&] { return user.messages.size() == 1; }));

    const FlowId hopeless = ours.open({TransportKind::Tls, address("tcp"), "pbx.example.com"}, Side::Trunk);
    CHECK(user.closed.empty()); // never inside the call
    CHECK(run_until(loop, [&] { return user.closed.size() == 1 && user.closed.front().first == hopeless; }));
}

TEST_CASE_FIXTURE(Fixture, "mutual TLS hands over the client's identity (proves: SBC-TRN-03, SBC-TLS-02)") {
    const test::Pki pki;
    const test::Pki::Authority authority(pki, "ca");
    const auto ours = authority.issue({.common_name = "sbc", .san = "IP:127.0.0.1"});
    const auto theirs = authority.issue({.common_name = "phone 7", .san = "URI:sip:phone7@example.com"});
    auto server = net::TlsContext::server({.chain = ours.chain,
                                           .key = ours.key,
                                           .client_ca = authority.file(),
                                           .verify = net::TlsVerify::Required,
                                           .identity = net::TlsIdentity::San});
    REQUIRE_MESSAGE(server, server.error().message);
    auto client =
        net::TlsContext::client({.chain = theirs.chain, .key = theirs.key, .client_ca = authority.file()});
    REQUIRE(client);
    config.listeners.push_back({.name = "mtls",
                                .kind = TransportKind::Tls,
                                .address = *net::SocketAddress::parse("127.0.0.1:0"),
                                .server = server->get()});
    open();
    StreamRecorder phone;
    phone.stream = net::Stream::connect_tls(loop, {}, address("mtls"), **client, {}, {}, phone);
    phone.stream->write(kOptions);
    REQUIRE(run_until(loop, [&] { return user.messages.size() == 1; }));
    const FlowInfo* info = transports->info(user.last);
    REQUIRE(info != nullptr);
    CHECK(info->mutual);
    CHECK(info->peer_identity == "sip:phone7@example.com");
    phone.stream.reset();
    transports.reset(); // before its contexts
}

TEST_CASE_FIXTURE(Fixture, "an address that is taken is an error that names the listener") {
    open();
    Fixture second;
    second.config.listeners = {{.name = "mine", .kind = TransportKind::Tcp, .address = address("tcp")}};
    const auto opened = Transports::open(second.loop, log, metrics, user, second.config);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().message.find("listener mine (TCP 127.0.0.1:") == 0);
}

TEST_SUITE_END();
