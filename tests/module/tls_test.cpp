// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.h"

#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "fakes/pki.h"
#include "fakes/run_until.h"
#include "fakes/stream_recorder.h"
#include "net/fd.h"
#include "net/stream_listener.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::net;
using wakeline::test::Pki;
using wakeline::test::run_until;
using wakeline::test::StreamRecorder;

namespace {

struct Refusal {
    PeerCertificate shown;
    std::string why;
};

/// A TLS listener and everything that happens to it.
struct Server {
    Server(EventLoop& loop, const TlsProfile& profile, StreamListener::Options options = {}) {
        auto made = TlsContext::server(profile);
        REQUIRE_MESSAGE(made, made.error().message);
        context = *std::move(made);
        auto opened = StreamListener::open(
            loop, *SocketAddress::parse("127.0.0.1:0"), context.get(), options,
            [this](std::unique_ptr<Stream> stream) {
                auto& peer = *peers.emplace_back(std::make_unique<StreamRecorder>());
                peer.echo = true;
                peer.stream = std::move(stream);
                peer.stream->start(peer);
            },
            [this](const SocketAddress&, const PeerCertificate& shown, std::string_view why) {
                refusals.push_back({shown, std::string(why)});
            });
        REQUIRE(opened);
        listener = *std::move(opened);
    }

    std::unique_ptr<TlsContext> context;
    std::vector<std::unique_ptr<StreamRecorder>> peers;
    std::vector<Refusal> refusals;
    std::unique_ptr<StreamListener> listener;
};

std::unique_ptr<TlsContext> client_context(const TlsProfile& profile) {
    auto made = TlsContext::client(profile);
    REQUIRE_MESSAGE(made, made.error().message);
    return *std::move(made);
}

void connect(StreamRecorder& client, EventLoop& loop, const Server& server, TlsContext& context,
             std::string name = {}) {
    client.stream =
        Stream::connect_tls(loop, {}, server.listener->local(), context, std::move(name), {}, client);
}

/// One connection with an echo through it; what the client was told when it failed.
std::string try_echo(EventLoop& loop, Server& server, TlsContext& context, std::string name = {}) {
    StreamRecorder client;
    connect(client, loop, server, context, std::move(name));
    client.stream->write("hello");
    REQUIRE(run_until(loop, [&] { return client.closed || client.data == "hello"; }));
    return client.reason;
}

Fd raw_connection(const SocketAddress& to) {
    Fd fd(::socket(to.family(), SOCK_STREAM, 0));
    REQUIRE(::connect(fd.get(), to.sa(), to.size()) == 0);
    return fd;
}

} // namespace

TEST_SUITE_BEGIN("module/tls");

TEST_CASE("proves: SBC-TLS-01 the whole chain is sent, and a client that knows the root accepts it") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root"), issuing(pki, "issuing", &root);
    const auto own = issuing.issue({.common_name = "sbc", .san = "DNS:sbc.example.com"});
    Server server(loop, {.chain = own.chain, .key = own.key});
    const auto context = client_context({.client_ca = root.file(), .verify = TlsVerify::Required});
    CHECK(try_echo(loop, server, *context, "sbc.example.com") == "");
    CHECK(try_echo(loop, server, *context, "SBC.Example.com") == "");
    CHECK(try_echo(loop, server, *context, "other.example.com") ==
          "certificate refused: it is not for other.example.com");

    SUBCASE("a client that trusts somebody else does not, and one that checks no name takes any") {
        const Pki::Authority stranger(pki, "stranger");
        const auto wrong = client_context({.client_ca = stranger.file(), .verify = TlsVerify::Required});
        CHECK(try_echo(loop, server, *wrong, "sbc.example.com").find("certificate refused: ") == 0);
        REQUIRE(run_until(loop, [&] { return !server.refusals.empty(); }));
        CHECK(server.refusals.back().why == "the peer does not trust the CA of our certificate");
        const auto chain_only = client_context({.client_ca = root.file(), .verify = TlsVerify::Optional});
        CHECK(try_echo(loop, server, *chain_only, "other.example.com") == "");
        const auto careless = client_context({});
        CHECK(try_echo(loop, server, *careless, "other.example.com") == "");
    }
}

