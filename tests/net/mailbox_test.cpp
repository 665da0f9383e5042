// SPDX-License-Identifier: Apache-2.0
#include "net/mailbox.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/outbox.h"

using namespace wakeline::net;

TEST_SUITE_BEGIN("net/mailbox");

TEST_CASE("letters of several threads all arrive, each thread's in order") {
    constexpr int kThreads = 4, kLetters = 2'000;
    EventLoop loop;
    Mailbox mailbox(loop);
    std::vector<int> next(kThreads, 0);
    int arrived = 0, disorder = 0;
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < kLetters; ++i)
                mailbox.post([&, t, i] {
                    if (next[static_cast<std::size_t>(t)]++ != i) ++disorder;
                    if (++arrived == kThreads * kLetters) loop.stop();
                });
        });
    loop.run();
    CHECK(arrived == kThreads * kLetters);
    CHECK(disorder == 0);
}

TEST_CASE("a letter may destroy the mailbox: the rest is destroyed unrun") {
    EventLoop loop;
    auto mailbox = std::make_unique<Mailbox>(loop);
    const auto witness = std::make_shared<int>(0);
    mailbox->post([&] { mailbox.reset(); });
    mailbox->post([witness] { ++*witness; });
    loop.run();
    CHECK(*witness == 0);
    CHECK(witness.use_count() == 1);
}

TEST_CASE("two loops talk by letters") {
    EventLoop here, there;
    Mailbox to_here(here), to_there(there);
    std::jthread thread([&] { there.run(); });
    int answer = 0;
    to_there.post([&] {
        to_here.post([&] {
            answer = 42;
            here.stop();
        });
    });
    here.run();
    to_there.post([&] { there.stop(); });
    thread.join();
    CHECK(answer == 42);
}

TEST_CASE("an outbox keeps the order, and sends what can wait with what cannot") {
    EventLoop here, there;
    Mailbox to_there(there);
    std::string order;
    {
        Outbox outbox(here, to_there);
        outbox.post_within(std::chrono::hours(1), [&] { order += "first "; });
        outbox.post([&] { order += "second "; });
        here.run(); // one turn: nothing else is left to wait for
        to_there.post([&] { there.stop(); });
        there.run();
        CHECK(order == "first second ");
        outbox.post_within(std::chrono::milliseconds(1), [&] { order += "third "; });
        here.run();
        outbox.post_within(std::chrono::hours(1), [&] { order += "fourth"; });
    }
    to_there.post([&] { there.stop(); });
    there.run();
    CHECK(order == "first second third fourth");
}

TEST_SUITE_END();
