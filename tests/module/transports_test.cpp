// SPDX-License-Identifier: Apache-2.0
#include "sip/transports.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "fakes/pki.h"
#include "fakes/run_until.h"
#include "fakes/sip_text.h"
#include "fakes/stream_recorder.h"
#include "fakes/transport_user.h"
#include "net/fd.h"
#include "net/stream_listener.h"
#include "net/udp_socket.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::sip;
using wakeline::test::Pki;
using wakeline::test::run_until;
using wakeline::test::StreamRecorder;

namespace {

const auto kAnyPort = *net::SocketAddress::parse("127.0.0.1:0");

struct Lines final : Log::Sink {
    void write(Severity, std::string_view line) override { all.emplace_back(line); }
    bool has(std::string_view part) const {
        for (const std::string& line : all)
            if (line.find(part) != std::string::npos) return true;
        return false;
    }
    std::vector<std::string> all;
};

ListenerConfig listener(ListenTransport transport, std::string_view name, std::string certificate = {}) {
    return {std::string(name), transport, "127.0.0.1", 0, std::move(certificate), true};
}

/// The transports of one test, and who hears what they receive.
struct World {
    explicit World(TransportsConfig config) {
        auto opened = Transports::open(loop, log, metrics, config);
        REQUIRE_MESSAGE(opened, opened.error().message);
        transports = *std::move(opened);
        transports->start(user);
    }
    explicit World(ListenTransport transport, TransportLimits limits = {})
        : World({.access = {.listeners = {listener(transport, "phones")}}, .limits = limits}) {}

    net::SocketAddress at(std::string_view name, TransportKind kind) const {
        for (const ListenerSnapshot& each : transports->snapshot())
            if (each.name == name && each.kind == kind) return each.address;
        FAIL("no such listener");
        return {};
    }
    bool until(const std::function<bool()>& done) { return run_until(loop, done); }
    /// What happens to the flow that the last message came by.
    const FlowInfo& last_flow() const { return *transports->info(user.received.back().flow); }

    net::EventLoop loop;
    Lines lines;
    Log log{lines, LogLevel::Max};
    Metrics metrics;
    SipTransportMetrics counted{metrics};
    test::TransportRecorder user;
    std::unique_ptr<Transports> transports;
};

/// A UDP peer that keeps what it receives.
struct UdpPeer {
    explicit UdpPeer(net::EventLoop& loop, const net::SocketAddress& at = kAnyPort) {
        auto opened =
            net::UdpSocket::open(loop, at, {}, [this](const net::SocketAddress& f, std::string_view d) {
                from = f;
                data.emplace_back(d);
            });
        REQUIRE(opened);
        socket = *std::move(opened);
    }
    net::SocketAddress from;
    std::vector<std::string> data;
    std::unique_ptr<net::UdpSocket> socket;
};

void connect(StreamRecorder& peer, net::EventLoop& loop, const net::SocketAddress& to) {
    peer.stream = net::Stream::connect(loop, {}, to, {}, peer);
}
void connect(StreamRecorder& peer, net::EventLoop& loop, const net::SocketAddress& to,
             net::TlsContext& with) {
    peer.stream = net::Stream::connect_tls(loop, {}, to, with, {}, {}, peer);
}

std::string options(std::string_view call_id = "c1") {
    return test::sip_request({.method = "OPTIONS", .call_id = call_id});
}
/// Has all that an answer needs, but its CSeq has no number.
std::string unreadable(std::string_view via) {
    std::string text = test::sip_request({.method = "OPTIONS", .via = via});
    return text.replace(text.find("1 OPTIONS"), 9, "one OPTIONS");
}
std::string answer_to(const Message& request) { return test::sip_response(request); }

} // namespace

TEST_SUITE_BEGIN("module/transports");