TEST_CASE("proves: SBC-TLS-02 SBC-TLS-03 a mutual listener takes good certificates, and names the bad ones") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority ours(pki, "phones"), theirs(pki, "strangers");
    const auto own = ours.issue({.common_name = "sbc"});
    const auto good = ours.issue({.common_name = "phone 17", .san = "URI:sip:17@example.com,DNS:phone17"});
    const auto expired = ours.issue({.common_name = "old phone", .valid_from_days = -9, .valid_to_days = -2});
    const auto foreign = theirs.issue({.common_name = "stranger"});
    Server server(
        loop, {.chain = own.chain, .key = own.key, .client_ca = ours.file(), .verify = TlsVerify::Required});
    const auto refusal_of = [&](const TlsProfile& profile) {
        const auto context = client_context(profile);
        const std::size_t before = server.refusals.size();
        CHECK(try_echo(loop, server, *context) != "");
        REQUIRE(run_until(loop, [&] { return server.refusals.size() > before; }));
        return server.refusals.back();
    };

    CHECK(try_echo(loop, server, *client_context({.chain = good.chain, .key = good.key})) == "");
    REQUIRE(server.peers.size() == 1);
    const PeerCertificate& shown =
        server.peers[0]->stream ? server.peers[0]->stream->peer_certificate() : PeerCertificate{};
    CHECK(shown.subject == "CN = phone 17");
    CHECK(shown.uris == std::vector<std::string>{"sip:17@example.com"});
    CHECK(shown.dns_names == std::vector<std::string>{"phone17"});

    CHECK(refusal_of({}).why == "no client certificate shown");
    const Refusal old = refusal_of({.chain = expired.chain, .key = expired.key});
    CHECK(old.why == "certificate refused: certificate has expired");
    CHECK(old.shown.subject == "CN = old phone");
    CHECK(old.shown.issuer == "CN = phones");
    CHECK(old.shown.serial == "1004");
    const Refusal strange = refusal_of({.chain = foreign.chain, .key = foreign.key});
    CHECK(strange.why.find("certificate refused: ") == 0);
    CHECK(strange.shown.issuer == "CN = strangers");
    CHECK(server.peers.size() == 1);
}

TEST_CASE("an optional client certificate may be missing, but not bad") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority ours(pki, "phones"), theirs(pki, "strangers");
    const auto own = ours.issue({});
    const auto foreign = theirs.issue({});
    Server server(
        loop, {.chain = own.chain, .key = own.key, .client_ca = ours.file(), .verify = TlsVerify::Optional});
    CHECK(try_echo(loop, server, *client_context({})) == "");
    CHECK(try_echo(loop, server, *client_context({.chain = foreign.chain, .key = foreign.key})) != "");
}

TEST_CASE("proves: SBC-TLS-04 a revoked certificate is refused from the reload that brings the list") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority ours(pki, "phones");
    const auto own = ours.issue({}), good = ours.issue({}), bad = ours.issue({.common_name = "stolen"});
    TlsProfile profile{
        .chain = own.chain, .key = own.key, .client_ca = ours.file(), .verify = TlsVerify::Required};
    Server server(loop, profile);
    const auto stolen = client_context({.chain = bad.chain, .key = bad.key});
    CHECK(try_echo(loop, server, *stolen) == "");
    CHECK(stolen->session("|" + server.listener->local().str()) != nullptr); // it may try to resume

    profile.crl = ours.revoke(&bad);
    REQUIRE(server.context->reload(profile));
    CHECK(try_echo(loop, server, *stolen) != "");
    REQUIRE(run_until(loop, [&] { return !server.refusals.empty(); }));
    CHECK(server.refusals[0].why == "certificate refused: certificate revoked");
    CHECK(server.refusals[0].shown.subject == "CN = stolen");
    CHECK(try_echo(loop, server, *client_context({.chain = good.chain, .key = good.key})) == "");
}

