// SPDX-License-Identifier: Apache-2.0
#include "media/flow_table.h"

#include <netinet/in.h>

#include <utility>

#include "base/random.h"

namespace wakeline::media {

FlowKey FlowKey::of(SocketId socket, const sockaddr* address) noexcept {
    FlowKey key;
    key.socket = socket;
    if (address->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
        std::memcpy(key.ip.data(), &v6->sin6_addr, key.ip.size());
        key.port = v6->sin6_port;
    } else if (address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        key.ip[10] = key.ip[11] = 0xff;
        std::memcpy(&key.ip[12], &v4->sin_addr, 4);
        key.port = v4->sin_port;
    }
    return key;
}

FlowTable::FlowTable() : slots_(64), mask_(63) {
    seed_ = std::uint64_t{random_u32()} << 32 | random_u32() | 1;
}

std::size_t FlowTable::home(const FlowKey& key) const noexcept {
    std::uint64_t high = 0, low = 0;
    std::memcpy(&high, key.ip.data(), 8);
    std::memcpy(&low, key.ip.data() + 8, 8);
    std::uint64_t hash = (high ^ seed_) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    hash = (hash ^ low) * seed_;
    hash ^= hash >> 29;
    hash = (hash ^ (std::uint64_t{key.port} << 16 | key.socket)) * 0xbf58476d1ce4e5b9u;
    return static_cast<std::size_t>(hash ^ hash >> 32) & mask_;
}

std::size_t FlowTable::position(const FlowKey& key) const noexcept {
    std::size_t at = home(key);
    while (slots_[at].leg != nullptr && !(slots_[at].key == key))
        at = (at + 1) & mask_;
    return at;
}

void FlowTable::put(const FlowKey& key, Leg& leg) {
    reserve(size_ + 1);
    Slot& slot = slots_[position(key)];
    if (slot.leg == nullptr) ++size_;
    slot = {key, &leg};
}

void FlowTable::erase(const FlowKey& key, const Leg& leg) noexcept {
    std::size_t hole = position(key);
    if (slots_[hole].leg != &leg) return;
    // Entries behind the hole move up as long as that leaves them reachable from their home.
    for (std::size_t next = (hole + 1) & mask_; slots_[next].leg != nullptr; next = (next + 1) & mask_) {
        const std::size_t wanted = home(slots_[next].key);
        if (((next - wanted) & mask_) < ((next - hole) & mask_)) continue;
        slots_[hole] = slots_[next];
        hole = next;
    }
    slots_[hole].leg = nullptr;
    --size_;
}

void FlowTable::reserve(std::size_t flows) {
    while (2 * (flows + 1) > slots_.size())
        grow();
}

void FlowTable::grow() {
    auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old)
        if (slot.leg != nullptr) slots_[position(slot.key)] = slot;
}

} // namespace wakeline::media