TEST_CASE("proves: SBC-TRN-04 over UDP an answer goes back to where the request came from, on one flow") {
    World world(ListenTransport::Udp);
    world.user.act = [&](FlowId flow, const Message& m) { world.transports->send(flow, answer_to(m)); };
    const auto at = world.at("phones", TransportKind::Udp);
    UdpPeer phone(world.loop), other(world.loop);
    phone.socket->send(at, options("a"));
    phone.socket->send(at, options("b"));
    REQUIRE(world.until([&] { return phone.data.size() == 2; }));
    CHECK(phone.data[0].starts_with("SIP/2.0 200 OK\r\n"));
    CHECK(world.user.received[0].flow == world.user.received[1].flow);
    const FlowInfo& flow = world.last_flow();
    CHECK(flow.kind == TransportKind::Udp);
    CHECK(flow.side == Side::Access);
    CHECK(flow.listener == "phones");
    CHECK(flow.remote == phone.socket->local());
    CHECK(flow.local == at);
    CHECK(flow.sent_by == at.str());
    other.socket->send(at, options("c"));
    REQUIRE(world.until([&] { return other.data.size() == 1; }));
    CHECK(world.user.received[2].flow != world.user.received[1].flow);
    CHECK(world.counted.udp.received.value() == 3);
    CHECK(world.counted.udp.sent.value() == 3);
    CHECK(world.counted.udp.flows.value() == 2);
}

TEST_CASE("proves: SBC-TRN-01 over TCP messages come out whole, however their octets arrive") {
    World world(ListenTransport::Tcp);
    StreamRecorder phone;
    connect(phone, world.loop, world.at("phones", TransportKind::Tcp));
    const std::string two = options("a") + "\r\n" + options("b");
    for (std::size_t i = 0; i < 40; ++i) { // an octet a turn
        phone.stream->write(two.substr(i, 1));
        test::run_for(world.loop, 1ms);
    }
    CHECK(world.user.received.empty());
    phone.stream->write(two.substr(40));
    REQUIRE(world.until([&] { return world.user.received.size() == 2; }));
    CHECK(world.user.received[0].call_id == "a");
    CHECK(world.user.received[1].call_id == "b");
    CHECK(world.user.received[0].flow == world.user.received[1].flow);
    CHECK(world.last_flow().remote == phone.stream->local());
    CHECK(phone.data == ""); // one CRLF between messages is no ping
}

TEST_CASE("proves: SBC-TRN-02 SBC-TRN-03 SBC-TRN-06 TLS and mutual TLS phones are called on their own "
          "connections") {
    const Pki pki;
    const Pki::Authority ca(pki, "phones");
    const auto own = ca.issue({}), phone17 = ca.issue({.common_name = "17", .san = "URI:sip:17@example.com"});
    const auto nameless = ca.issue({.common_name = "no san"});
    const auto open = *net::TlsContext::server({.chain = own.chain, .key = own.key});
    const auto mutual = *net::TlsContext::server({.chain = own.chain,
                                                  .key = own.key,
                                                  .client_ca = ca.file(),
                                                  .verify = net::TlsVerify::Required,
                                                  .identity = net::TlsIdentity::San});
    World world({.access = {.listeners = {listener(ListenTransport::Tls, "tls", "public"),
                                          listener(ListenTransport::Tls, "mtls", "mutual")}},
                 .certificates = {{"public", open.get()}, {"mutual", mutual.get()}}});
    const auto anybody = *net::TlsContext::client({});
    const auto certified = *net::TlsContext::client({.chain = phone17.chain, .key = phone17.key});
    const auto unnamed = *net::TlsContext::client({.chain = nameless.chain, .key = nameless.key});
    StreamRecorder a, b, c, d;

    connect(a, world.loop, world.at("tls", TransportKind::Tls), *anybody);
    a.stream->write(options("a"));
    REQUIRE(world.until([&] { return world.user.received.size() == 1; }));
    CHECK(world.last_flow().kind == TransportKind::Tls);
    CHECK_FALSE(world.last_flow().mutual);

    connect(b, world.loop, world.at("mtls", TransportKind::Tls), *certified);
    b.stream->write(options("b"));
    REQUIRE(world.until([&] { return world.user.received.size() == 2; }));
    CHECK(world.last_flow().listener == "mtls");
    CHECK(world.last_flow().mutual);
    CHECK(world.last_flow().peer_identity == "sip:17@example.com");
    CHECK(world.transports->send(world.user.received[1].flow, options("invite")));
    REQUIRE(world.until([&] { return b.data == options("invite"); }));

    connect(c, world.loop, world.at("mtls", TransportKind::Tls), *anybody);
    REQUIRE(world.until([&] { return c.closed; }));
    connect(d, world.loop, world.at("mtls", TransportKind::Tls), *unnamed);
    REQUIRE(world.until([&] { return d.closed; }));
    CHECK(world.counted.handshakes_refused.value() == 2);
    CHECK(world.lines.has("no client certificate shown"));
    CHECK(world.lines.has("names no user"));
    CHECK(world.counted.tls.flows.value() == 2);
}

