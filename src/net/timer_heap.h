// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "net/timer.h"

namespace wakeline::net {

/// Delayed calls in time order; those due at the same instant in the order in which they came. Adding and
/// removing cost O(log n) and no system call. Reads no clock.
class TimerHeap {
public:
    using Id = TimerQueue::Id;
    using Callback = TimerQueue::Callback;

    Id add(TimePoint due, Callback callback);
    /// Nothing happens for an id that is gone.
    void remove(Id id) noexcept;
    /// Takes out the first call if it is due at `now`; else the callback is empty.
    Callback take_due(TimePoint now);

    std::optional<TimePoint> next() const;
    std::size_t size() const noexcept { return heap_.size(); }

private:
    struct Entry {
        TimePoint due;
        std::uint64_t order;
        std::uint32_t slot;
        bool before(const Entry& other) const noexcept {
            return due != other.due ? due < other.due : order < other.order;
        }
    };
    struct Slot {
        Callback callback;
        std::uint64_t uses = 0; // makes ids of one slot differ
        std::size_t position = 0;
    };

    Callback take(std::size_t position) noexcept;
    void sink(std::size_t position) noexcept;
    void rise(std::size_t position) noexcept;
    void place(std::size_t position, const Entry& entry) noexcept;

    std::vector<Entry> heap_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::uint64_t last_order_ = 0;
};

} // namespace wakeline::net