TEST_CASE("proves: SBC-TLS-07 a peer below the minimum version is refused, and an older minimum allows it") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({});
    const auto at_most = [](int version) {
        auto context = client_context({.ciphers = "DEFAULT@SECLEVEL=0"});
        SSL_CTX_set_min_proto_version(context->native(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context->native(), version);
        return context;
    };
    Server normal(loop, {.chain = own.chain, .key = own.key});
    CHECK(try_echo(loop, normal, *at_most(TLS1_2_VERSION)) == "");
    CHECK(try_echo(loop, normal, *at_most(TLS1_1_VERSION)) == "the peer does not accept our TLS version");
    REQUIRE(run_until(loop, [&] { return !normal.refusals.empty(); }));
    CHECK(normal.refusals[0].why == "the peer offers only TLS versions below our min_version");

    Server newest(loop, {.chain = own.chain, .key = own.key, .min_version = "1.3"});
    CHECK(try_echo(loop, newest, *at_most(TLS1_2_VERSION)) == "the peer does not accept our TLS version");
    Server oldest(loop, {.chain = own.chain, .key = own.key, .min_version = "1.0"});
    CHECK(try_echo(loop, oldest, *at_most(TLS1_VERSION)) == "");
    Server one_suite(loop, {.chain = own.chain,
                            .key = own.key,
                            .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:TLS_AES_256_GCM_SHA384"});
    CHECK(try_echo(loop, one_suite, *client_context({.ciphers = "TLS_CHACHA20_POLY1305_SHA256"})) != "");
    CHECK(try_echo(loop, one_suite, *client_context({})) == "");
}

TEST_CASE("a client comes back by resumption, with its certificate still known") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({}), phone = root.issue({.common_name = "phone"});
    Server server(
        loop, {.chain = own.chain, .key = own.key, .client_ca = root.file(), .verify = TlsVerify::Required});
    const auto context = client_context({.chain = phone.chain, .key = phone.key});
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        SSL_CTX_set_max_proto_version(context->native(), version);
        for (int i = 0; i < 2; ++i) {
            CHECK(try_echo(loop, server, *context) == "");
            CHECK(server.peers.back()->stream->peer_certificate().subject == "CN = phone");
        }
    }
    CHECK(SSL_CTX_sess_hits(server.context->native()) >= 2);
}

TEST_CASE("a reload changes new connections alone, and a bad file changes nothing") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority before(pki, "before"), after(pki, "after");
    const auto first = before.issue({.san = "DNS:sbc"}), second = after.issue({.san = "DNS:sbc"});
    Server server(loop, {.chain = first.chain, .key = first.key});
    const auto old_trust = client_context({.client_ca = before.file(), .verify = TlsVerify::Required});
    const auto new_trust = client_context({.client_ca = after.file(), .verify = TlsVerify::Required});
    StreamRecorder old;
    connect(old, loop, server, *old_trust, "sbc");
    REQUIRE(run_until(loop, [&] { return old.connected; }));

    const Status wrong = server.context->reload({.chain = second.chain, .key = first.key});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("key " + first.key) == 0);
    CHECK(try_echo(loop, server, *old_trust, "sbc") == "");

    REQUIRE(server.context->reload({.chain = second.chain, .key = second.key}));
    CHECK(try_echo(loop, server, *new_trust, "sbc") == "");
    old.stream->write("still here");
    REQUIRE(run_until(loop, [&] { return old.data == "still here"; }));
}

TEST_CASE("errors name the setting, the file and what is wrong with it") {
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({}), locked = root.issue({.passphrase = "secret"});
    const auto message = [](const TlsProfile& profile) {
        const auto made = TlsContext::server(profile);
        return made ? "" : made.error().message;
    };
    CHECK(message({.chain = "/nowhere.pem", .key = own.key}) ==
          "chain /nowhere.pem: No such file or directory");
    CHECK(message({.chain = own.key, .key = own.key}).find("chain " + own.key + ": ") == 0);
    CHECK(message({.chain = own.chain, .key = locked.key}).find("key " + locked.key + ": ") == 0);
    CHECK(message({.chain = own.chain, .key = own.key, .min_version = "2"}) ==
          "min_version \"2\" is none of 1.0, 1.1, 1.2, 1.3");
    CHECK(message({.chain = own.chain, .key = own.key, .ciphers = "NONSENSE"}).find("ciphers") == 0);
    CHECK(message({.chain = own.chain, .key = own.key, .verify = TlsVerify::Required}).find("client_ca") !=
          std::string::npos);

    std::ofstream(pki.file("passphrase")) << "secret\n";
    CHECK(message({.chain = locked.chain, .key = locked.key, .passphrase_file = pki.file("passphrase")}) ==
          "");
}