TEST_CASE("proves: SBC-TLS-03 a refused client certificate is in the log with all that tells it apart") {
    const Pki pki;
    const Pki::Authority ours(pki, "ours"), theirs(pki, "theirs");
    const auto own = ours.issue({}), wrong = theirs.issue({.common_name = "wrong one"});
    const auto mutual = *net::TlsContext::server(
        {.chain = own.chain, .key = own.key, .client_ca = ours.file(), .verify = net::TlsVerify::Required});
    World world({.access = {.listeners = {listener(ListenTransport::Tls, "mtls", "mutual")}},
                 .certificates = {{"mutual", mutual.get()}}});
    const auto client = *net::TlsContext::client({.chain = wrong.chain, .key = wrong.key});
    StreamRecorder phone;
    connect(phone, world.loop, world.at("mtls", TransportKind::Tls), *client);
    REQUIRE(world.until([&] { return !world.lines.all.empty(); }));
    const std::string& line = world.lines.all[0];
    CHECK(line.starts_with("TLS connection refused listener=mtls from=127.0.0.1:"));
    CHECK(line.find("why=\"certificate refused: ") != std::string::npos);
    CHECK(line.find("subject=\"CN = wrong one\" issuer=\"CN = theirs\" serial=1002") != std::string::npos);
}

TEST_CASE("scenario 52, proves: SBC-TRN-07 double CRLF pings are answered, between messages and after them") {
    World world(ListenTransport::Tcp);
    StreamRecorder phone;
    connect(phone, world.loop, world.at("phones", TransportKind::Tcp));
    phone.stream->write("\r\n\r\n");
    REQUIRE(world.until([&] { return phone.data == "\r\n"; }));
    phone.stream->write(options("a") + "\r\n\r\n" + options("b") + "\r\n");
    REQUIRE(world.until([&] { return phone.data == "\r\n\r\n"; }));
    phone.stream->write("\r\n"); // the other half
    REQUIRE(world.until([&] { return phone.data == "\r\n\r\n\r\n"; }));
    CHECK(world.user.received.size() == 2);
    CHECK(world.counted.keepalives.value() == 3);
    CHECK(world.counted.malformed.value() == 0);
    CHECK(world.counted.framing_errors.value() == 0);
}

TEST_CASE("scenario 52 by UDP: a ping is answered, other keep-alives are not, and none makes a flow") {
    World world(ListenTransport::Udp);
    const auto at = world.at("phones", TransportKind::Udp);
    UdpPeer phone(world.loop);
    for (const std::string& each :
         {std::string("\r\n"), std::string(4, '\0'), std::string(), std::string("\r\n\r\n")})
        phone.socket->send(at, each);
    REQUIRE(world.until([&] { return !phone.data.empty(); }));
    CHECK(phone.data == std::vector<std::string>{"\r\n"});
    CHECK(world.counted.keepalives.value() == 4);
    CHECK(world.counted.udp.flows.value() == 0);
}

TEST_CASE("scenario 51: a framing error is answered and closes that connection only") {
    World world(ListenTransport::Tcp);
    StreamRecorder bad, good;
    connect(bad, world.loop, world.at("phones", TransportKind::Tcp));
    connect(good, world.loop, world.at("phones", TransportKind::Tcp));
    good.stream->write(options("good"));
    bad.stream->write(options("first"));
    REQUIRE(world.until([&] { return world.user.received.size() == 2; }));
    std::string two_lengths = options("second");
    two_lengths.insert(two_lengths.find("Content-Length"), "Content-Length: 7\r\n");
    bad.stream->write(two_lengths + options("never-read"));
    REQUIRE(world.until([&] { return bad.closed; }));
    CHECK(bad.data.starts_with("SIP/2.0 400 "));
    REQUIRE(world.until([&] { return world.user.closed.size() == 1; }));
    CHECK(world.transports->info(world.user.closed[0].first) == nullptr);
    CHECK(world.counted.framing_errors.value() == 1);
    CHECK(world.lines.has("closing a connection: what it sent is no SIP message listener=phones"));
    good.stream->write(options("still-good"));
    REQUIRE(world.until([&] { return world.user.received.size() == 3; }));
    CHECK(world.user.received[2].call_id == "still-good");
}

