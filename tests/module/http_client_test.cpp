// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <doctest/doctest.h>

#include <vector>

#include "module/push_service.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::http;
using test::PushService;

namespace {

/// A client of the fake service's token endpoint, which refuses everything with a JSON body, or as told.
struct Side {
    explicit Side(const PushService& service, std::size_t max_waiting = 100) {
        Client::Options options;
        options.origin = service.origin();
        options.ca = service.file("ca.pem");
        options.max_waiting = max_waiting;
        auto made = Client::create(library, loop, options);
        REQUIRE(made);
        client = std::move(*made);
    }
    Client::RequestId send(net::Duration timeout = 3s) {
        Request request;
        request.path = "/token";
        request.body = "x";
        request.timeout = timeout;
        return client->send(request, {}, [this](const Response& response) {
            responses.push_back(response);
            if (responses.size() == awaited) loop.stop();
        });
    }
    void await(std::size_t count) {
        awaited = count;
        net::Timer limit(loop);
        limit.arm(5s, [this] { loop.stop(); });
        if (responses.size() < count) loop.run();
        REQUIRE(responses.size() == count);
    }

    Library library;
    net::EventLoop loop;
    std::unique_ptr<Client> client;
    std::vector<Response> responses;
    std::size_t awaited = 0;
};

} // namespace

TEST_SUITE_BEGIN("module/http_client");

TEST_CASE("an answer arrives whole: status, headers in lower case, body") {
    PushService service(
        {"--answer", R"({"match": {"service": "oauth"}, "status": 429, "headers": {"Retry-After": "7"}})"});
    Side side(service);
    side.send();
    CHECK(side.responses.empty());
    side.await(1);
    CHECK(side.responses[0].status == 429);
    CHECK(side.responses[0].header("retry-after") == "7");
    CHECK(side.responses[0].header("content-type") == "application/json");
    CHECK(side.responses[0].body.starts_with("{\"error\""));
}

TEST_CASE("an answer without bounds is cut off, and the next one arrives") {
    PushService service;
    service.order({{"do", "answer"},
                   {"match", {{"service", "oauth"}}},
                   {"status", 400},
                   {"body", std::string(200'000, 'x')},
                   {"times", 1}});
    Side side(service);
    side.send();
    side.await(1);
    CHECK_FALSE(side.responses[0].answered());
    CHECK_FALSE(side.responses[0].error.empty());
    side.send();
    side.await(2);
    CHECK(side.responses[1].status == 400);
}

TEST_CASE(
    "requests beyond the bound fail at once, but not inside the call; the others time out each for itself") {
    PushService service;
    service.stop();
    Side side(service, 3);
    for (int i = 0; i < 6; ++i) // one runs, three wait
        side.send(300ms);
    CHECK(side.responses.empty());
    side.await(2);
    CHECK(side.responses[0].error.starts_with("too many requests wait for https://"));
    side.await(6);
    for (std::size_t i = 2; i < 6; ++i)
        CHECK(side.responses[i].timed_out);
    CHECK(side.client->status().waiting == 0);
    CHECK(side.client->status().running == 0);
}

TEST_CASE("a cancelled request is heard of no more and makes room for the next") {
    PushService service;
    service.stop();
    Side side(service);
    const auto first = side.send();
    side.send();
    side.client->cancel(first);
    service.go_on();
    side.await(1);
    CHECK(side.responses[0].status == 400);
    CHECK(side.client->status().running == 0);
}

TEST_CASE("a client dies quietly with requests under way") {
    PushService service;
    service.stop();
    Side side(service);
    side.send();
    side.send();
    net::Timer soon(side.loop);
    soon.arm(20ms, [&side] { side.loop.stop(); });
    side.loop.run();
    side.client.reset();
    CHECK(side.responses.empty());
}

TEST_CASE("only https leaves this machine") {
    Library library;
    net::EventLoop loop;
    const auto refused = [&](std::string origin) {
        Client::Options options;
        options.origin = std::move(origin);
        const auto made = Client::create(library, loop, options);
        return made ? "" : made.error().message;
    };
    CHECK(refused("http://192.0.2.1:1") == "http://192.0.2.1:1 is not an https:// address");
    CHECK_FALSE(refused("http://127.0.0.1.example.com").empty());
    CHECK_FALSE(refused("ftp://127.0.0.1").empty());
    CHECK(refused("http://127.0.0.1:1").empty());
    CHECK(refused("http://localhost/").empty());
    CHECK(refused("https://192.0.2.1").empty());
}

TEST_SUITE_END();
