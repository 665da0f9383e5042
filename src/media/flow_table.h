// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "media/ports.h"

namespace wakeline::media {

struct Leg;

/// What tells one stream's packets from another's on a shared port: our socket and the remote address.
struct FlowKey {
    std::array<std::uint8_t, 16> ip{}; // IPv4 as ::ffff:a.b.c.d
    std::uint16_t port = 0;            // network order: only compared
    SocketId socket = 0;

    static FlowKey of(SocketId socket, const sockaddr* address) noexcept;
    static FlowKey of(SocketId socket, const net::SocketAddress& address) noexcept {
        return of(socket, address.sa());
    }
    bool operator==(const FlowKey&) const = default;
};

/// Flows to legs: open addressing with linear probing in one flat array, at most half full. Only `put`
/// allocates, and only when it grows.
class FlowTable {
public:
    FlowTable();

    Leg* find(const FlowKey& key) const noexcept {
        for (std::size_t at = home(key);; at = (at + 1) & mask_) {
            const Slot& slot = slots_[at];
            if (slot.leg == nullptr || slot.key == key) return slot.leg;
        }
    }
    /// `find` will be asked soon: memory is slow.
    void expect(const FlowKey& key) const noexcept { __builtin_prefetch(&slots_[home(key)]); }
    /// Replaces who had the flow.
    void put(const FlowKey& key, Leg& leg);
    /// Nothing happens when the flow is another's by now.
    void erase(const FlowKey& key, const Leg& leg) noexcept;
    void reserve(std::size_t flows);
    std::size_t size() const noexcept { return size_; }

private:
    struct Slot {
        FlowKey key;
        Leg* leg = nullptr;
    };

    std::size_t home(const FlowKey& key) const noexcept;
    std::size_t position(const FlowKey& key) const noexcept;
    void grow();

    std::vector<Slot> slots_;
    std::size_t mask_ = 0, size_ = 0;
    std::uint64_t seed_; // secret, so that no sender can choose addresses that collide
};

} // namespace wakeline::media
