// SPDX-License-Identifier: Apache-2.0
#include "net/timer_heap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>

using namespace std::chrono_literals;
using namespace wakeline::net;

namespace {

void run_all(TimerHeap& heap, TimePoint now) {
    while (const auto callback = heap.take_due(now))
        callback();
}

} // namespace

TEST_SUITE_BEGIN("net/timer_heap");

TEST_CASE("calls come out in time order, and in the order of arrival at the same instant") {
    TimerHeap heap;
    std::string order;
    heap.add(TimePoint{3s}, [&] { order += "d"; });
    heap.add(TimePoint{1s}, [&] { order += "a"; });
    heap.add(TimePoint{2s}, [&] { order += "b"; });
    heap.add(TimePoint{2s}, [&] { order += "c"; });
    CHECK(heap.next() == TimePoint{1s});
    run_all(heap, TimePoint{2s});
    CHECK(order == "abc");
    CHECK(heap.next() == TimePoint{3s});
}

TEST_CASE("an id that is gone removes nothing, although its place is used again") {
    TimerHeap heap;
    bool ran = false;
    const auto old = heap.add(TimePoint{1s}, [] {});
    heap.remove(old);
    heap.add(TimePoint{1s}, [&] { ran = true; });
    heap.remove(old);
    heap.remove(12345);
    run_all(heap, TimePoint{1s});
    CHECK(ran);
}

TEST_CASE("a callback that is removed may own timers of the same heap") {
    TimerHeap heap;
    struct Canceller {
        TimerHeap& heap;
        TimerHeap::Id id;
        ~Canceller() { heap.remove(id); }
    };
    const auto inner = heap.add(TimePoint{2s}, [] {});
    const auto owner = std::make_shared<std::unique_ptr<Canceller>>(new Canceller{heap, inner});
    const auto outer = heap.add(TimePoint{1s}, [moved = std::make_shared<Canceller>(heap, inner)] {});
    heap.remove(outer);
    CHECK(heap.size() == 0);
}

TEST_CASE("ten thousand timers added and removed at random keep their order") {
    TimerHeap heap;
    std::mt19937 random(1);
    std::multimap<int, TimerHeap::Id> model;
    std::vector<int> fired;
    for (int i = 0; i < 10'000; ++i) {
        if (!model.empty() && random() % 3 == 0) {
            const auto victim =
                std::next(model.begin(),
                          static_cast<std::ptrdiff_t>(random() % std::min<std::size_t>(model.size(), 50)));
            heap.remove(victim->second);
            model.erase(victim);
        } else {
            const int at = static_cast<int>(random() % 1000);
            model.emplace(at, heap.add(TimePoint{at * 1ms}, [&fired, at] { fired.push_back(at); }));
        }
    }
    CHECK(heap.size() == model.size());
    run_all(heap, TimePoint{10s});
    CHECK(std::ranges::is_sorted(fired));
    CHECK(fired.size() == model.size());
    CHECK(heap.size() == 0);
}

TEST_SUITE_END();
