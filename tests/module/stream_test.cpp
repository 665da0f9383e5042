// SPDX-License-Identifier: Apache-2.0
#include "net/stream.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include "fakes/run_until.h"
#include "fakes/stream_recorder.h"
#include "net/fd.h"
#include "net/stream_listener.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::net;
using wakeline::test::run_until;
using wakeline::test::StreamRecorder;

namespace {

/// A listener on a free port that starts every stream with a recorder of its own.
struct Server {
    Server(EventLoop& loop, std::string_view at = "127.0.0.1:0", StreamListener::Options options = {}) {
        auto opened = StreamListener::open(
            loop, *SocketAddress::parse(at), nullptr, options,
            [this](std::unique_ptr<Stream> stream) {
                auto& peer = *peers.emplace_back(std::make_unique<StreamRecorder>());
                peer.echo = echo;
                peer.stream = std::move(stream);
                peer.stream->start(peer);
            },
            [](const SocketAddress&, const PeerCertificate&, std::string_view) {});
        REQUIRE(opened);
        listener = *std::move(opened);
    }
    SocketAddress address() const { return listener->local(); }

    bool echo = false;
    std::vector<std::unique_ptr<StreamRecorder>> peers;
    std::unique_ptr<StreamListener> listener;
};

void connect(StreamRecorder& client, EventLoop& loop, const SocketAddress& to, Stream::Options options = {}) {
    client.stream = Stream::connect(loop, {}, to, options, client);
}

/// A peer as simple as can be, that reads and writes only when the test says so.
Fd raw_connection(const SocketAddress& to, int receive_buffer = 0) {
    Fd fd(::socket(to.family(), SOCK_STREAM, 0));
    if (receive_buffer > 0)
        setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    REQUIRE(::connect(fd.get(), to.sa(), to.size()) == 0);
    return fd;
}

std::string read_to_end(const Fd& fd) {
    std::string all;
    char block[65'536];
    for (ssize_t got = 0; (got = ::recv(fd.get(), block, sizeof block, 0)) > 0;)
        all.append(block, static_cast<std::size_t>(got));
    return all;
}

} // namespace

TEST_SUITE_BEGIN("module/stream");

TEST_CASE("octets pass in both directions, on IPv4 and IPv6, and what was written before connecting too") {
    for (const std::string_view at : {"127.0.0.1:0", "[::1]:0"}) {
        EventLoop loop;
        Server server(loop, at);
        server.echo = true;
        StreamRecorder client;
        connect(client, loop, server.address());
        CHECK(client.stream->write("early "));
        REQUIRE(run_until(loop, [&] { return client.data == "early "; }));
        CHECK(client.connected);
        const std::string big(700'000, 'x');
        CHECK(client.stream->write(big));
        REQUIRE(run_until(loop, [&] { return client.data.size() == 6 + big.size(); }));
        CHECK(server.peers[0]->stream->remote() == client.stream->local());
        CHECK(client.stream->queued() == 0);
    }
}

TEST_CASE("a refused connection is reported later, with the address") {
    EventLoop loop;
    SocketAddress nobody;
    {
        const Server server(loop);
        nobody = server.address();
    }
    StreamRecorder client;
    connect(client, loop, nobody);
    CHECK_FALSE(client.closed);
    REQUIRE(run_until(loop, [&] { return client.closed; }));
    CHECK(client.reason == "cannot connect to " + nobody.str() + ": Connection refused");
    CHECK_FALSE(client.connected);
}

TEST_CASE("a connection from an address that is not ours is refused later, in words") {
    EventLoop loop;
    const Server server(loop);
    StreamRecorder client;
    client.stream = Stream::connect(loop, *SocketAddress::parse("192.0.2.1:0"), server.address(), {}, client);
    CHECK_FALSE(client.closed);
    REQUIRE(run_until(loop, [&] { return client.closed; }));
    CHECK(client.reason.find("cannot bind 192.0.2.1:0") == 0);
}

TEST_CASE("the peer's end of the connection is reported once") {
    EventLoop loop;
    Server server(loop);
    StreamRecorder client;
    connect(client, loop, server.address());
    REQUIRE(run_until(loop, [&] { return server.peers.size() == 1; }));
    server.peers[0]->stream.reset();
    REQUIRE(run_until(loop, [&] { return client.closed; }));
    CHECK(client.reason == "closed by the peer");
}

TEST_CASE("close sends what is queued first, even to a peer that has not stopped talking") {
    EventLoop loop;
    Server server(loop);
    const Fd peer = raw_connection(server.address());
    REQUIRE(::send(peer.get(), "never read", 10, 0) == 10);
    REQUIRE(run_until(loop, [&] { return server.peers.size() == 1; }));
    StreamRecorder& ours = *server.peers[0];
    REQUIRE(run_until(loop, [&] { return !ours.data.empty(); }));
    const std::string answer(200'000, 'y');
    CHECK(ours.stream->write(answer));
    ours.stream->close();
    CHECK_FALSE(ours.stream->write("too late"));
    REQUIRE(::send(peer.get(), "still talking", 13, 0) == 13);
    test::run_for(loop, 20ms);
    CHECK_FALSE(ours.closed);
    REQUIRE(::shutdown(peer.get(), SHUT_WR) == 0);
    CHECK(read_to_end(peer) == answer);
    REQUIRE(run_until(loop, [&] { return ours.closed; }));
    CHECK(ours.reason == "closed");
}

TEST_CASE("scenario 49: a reader too slow for its queue loses its connection, and only that one") {
    EventLoop loop;
    StreamListener::Options options;
    options.stream.max_queue_bytes = 100'000;
    Server server(loop, "127.0.0.1:0", options);
    const Fd slow = raw_connection(server.address(), 4'096);
    StreamRecorder other;
    REQUIRE(run_until(loop, [&] { return server.peers.size() == 1; }));
    connect(other, loop, server.address());
    REQUIRE(run_until(loop, [&] { return server.peers.size() == 2; }));
    StreamRecorder& ours = *server.peers[0];
    const std::string block(50'000, 'z');
    bool refused = false, told_inside = false;
    REQUIRE(run_until(loop, [&] {
        if (refused || ours.stream->write(block)) return refused;
        told_inside = ours.closed;
        return refused = true;
    }));
    CHECK_FALSE(told_inside);
    REQUIRE(run_until(loop, [&] { return ours.closed; }));
    CHECK(ours.reason == "slow reader: more than 100000 octets unsent");
    server.peers[1]->stream->write("fine");
    REQUIRE(run_until(loop, [&] { return other.data == "fine"; }));
}

TEST_CASE("a stream may be destroyed in its data callback") {
    struct Dropper final : Stream::User {
        void on_connected() override {}
        void on_data(std::string_view) override { stream.reset(); }
        void on_closed(std::string_view) override { FAIL("nobody is called after that"); }
        std::unique_ptr<Stream> stream;
    } client;
    EventLoop loop;
    Server server(loop);
    client.stream = Stream::connect(loop, {}, server.address(), {}, client);
    REQUIRE(run_until(loop, [&] { return server.peers.size() == 1; }));
    server.peers[0]->stream->write(std::string(300'000, 'x'));
    REQUIRE(run_until(loop, [&] { return !client.stream; }));
    REQUIRE(run_until(loop, [&] { return server.peers[0]->closed; }));
}

TEST_CASE("a connection that nobody answers ends with the handshake timer") {
    EventLoop loop;
    // A listener that never accepts, its backlog full: the next SYN is not answered.
    const Fd deaf(::socket(AF_INET, SOCK_STREAM, 0));
    const auto any = *SocketAddress::parse("127.0.0.1:0");
    REQUIRE(::bind(deaf.get(), any.sa(), any.size()) == 0);
    REQUIRE(::listen(deaf.get(), 0) == 0);
    sockaddr_storage raw{};
    socklen_t size = sizeof raw;
    REQUIRE(getsockname(deaf.get(), reinterpret_cast<sockaddr*>(&raw), &size) == 0);
    const auto target = SocketAddress::from(reinterpret_cast<sockaddr*>(&raw), size);
    const Fd filler = raw_connection(target);
    StreamRecorder client;
    connect(client, loop, target, {.handshake_timeout = 50ms});
    REQUIRE(run_until(loop, [&] { return client.closed; }));
    CHECK(client.reason == "no connection with " + target.str() + " within 0 s");
}

TEST_SUITE_END();
