// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

#include "media/media_metrics.h"
#include "media/packet_io.h"
#include "media/relay.h"
#include "net/event_loop.h"
#include "net/fd.h"
#include "net/fd_watch.h"

namespace wakeline::media {

/// Moves packets between sockets and the relay, 64 at a time. Blocks while little comes; under load it lets
/// packets gather for `pacing` instead of waking for each, which is what costs most.
class PacketPump final : public PacketIo {
public:
    static constexpr std::chrono::microseconds kPacing{500};

    /// `pacing` of 0: woken by every packet.
    PacketPump(net::EventLoop& loop, Relay& relay, MediaMetrics& metrics,
               std::chrono::microseconds pacing = kPacing);
    ~PacketPump() override;
    PacketPump(const PacketPump&) = delete;
    PacketPump& operator=(const PacketPump&) = delete;

    void add(SocketId id, int fd) override;
    void remove(SocketId id) override;
    void send(SocketId from, const net::SocketAddress& to, ByteView packet) override;

private:
    static constexpr std::size_t kBatch = 64;
    static constexpr std::size_t kPacketRoom = 2'048; // an Ethernet frame and the SRTP trailer

    std::size_t drain();
    std::size_t receive(SocketId id, int fd);
    void send_batch(std::size_t count);
    void send_from(SocketId id, std::size_t count);
    void on_readable();
    void on_tick();
    void measure(std::size_t packets);
    void pace(bool on);
    void rest();

    net::EventLoop& loop_;
    Relay& relay_;
    MediaMetrics& metrics_;
    const std::chrono::microseconds pacing_;
    net::Fd ready_, ticker_; // an epoll set of the sockets, and a timer finer than the loop's
    std::unordered_map<SocketId, int> sockets_;

    std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(kBatch * kPacketRoom);
    std::array<Packet, kBatch> packets_;
    struct Batch {
        std::array<mmsghdr, kBatch> messages{};
        std::array<iovec, kBatch> parts{};
    };
    Batch in_, out_; // `in_` is filled in once, but for what the kernel overwrites

    bool paced_ = false;
    std::size_t measured_ = 0;
    net::TimePoint measured_since_{};
    net::FdWatch ready_watch_, tick_watch_;
};

} // namespace wakeline::media