TEST_CASE("scenario 49: silent peers delay nobody, and lose their place after the handshake timer") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({});
    StreamListener::Options options;
    options.stream.handshake_timeout = 300ms;
    options.max_half_open_per_source = 20;
    Server server(loop, {.chain = own.chain, .key = own.key}, options);
    std::vector<Fd> silent;
    for (int i = 0; i < 19; ++i)
        silent.push_back(raw_connection(server.listener->local()));
    const auto context = client_context({});
    CHECK(try_echo(loop, server, *context) == "");
    CHECK(server.listener->half_open() == 19);
    REQUIRE(run_until(loop, [&] { return server.refusals.size() == 19; }));
    CHECK(server.refusals[0].why == "no TLS handshake within 0 s");
    CHECK(server.listener->half_open() == 0);
}

TEST_CASE("half-open connections are capped: a source is refused, all together wait in the backlog") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({});
    std::vector<Fd> silent;

    SUBCASE("of one source") {
        Server server(loop, {.chain = own.chain, .key = own.key}, {.max_half_open_per_source = 3});
        for (int i = 0; i < 5; ++i)
            silent.push_back(raw_connection(server.listener->local()));
        REQUIRE(run_until(loop, [&] { return server.refusals.size() == 2; }));
        CHECK(server.listener->half_open() == 3);
        CHECK(server.refusals[0].why == "too many connections of this source without a finished handshake");
    }
    SUBCASE("in all") {
        Server server(loop, {.chain = own.chain, .key = own.key}, {.max_half_open = 3});
        for (int i = 0; i < 4; ++i)
            silent.push_back(raw_connection(server.listener->local()));
        REQUIRE(run_until(loop, [&] { return server.listener->half_open() == 3; }));
        test::run_for(loop, 20ms);
        CHECK(server.listener->half_open() == 3);
        silent.erase(silent.begin()); // frees a place: the fourth comes in
        REQUIRE(run_until(loop, [&] { return server.refusals.size() == 1; }));
        REQUIRE(run_until(loop, [&] { return server.listener->half_open() == 3; }));
    }
}

TEST_CASE("scenario 39: handshakes begin no faster than the rate, and all who wait get in") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({});
    Server server(loop, {.chain = own.chain, .key = own.key}, {.handshake_rate = 2});
    std::vector<Fd> waiting;
    for (int i = 0; i < 3; ++i)
        waiting.push_back(raw_connection(server.listener->local()));
    REQUIRE(run_until(loop, [&] { return server.listener->half_open() > 0; }));
    CHECK(server.listener->half_open() == 1); // the others are in the backlog
    REQUIRE(run_until(loop, [&] { return server.listener->half_open() == 3; }));
}

TEST_CASE("scenario 51: what is not TLS costs its sender the connection, and is named") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({});
    Server server(loop, {.chain = own.chain, .key = own.key});
    const Fd plain = raw_connection(server.listener->local());
    REQUIRE(::send(plain.get(), "OPTIONS sip:x SIP/2.0\r\n\r\n", 25, 0) == 25);
    REQUIRE(run_until(loop, [&] { return server.refusals.size() == 1; }));
    CHECK(server.refusals[0].why == "not TLS (plain text sent to a TLS port?)");
    const auto context = client_context({});
    CHECK(try_echo(loop, server, *context) == "");
}

TEST_CASE("a large answer passes through TLS to a slow start, and close delivers it whole") {
    EventLoop loop;
    const Pki pki;
    const Pki::Authority root(pki, "root");
    const auto own = root.issue({});
    Server server(loop, {.chain = own.chain, .key = own.key});
    const auto context = client_context({});
    StreamRecorder client;
    connect(client, loop, server, *context);
    REQUIRE(run_until(loop, [&] { return client.connected && server.peers.size() == 1; }));
    const std::string big(900'000, 'x');
    CHECK(server.peers[0]->stream->write(big));
    server.peers[0]->stream->close();
    REQUIRE(run_until(loop, [&] { return client.closed; }));
    CHECK(client.data.size() == big.size());
    CHECK(client.reason == "closed by the peer");
    REQUIRE(run_until(loop, [&] { return server.peers[0]->closed; }));
}

TEST_SUITE_END();
