// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "media/media_socket.h"
#include "media/ports.h"
#include "net/timer.h"

namespace wakeline::media {

/// A range of ports of which every leg has a pair of its own, RTP on the even one. A pair that is given back
/// stays bound for a while, so that late packets reach nobody, and is the last to be used again.
class PortRange {
public:
    static constexpr net::Duration kLinger = std::chrono::seconds(15);

    /// Who reads the sockets.
    class Reader {
    public:
        virtual void on_socket_opened(const MediaSocket& socket) = 0;
        /// Called once; the reader closes it when it has stopped reading.
        virtual void on_socket_closed(MediaSocket socket) = 0;

    protected:
        ~Reader() = default;
    };
    struct Bounds {
        std::uint16_t low = 0, high = 0; // inclusive, even and odd

        /// "10000-19999"
        static Result<Bounds> parse(std::string_view text);
        bool contains(std::uint16_t port) const noexcept { return port >= low && port <= high; }
    };

    PortRange(Bounds bounds, net::SocketAddress address, SocketId first_id, net::TimerQueue& timers);
    void set_reader(Reader& reader) { reader_ = &reader; }

    Result<LocalPorts> acquire(MediaKind kind, unsigned dscp);
    void release(const LocalPorts& ports);
    const Bounds& bounds() const noexcept { return bounds_; }
    std::size_t free() const noexcept { return free_.size(); }

private:
    struct Pair {
        MediaSocket rtp, rtcp;
    };
    struct Leaving {
        net::TimePoint until;
        std::uint16_t port;
    };

    Result<Pair> open(std::uint16_t port, MediaKind kind, unsigned dscp);
    void close_due();

    Bounds bounds_;
    net::SocketAddress address_;
    SocketId first_id_;
    net::TimerQueue& timers_;
    Reader* reader_ = nullptr;
    std::deque<std::uint16_t> free_; // RTP ports, longest unused first
    std::unordered_map<std::uint16_t, Pair> used_;
    std::deque<Leaving> leaving_;
    net::Timer linger_;
};

} // namespace wakeline::media
