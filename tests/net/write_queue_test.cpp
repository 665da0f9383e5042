// SPDX-License-Identifier: Apache-2.0
#include "net/write_queue.h"

#include <doctest/doctest.h>

using wakeline::net::WriteQueue;

TEST_SUITE_BEGIN("net/write_queue");

TEST_CASE("octets leave in the order they came, in whatever pieces") {
    WriteQueue queue;
    std::string sent;
    for (int i = 0; i < 1000; ++i) {
        queue.add(std::to_string(i) + ' ');
        const auto piece = queue.front().substr(0, static_cast<std::size_t>(i % 7));
        sent += piece;
        queue.remove(piece.size());
    }
    sent += queue.front();
    std::string all;
    for (int i = 0; i < 1000; ++i)
        all += std::to_string(i) + ' ';
    CHECK(sent == all);
    queue.remove(queue.size());
    CHECK(queue.empty());
    CHECK(queue.front().empty());
}

TEST_SUITE_END();
