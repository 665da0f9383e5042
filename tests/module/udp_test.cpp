// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::net;

namespace {

SocketAddress address(std::string_view text) { return *SocketAddress::parse(text); }

std::unique_ptr<UdpSocket> open(EventLoop& loop, std::string_view at, UdpSocket::Receiver receiver) {
    auto socket = UdpSocket::open(loop, address(at), {}, std::move(receiver));
    REQUIRE(socket);
    return *std::move(socket);
}

} // namespace

TEST_SUITE_BEGIN("module/udp");

TEST_CASE("datagrams of one turn arrive whole and in order, on IPv4 and IPv6") {
    for (const std::string_view at : {"127.0.0.1:0", "[::1]:0"}) {
        EventLoop loop;
        std::vector<std::string> seen;
        std::unique_ptr<UdpSocket> a, b;
        b = open(loop, at, [&](const SocketAddress& from, std::string_view data) {
            CHECK(from == a->local());
            seen.emplace_back(data);
            if (seen.size() == 150) loop.stop();
        });
        a = open(loop, at, [](const SocketAddress&, std::string_view) {});
        for (int i = 0; i < 150; ++i)
            a->send(b->local(), std::to_string(i));
        loop.run();
        REQUIRE(seen.size() == 150);
        CHECK(seen.front() == "0");
        CHECK(seen.back() == "149");
    }
}

TEST_CASE("a datagram of the greatest size passes, a longer one is counted as dropped") {
    EventLoop loop;
    std::size_t size = 0;
    auto b = open(loop, "127.0.0.1:0", [&](const SocketAddress&, std::string_view data) {
        size = data.size();
        loop.stop();
    });
    auto a = open(loop, "127.0.0.1:0", [](const SocketAddress&, std::string_view) {});
    a->send(b->local(), std::string(65'508, 'x'));
    a->send(b->local(), std::string(65'507, 'x'));
    loop.run();
    CHECK(size == 65'507);
    CHECK(a->dropped() == 1);
}

TEST_CASE("a socket bound to all addresses knows where a datagram was sent to, and answers from there") {
    for (const auto& [any, at] : {std::pair{"0.0.0.0:0", "127.0.0.3"}, std::pair{"[::]:0", "::1"}}) {
        EventLoop loop;
        std::unique_ptr<UdpSocket> server, client;
        SocketAddress answered_from;
        server = open(loop, any, [&](const SocketAddress& from, std::string_view data) {
            server->send(from, std::string(data), server->arrived_at());
        });
        client = open(loop, std::string_view(any).starts_with('[') ? "[::1]:0" : "127.0.0.1:0",
                      [&](const SocketAddress& from, std::string_view) {
                          answered_from = from;
                          loop.stop();
                      });
        client->send(*SocketAddress::parse(at, server->local().port()), "ping");
        loop.run();
        CHECK(answered_from.ip() == at);
        CHECK(answered_from.port() == server->local().port());
    }
}

TEST_CASE("a socket may be destroyed while it receives, and what it queued still leaves") {
    EventLoop loop;
    std::unique_ptr<UdpSocket> a, b;
    int received = 0;
    bool answered = false;
    b = open(loop, "127.0.0.1:0", [&](const SocketAddress& from, std::string_view) {
        ++received;
        b->send(from, "bye");
        b.reset();
    });
    a = open(loop, "127.0.0.1:0", [&](const SocketAddress&, std::string_view data) {
        answered = data == "bye";
        loop.stop();
    });
    const SocketAddress target = b->local();
    for (int i = 0; i < 10; ++i)
        a->send(target, "x");
    loop.run();
    CHECK(received == 1);
    CHECK(answered);
}

TEST_CASE("a port in use is an error that says so") {
    EventLoop loop;
    auto a = open(loop, "127.0.0.1:0", [](const SocketAddress&, std::string_view) {});
    const auto second = UdpSocket::open(loop, a->local(), {}, [](const SocketAddress&, std::string_view) {});
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("cannot bind " + a->local().str()) == 0);
}

TEST_SUITE_END();
