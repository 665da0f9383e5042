// SPDX-License-Identifier: Apache-2.0
#include "http/multi.h"

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "net/fd.h"
#include "net/socket.h"

using namespace wakeline;

namespace {

/// Takes its transfer back as soon as the connection is begun.
struct Withdrawer final : http::Multi::User {
    void on_finished(CURL*, CURLcode) override {}
    void on_turn() override {
        if (multi->opened() == 0) return;
        multi->remove(easy.get());
        loop.stop();
    }
    void on_stirred() override {}

    net::EventLoop loop;
    http::Multi* multi = nullptr;
    CHandle<CURL, curl_easy_cleanup> easy{curl_easy_init()};
};

} // namespace

TEST_SUITE_BEGIN("module/http_multi");

TEST_CASE("a socket that libcurl closed in silence is not looked for under its number again") {
    auto listener = net::new_socket(*net::SocketAddress::parse("127.0.0.1", 0), SOCK_STREAM);
    REQUIRE(listener);
    REQUIRE(net::bind_socket(*listener, *net::SocketAddress::parse("127.0.0.1", 0)));
    REQUIRE(::listen(listener->get(), 1) == 0);
    const auto port = net::local_address(*listener).port();

    http::Library library;
    Withdrawer user;
    http::Multi multi(library, user.loop, {}, user);
    user.multi = &multi;
    curl_easy_setopt(user.easy.get(), CURLOPT_URL, ("https://127.0.0.1:" + std::to_string(port)).c_str());
    multi.add(user.easy.get());
    user.loop.run();
    CHECK(multi.opened() == 1);
    CHECK(multi.connections() == 0);

    std::array<std::array<int, 2>, 4> others{}; // one of them has the number now
    for (auto& pair : others)
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
    multi.break_connections();
    for (const auto& pair : others) {
        CHECK(::send(pair[0], "x", 1, MSG_NOSIGNAL) == 1);
        CHECK(::send(pair[1], "x", 1, MSG_NOSIGNAL) == 1);
        ::close(pair[0]);
        ::close(pair[1]);
    }
}

TEST_SUITE_END();
