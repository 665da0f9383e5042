// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "net/fd.h"
#include "net/socket_address.h"

namespace wakeline::bench {

/// One socket that speaks for many peers, each with a loopback address of its own, in batches.
class Swarm {
public:
    static constexpr std::size_t kRoom = 512;

    Swarm();
    std::uint16_t port() const;

    /// Where to write the next packet, which `push` sends soon.
    std::span<std::uint8_t> room() { return slots_[used_].data; }
    void push(std::size_t size, const in_addr& from, const net::SocketAddress& to);
    void flush();

    struct Arrival {
        std::span<std::uint8_t> data; // to be decrypted in place
        in_addr peer;                 // which of ours it came to
        net::SocketAddress from;
        std::int64_t at_ns; // by the kernel, CLOCK_REALTIME
    };
    /// All that has come.
    void receive(const std::function<void(const Arrival&)>& take);

private:
    static constexpr std::size_t kBatch = 64;
    struct Slot {
        std::array<std::uint8_t, kRoom> data;
        std::array<char, 128> control;
        sockaddr_in address;
        iovec part;
    };
    void take_batch(std::size_t count, const std::function<void(const Arrival&)>& take);

    net::Fd fd_;
    std::vector<Slot> slots_ = std::vector<Slot>(kBatch), arrivals_ = std::vector<Slot>(kBatch);
    std::array<mmsghdr, kBatch> outgoing_{}, incoming_{};
    std::size_t used_ = 0;
};

} // namespace wakeline::bench
