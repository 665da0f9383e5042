// SPDX-License-Identifier: Apache-2.0
#include "net/timer_heap.h"

#include "base/assert.h"

namespace wakeline::net {

namespace {

// An id is the use count of a slot above its number: 16 million timers at once, 10^12 uses of each slot.
constexpr unsigned kSlotBits = 24;
constexpr std::uint64_t kSlotMask = (1u << kSlotBits) - 1;

} // namespace

TimerHeap::Id TimerHeap::add(TimePoint due, Callback callback) {
    if (free_.empty()) {
        WAKELINE_ASSERT(slots_.size() < kSlotMask);
        free_.reserve(slots_.size() + 1); // so that take() never allocates
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    Slot& slot = slots_[number];
    slot.callback = std::move(callback);
    ++slot.uses;
    heap_.push_back({due, ++last_order_, number});
    slot.position = heap_.size() - 1;
    rise(slot.position);
    return slot.uses << kSlotBits | number;
}

void TimerHeap::remove(Id id) noexcept {
    const std::uint64_t number = id & kSlotMask;
    if (number >= slots_.size() || slots_[number].uses != id >> kSlotBits || !slots_[number].callback) return;
    // Destroyed here, when the heap is whole again: it may own timers of this heap.
    const Callback gone = take(slots_[number].position);
}

TimerHeap::Callback TimerHeap::take_due(TimePoint now) {
    if (heap_.empty() || heap_.front().due > now) return {};
    return take(0);
}

std::optional<TimePoint> TimerHeap::next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().due;
}

TimerHeap::Callback TimerHeap::take(std::size_t position) noexcept {
    const std::uint32_t number = heap_[position].slot;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (position < heap_.size()) {
        place(position, last);
        rise(position);
        sink(slots_[last.slot].position);
    }
    free_.push_back(number);
    return std::exchange(slots_[number].callback, nullptr);
}

void TimerHeap::rise(std::size_t position) noexcept {
    const Entry entry = heap_[position];
    while (position > 0) {
        const std::size_t parent = (position - 1) / 2;
        if (!entry.before(heap_[parent])) break;
        place(position, heap_[parent]);
        position = parent;
    }
    place(position, entry);
}

void TimerHeap::sink(std::size_t position) noexcept {
    const Entry entry = heap_[position];
    for (;;) {
        std::size_t child = 2 * position + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
        if (!heap_[child].before(entry)) break;
        place(position, heap_[child]);
        position = child;
    }
    place(position, entry);
}

void TimerHeap::place(std::size_t position, const Entry& entry) noexcept {
    heap_[position] = entry;
    slots_[entry.slot].position = position;
}

} // namespace wakeline::net