TEST_CASE("scenario 51: a message that is framed but cannot be read is answered, and the connection stays") {
    World world(ListenTransport::Tcp);
    StreamRecorder phone;
    connect(phone, world.loop, world.at("phones", TransportKind::Tcp));
    phone.stream->write(unreadable("SIP/2.0/TCP 192.0.2.7;branch=z9hG4bK-1;rport"));
    REQUIRE(world.until([&] { return phone.data.find("\r\n\r\n") != std::string::npos; }));
    CHECK(phone.data.starts_with("SIP/2.0 400 "));
    CHECK(phone.data.find("received=127.0.0.1") != std::string::npos);
    CHECK(phone.data.find("rport=" + std::to_string(phone.stream->local().port())) != std::string::npos);
    phone.stream->write(options("fine"));
    REQUIRE(world.until([&] { return world.user.received.size() == 1; }));
    CHECK(world.counted.malformed.value() == 1);
}

TEST_CASE("scenario 51: every torture message, by UDP and by TCP, leaves the transports standing") {
    World world({.access = {.listeners = {listener(ListenTransport::Tcp, "tcp"),
                                          listener(ListenTransport::Udp, "udp")}}});
    world.user.act = [&](FlowId flow, const Message& m) {
        if (m.is_request()) world.transports->send(flow, answer_to(m));
    };
    UdpPeer phone(world.loop);
    std::vector<std::unique_ptr<StreamRecorder>> streams;
    int messages = 0;
    for (const char* set : {"tests/data/rfc4475", "tests/data/rfc5118/wire"})
        for (const auto& file : std::filesystem::directory_iterator(set)) {
            if (!file.is_regular_file() || file.path().extension() == ".md") continue;
            std::ifstream in(file.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            ++messages;
            phone.socket->send(world.at("udp", TransportKind::Udp), bytes);
            auto& stream = *streams.emplace_back(std::make_unique<StreamRecorder>());
            connect(stream, world.loop, world.at("tcp", TransportKind::Tcp));
            stream.stream->write(bytes);
        }
    CHECK(messages == 61);
    REQUIRE(world.until([&] {
        return world.counted.udp.received.value() == messages && world.counted.tcp.received.value() > 30;
    }));
    StreamRecorder good;
    connect(good, world.loop, world.at("tcp", TransportKind::Tcp));
    good.stream->write(options("after-all-that"));
    REQUIRE(world.until([&] { return good.data.starts_with("SIP/2.0 200 "); }));
}

TEST_CASE("UDP junk makes no flow, and a request that cannot be read is answered once") {
    World world(ListenTransport::Udp);
    const auto at = world.at("phones", TransportKind::Udp);
    UdpPeer phone(world.loop);
    phone.socket->send(at, "junk");
    phone.socket->send(at, std::string(60'000, 'a'));
    phone.socket->send(at, unreadable("SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK-1"));
    REQUIRE(world.until([&] { return !phone.data.empty(); }));
    CHECK(phone.data[0].starts_with("SIP/2.0 400 "));
    CHECK(world.counted.malformed.value() == 3);
    CHECK(world.counted.udp.flows.value() == 0);
    CHECK(world.user.received.empty());
}

TEST_CASE("a message that never ends, and a connection that says nothing, are closed after their time") {
    TransportLimits limits;
    limits.whole_message = 40ms;
    limits.first_message = 120ms;
    World world(ListenTransport::Tcp, limits);
    StreamRecorder slow, silent, asleep, pinging;
    for (StreamRecorder* each : {&slow, &silent, &asleep, &pinging})
        connect(*each, world.loop, world.at("phones", TransportKind::Tcp));
    asleep.stream->write(options());
    pinging.stream->write("\r\n\r\n");
    slow.stream->write(options() + "OPTIONS sip:x SIP/2.0\r\n");
    REQUIRE(world.until([&] { return slow.closed; }));
    CHECK_FALSE(silent.closed);
    REQUIRE(world.until([&] { return silent.closed && pinging.closed; }));
    test::run_for(world.loop, 50ms);
    CHECK_FALSE(asleep.closed); // it spoke once, and may sleep
    CHECK(world.counted.slow_closed.value() == 3);
    REQUIRE(world.user.closed.size() == 3);
    CHECK(world.user.closed[0].second == "a message began and never ended");
    CHECK(world.user.closed[1].second == "connected, and said nothing");
    CHECK(world.user.closed[2].second == "connected, and said nothing");
}

TEST_CASE("scenario 49: a phone that does not read loses its flow, the others keep theirs") {
    TransportLimits limits;
    limits.queue_bytes = 50'000;
    World world(ListenTransport::Tcp, limits);
    const auto at = world.at("phones", TransportKind::Tcp);
    const net::Fd slow(::socket(AF_INET, SOCK_STREAM, 0));
    const int small = 4'096;
    setsockopt(slow.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    REQUIRE(::connect(slow.get(), at.sa(), at.size()) == 0);
    const std::string first = options("slow");
    REQUIRE(::send(slow.get(), first.data(), first.size(), 0) > 0);
    StreamRecorder other;
    connect(other, world.loop, at);
    other.stream->write(options("other"));
    REQUIRE(world.until([&] { return world.user.received.size() == 2; }));
    const bool slow_first = world.user.received[0].call_id == "slow";
    const FlowId slow_flow = world.user.received[slow_first ? 0 : 1].flow;
    const FlowId other_flow = world.user.received[slow_first ? 1 : 0].flow;
    REQUIRE(world.until([&] {
        return !world.transports->send(slow_flow, test::sip_request({.body = std::string(10'000, 'x')}));
    }));
    CHECK(world.user.closed.empty()); // never inside a call
    REQUIRE(world.until([&] { return world.user.closed.size() == 1; }));
    CHECK(world.user.closed[0].first == slow_flow);
    CHECK(world.counted.slow_closed.value() == 1);
    CHECK(world.transports->send(other_flow, options("to-the-other")));
    REQUIRE(world.until([&] { return other.data == options("to-the-other"); }));
}

TEST_CASE(
    "proves: SBC-TRN-09 to the PBX by UDP and TCP, from the trunk's address, on flows that are found again") {
    World world({.trunks = {{.name = "pbx", .local = *net::SocketAddress::parse("127.0.0.2:0")}}});
    world.user.act = [&](FlowId flow, const Message& m) {
        if (m.is_request()) world.transports->send(flow, answer_to(m));
    };
    UdpPeer pbx(world.loop);
    const FlowTarget by_udp{TransportKind::Udp, pbx.socket->local(), {}};
    const FlowId flow = world.transports->open(by_udp, Side::Trunk);
    CHECK(world.transports->open(by_udp, Side::Trunk) == flow);
    const FlowInfo* info = world.transports->info(flow);
    REQUIRE(info != nullptr);
    CHECK(info->side == Side::Trunk);
    CHECK(info->listener == "pbx");
    const auto ours = world.at("pbx", TransportKind::Udp);
    CHECK(info->sent_by == ours.str());
    CHECK(world.transports->send(flow, options("to-the-pbx")));
    REQUIRE(world.until([&] { return pbx.data.size() == 1; }));
    CHECK(pbx.from == ours);
    pbx.socket->send(ours, options("from-the-pbx"));
    REQUIRE(world.until([&] { return pbx.data.size() == 2; }));
    REQUIRE(world.user.received.size() == 1);
    CHECK(world.user.received[0].flow == flow);

    World far(ListenTransport::Tcp); // another instance is the PBX by TCP
    const FlowTarget by_tcp{TransportKind::Tcp, far.at("phones", TransportKind::Tcp), {}};
    const FlowId stream = world.transports->open(by_tcp, Side::Trunk);
    CHECK(world.transports->open(by_tcp, Side::Trunk) == stream);
    CHECK(world.transports->send(stream, options("queued-while-connecting")));
    REQUIRE(world.until([&] {
        return run_until(
            far.loop, [&] { return !far.user.received.empty(); }, 5ms);
    }));
    CHECK(far.last_flow().remote.ip() == "127.0.0.2");
    CHECK(world.transports->info(stream)->local == far.last_flow().remote);
    CHECK(world.transports->info(stream)->sent_by == world.at("pbx", TransportKind::Tcp).str());

    StreamRecorder calls_in; // the PBX may connect to us as well
    connect(calls_in, world.loop, world.at("pbx", TransportKind::Tcp));
    calls_in.stream->write(options("in"));
    REQUIRE(world.until([&] { return !calls_in.data.empty(); }));
    CHECK(world.last_flow().side == Side::Trunk);
}

TEST_CASE("a flow that cannot be opened is reported later, with the reason") {
    World world({.trunks = {{.name = "pbx", .local = kAnyPort}}});
    net::SocketAddress nobody;
    {
        const World gone(ListenTransport::Tcp);
        nobody = gone.at("phones", TransportKind::Tcp);
    }
    const FlowId refused = world.transports->open({TransportKind::Tcp, nobody, {}}, Side::Trunk);
    CHECK(world.transports->send(refused, options()));
    const auto v6 = *net::SocketAddress::parse("[::1]:5060");
    const FlowId no_way = world.transports->open({TransportKind::Udp, v6, {}}, Side::Trunk);
    CHECK(world.transports->info(no_way) == nullptr);
    CHECK_FALSE(world.transports->send(no_way, options()));
    CHECK(world.user.closed.empty());
    REQUIRE(world.until([&] { return world.user.closed.size() == 2; }));
    CHECK(world.user.closed[0] ==
          std::pair{no_way, std::string("no address of ours leads to [::1]:5060 by UDP")});
    CHECK(world.user.closed[1] ==
          std::pair{refused, "cannot connect to " + nobody.str() + ": Connection refused"});
    CHECK(world.transports->open({TransportKind::Tcp, nobody, {}}, Side::Trunk) != refused);
}

TEST_CASE("proves: SBC-TRN-09 to the PBX by TLS, whose certificate must have its name") {
    const Pki pki;
    const Pki::Authority ca(pki, "ca");
    const auto pbx_certificate = ca.issue({.san = "DNS:pbx.example.com"}),
               own = ca.issue({.common_name = "sbc"});
    const auto pbx_context = *net::TlsContext::server({.chain = pbx_certificate.chain,
                                                       .key = pbx_certificate.key,
                                                       .client_ca = ca.file(),
                                                       .verify = net::TlsVerify::Required});
    World pbx({.access = {.listeners = {listener(ListenTransport::Tls, "pbx", "own")}},
               .certificates = {{"own", pbx_context.get()}}});
    const auto client = *net::TlsContext::client(
        {.chain = own.chain, .key = own.key, .client_ca = ca.file(), .verify = net::TlsVerify::Required});
    const auto server = *net::TlsContext::server({.chain = own.chain, .key = own.key});
    World world(
        {.trunks = {{.name = "tcp only", .local = kAnyPort},
                    {.name = "pbx", .local = kAnyPort, .server = server.get(), .client = client.get()}}});
    const auto there = pbx.at("pbx", TransportKind::Tls);
    const FlowId good = world.transports->open({TransportKind::Tls, there, "pbx.example.com"}, Side::Trunk);
    const FlowId bad = world.transports->open({TransportKind::Tls, there, "evil.example.com"}, Side::Trunk);
    CHECK(good != bad);
    CHECK(world.transports->send(good, options()));
    REQUIRE(world.until([&] {
        run_until(
            pbx.loop, [&] { return !pbx.user.received.empty(); }, 5ms);
        return !pbx.user.received.empty() && !world.user.closed.empty();
    }));
    CHECK(pbx.last_flow().mutual);
    CHECK(world.user.closed[0] ==
          std::pair{bad, std::string("certificate refused: it is not for evil.example.com")});
    CHECK(world.transports->info(good)->listener == "pbx");
    CHECK(world.at("pbx", TransportKind::Tls).port() != 0); // the PBX can call in by TLS
    const FlowId none =
        world.transports->open({TransportKind::Tls, there, "pbx.example.com", "tcp only"}, Side::Trunk);
    CHECK(world.transports->info(none) == nullptr);
}

TEST_CASE("two trunks may share one address of ours") {
    net::EventLoop loop;
    net::SocketAddress local; // free for UDP and for TCP
    for (bool found = false; !found;) {
        const UdpPeer probe(loop);
        local = probe.socket->local();
        found = net::StreamListener::open(
                    loop, local, nullptr, {}, [](std::unique_ptr<net::Stream>) {},
                    [](const net::SocketAddress&, const net::PeerCertificate&, std::string_view) {})
                    .has_value();
    }
    World world({.trunks = {{.name = "a", .local = local}, {.name = "b", .local = local}}});
    CHECK(world.transports->snapshot().size() == 2);
}

TEST_CASE("too many UDP flows: the one unused for longest goes, and is reported") {
    TransportLimits limits;
    limits.udp_flows = 2;
    World world(ListenTransport::Udp, limits);
    const auto at = world.at("phones", TransportKind::Udp);
    UdpPeer a(world.loop), b(world.loop), c(world.loop);
    const auto send = [&](UdpPeer& peer) {
        const std::size_t before = world.user.received.size();
        peer.socket->send(at, options());
        REQUIRE(world.until([&] { return world.user.received.size() > before; }));
        return world.user.received.back().flow;
    };
    const FlowId first = send(a), second = send(b);
    CHECK(send(a) == first);
    const FlowId third = send(c);
    REQUIRE(world.until([&] { return world.user.closed.size() == 1; }));
    CHECK(world.user.closed[0].first == second);
    CHECK(world.transports->info(first) != nullptr);
    CHECK(world.transports->info(third) != nullptr);
}

TEST_CASE("an unused UDP flow goes after its time") {
    TransportLimits limits;
    limits.udp_idle = 30ms;
    World world(ListenTransport::Udp, limits);
    UdpPeer phone(world.loop);
    phone.socket->send(world.at("phones", TransportKind::Udp), options());
    REQUIRE(world.until([&] { return world.user.closed.size() == 1; }));
    CHECK(world.user.closed[0].second == "unused");
    CHECK(world.counted.udp.flows.value() == 0);
}

TEST_CASE(
    "proves: SBC-TRN-08 an idle phone is kept in the routers' memory while it is awake, then left in peace") {
    World world({.access = {.keepalive = 10ms, .listeners = {listener(ListenTransport::Tcp, "phones")}}});
    StreamRecorder phone;
    connect(phone, world.loop, world.at("phones", TransportKind::Tcp));
    phone.stream->write(options());
    REQUIRE(world.until([&] { return phone.data.size() >= 2 * 5; }));
    std::size_t before = 0;
    while (before != phone.data.size()) {
        before = phone.data.size();
        test::run_for(world.loop, 60ms);
    }
    CHECK(phone.data.size() <= 2 * 11);
    CHECK_FALSE(phone.closed);
}

TEST_CASE("close sends what was sent, tells nobody, and the flow is gone at once") {
    World world(ListenTransport::Tcp);
    StreamRecorder phone;
    connect(phone, world.loop, world.at("phones", TransportKind::Tcp));
    world.user.act = [&](FlowId flow, const Message& m) {
        CHECK(world.transports->send(flow, answer_to(m)));
        world.transports->close(flow);
        CHECK(world.transports->info(flow) == nullptr);
    };
    phone.stream->write(options("a") + options("b"));
    REQUIRE(world.until([&] { return phone.closed; }));
    CHECK(phone.data.starts_with("SIP/2.0 200 OK\r\n"));
    CHECK(world.user.received.size() == 1);
    test::run_for(world.loop, 10ms);
    CHECK(world.user.closed.empty());
    CHECK(world.counted.tcp.flows.value() == 0);
}

TEST_CASE("connections beyond the limit are refused and counted") {
    TransportLimits limits;
    limits.connections = 2;
    World world(ListenTransport::Tcp, limits);
    StreamRecorder a, b, c;
    for (StreamRecorder* each : {&a, &b, &c})
        connect(*each, world.loop, world.at("phones", TransportKind::Tcp));
    REQUIRE(world.until([&] { return c.closed; }));
    CHECK(world.counted.connections_refused.value() == 1);
    a.stream.reset();
    REQUIRE(world.until([&] { return world.counted.tcp.flows.value() == 1; }));
    StreamRecorder d;
    connect(d, world.loop, world.at("phones", TransportKind::Tcp));
    REQUIRE(world.until([&] { return world.counted.tcp.flows.value() == 2; }));
}

TEST_CASE("after stop_listening connections go on, and no new one is taken") {
    World world(ListenTransport::Tcp);
    const auto at = world.at("phones", TransportKind::Tcp);
    StreamRecorder old, late;
    connect(old, world.loop, at);
    old.stream->write(options("a"));
    REQUIRE(world.until([&] { return world.user.received.size() == 1; }));
    world.transports->stop_listening();
    connect(late, world.loop, at);
    REQUIRE(world.until([&] { return late.closed; }));
    old.stream->write(options("b"));
    REQUIRE(world.until([&] { return world.user.received.size() == 2; }));
}

TEST_CASE("phones are told the public address; without one, the address that they reached") {
    ListenerConfig everywhere = listener(ListenTransport::Udp, "phones");
    everywhere.address = "0.0.0.0";
    for (const std::string_view told : {"", "203.0.113.10", "sbc.example.com", "2001:db8::1"}) {
        World world({.access = {.public_address = std::string(told), .listeners = {everywhere}}});
        auto at = world.at("phones", TransportKind::Udp);
        const std::uint16_t port = at.port();
        UdpPeer phone(world.loop);
        phone.socket->send(*net::SocketAddress::parse("127.0.0.7", port), options());
        REQUIRE(world.until([&] { return !world.user.received.empty(); }));
        const bool fits = !told.empty() && told.find(':') == told.npos; // not IPv6 to an IPv4 phone
        CHECK(world.last_flow().sent_by ==
              std::string(fits ? told : "127.0.0.7") + ":" + std::to_string(port));
        CHECK(world.last_flow().local.ip() == "127.0.0.7");
    }
}

TEST_CASE("proves: SBC-QOS-01 what we send is marked") {
    World world({.access = {.listeners = {listener(ListenTransport::Udp, "phones")}}, .dscp = 40});
    const net::Fd phone(::socket(AF_INET, SOCK_DGRAM, 0));
    const auto at = world.at("phones", TransportKind::Udp);
    const int on = 1;
    REQUIRE(setsockopt(phone.get(), IPPROTO_IP, IP_RECVTOS, &on, sizeof on) == 0);
    REQUIRE(::sendto(phone.get(), "\r\n\r\n", 4, 0, at.sa(), at.size()) == 4);
    REQUIRE(world.until([&] { return world.counted.keepalives.value() == 1; }));
    test::run_for(world.loop, 5ms);
    char data[16], control[64];
    iovec part{data, sizeof data};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    REQUIRE(::recvmsg(phone.get(), &message, MSG_DONTWAIT) == 2);
    const cmsghdr* tos = CMSG_FIRSTHDR(&message);
    REQUIRE(tos != nullptr);
    const int dscp = *CMSG_DATA(tos) >> 2;
    CHECK(dscp == 40);
}

TEST_CASE("a listener that cannot be opened is named, and one that is off is not opened") {
    World first(ListenTransport::Tcp);
    ListenerConfig taken = listener(ListenTransport::Tcp, "second");
    taken.port = first.at("phones", TransportKind::Tcp).port();
    const auto open = [&](const ListenerConfig& wanted) {
        return Transports::open(first.loop, first.log, first.metrics, {.access = {.listeners = {wanted}}});
    };
    const auto second = open(taken);
    REQUIRE_FALSE(second);
    CHECK(second.error().message.starts_with("listener second: cannot bind 127.0.0.1:"));
    taken.enabled = false;
    CHECK((*open(taken))->snapshot().empty());
    const auto no_certificate = open(listener(ListenTransport::Tls, "tls", "missing"));
    REQUIRE_FALSE(no_certificate);
    CHECK(no_certificate.error().message == "listener tls: no certificate \"missing\"");
}

TEST_SUITE_END();
