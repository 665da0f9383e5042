// SPDX-License-Identifier: Apache-2.0
#include "media/packet_pump.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <system_error>

#include "base/assert.h"

namespace wakeline::media {

namespace {

constexpr int kBatchesInARow = 8; // of one socket, before the others have their turn
constexpr net::Duration kMeasure = std::chrono::milliseconds(20);
/// Packets per second. Between the two, it stays as it is.
constexpr double kPaceFrom = 1'000, kPaceUntil = 500;

} // namespace

PacketPump::PacketPump(net::EventLoop& loop, Relay& relay, MediaMetrics& metrics,
                       std::chrono::microseconds pacing)
    : loop_(loop), relay_(relay), metrics_(metrics), pacing_(pacing), ready_(epoll_create1(EPOLL_CLOEXEC)),
      ticker_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      ready_watch_(loop, ready_.get(), [this](net::Readiness) { on_readable(); }),
      tick_watch_(loop, ticker_.get(), [this](net::Readiness) { on_tick(); }) {
    if (!ready_ || !ticker_) throw std::system_error(errno, std::generic_category(), "media sockets");
    for (std::size_t i = 0; i < kBatch; ++i) {
        packets_[i].room = std::span(room_).subspan(i * kPacketRoom, kPacketRoom);
        in_.parts[i] = {packets_[i].room.data(), kPacketRoom - SrtpSession::kTrailerRoom};
        msghdr& header = in_.messages[i].msg_hdr;
        header.msg_name = &packets_[i].from;
        header.msg_namelen = sizeof packets_[i].from;
        header.msg_iov = &in_.parts[i];
        header.msg_iovlen = 1;
    }
    measured_since_ = loop_.now();
    ready_watch_.want({.readable = true});
}

PacketPump::~PacketPump() = default;

void PacketPump::add(SocketId id, int fd) {
    sockets_[id] = fd;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = id;
    WAKELINE_ASSERT(epoll_ctl(ready_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
}

void PacketPump::remove(SocketId id) {
    const auto found = sockets_.find(id);
    if (found == sockets_.end()) return;
    static_cast<void>(epoll_ctl(ready_.get(), EPOLL_CTL_DEL, found->second, nullptr));
    sockets_.erase(found);
}

void PacketPump::send(SocketId from, const net::SocketAddress& to, ByteView packet) {
    const auto socket = sockets_.find(from);
    const bool sent = socket != sockets_.end() &&
                      ::sendto(socket->second, packet.data(), packet.size(), 0, to.sa(), to.size()) >= 0;
    if (!sent) metrics_.send_failed.add();
}

void PacketPump::on_readable() { measure(drain()); }

void PacketPump::on_tick() {
    measure(drain());
    if (paced_) rest();
}

void PacketPump::measure(std::size_t packets) {
    measured_ += packets;
    const net::TimePoint now = loop_.now();
    const std::chrono::duration<double> passed = now - measured_since_;
    if (pacing_.count() == 0 || now - measured_since_ < kMeasure) return;
    const double rate = static_cast<double>(measured_) / passed.count();
    measured_ = 0;
    measured_since_ = now;
    if (rate > kPaceFrom) pace(true);
    if (rate < kPaceUntil) pace(false);
}

void PacketPump::pace(bool on) {
    if (on == paced_) return;
    paced_ = on;
    rest();
    tick_watch_.want({.readable = on});
    ready_watch_.want({.readable = !on});
}

/// The ticker goes off once, a while after the last work: setting it also makes it unreadable.
void PacketPump::rest() {
    itimerspec when{};
    if (paced_) when.it_value.tv_nsec = std::chrono::nanoseconds(pacing_).count();
    static_cast<void>(timerfd_settime(ticker_.get(), 0, &when, nullptr));
}

std::size_t PacketPump::drain() {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(ready_.get(), events.data(), static_cast<int>(events.size()), 0);
    std::size_t total = 0;
    for (int i = 0; i < count; ++i) {
        const auto id = static_cast<SocketId>(events[static_cast<std::size_t>(i)].data.u32);
        const auto socket = sockets_.find(id);
        if (socket == sockets_.end()) continue;
        for (int batch = 0; batch < kBatchesInARow; ++batch) {
            const std::size_t got = receive(id, socket->second);
            total += got;
            if (got < kBatch) break;
        }
    }
    return total;
}

std::size_t PacketPump::receive(SocketId id, int fd) {
    const int got = recvmmsg(fd, in_.messages.data(), kBatch, 0, nullptr);
    if (got <= 0) return 0;
    const auto count = static_cast<std::size_t>(got);
    for (std::size_t i = 0; i < count; ++i) {
        msghdr& header = in_.messages[i].msg_hdr;
        const bool whole = (header.msg_flags & MSG_TRUNC) == 0;
        packets_[i].size = whole ? in_.messages[i].msg_len : 0; // nothing that size is RTP
        header.msg_namelen = sizeof packets_[i].from;           // the kernel has shortened it
        packets_[i].from_socket = id;
    }
    relay_.process(std::span(packets_).first(count), loop_.now());
    send_batch(count);
    return count;
}

/// What goes out of one socket leaves together.
void PacketPump::send_batch(std::size_t count) {
    std::array<SocketId, kBatch> sockets;
    std::size_t known = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (packets_[i].to == nullptr) continue;
        const auto end = sockets.begin() + known;
        if (std::find(sockets.begin(), end, packets_[i].to_socket) == end)
            sockets[known++] = packets_[i].to_socket;
    }
    for (std::size_t s = 0; s < known; ++s) {
        std::size_t ready = 0;
        for (std::size_t i = 0; i < count; ++i) {
            Packet& packet = packets_[i];
            if (packet.to == nullptr || packet.to_socket != sockets[s]) continue;
            out_.parts[ready] = {packet.room.data(), packet.size};
            msghdr& header = out_.messages[ready].msg_hdr;
            header.msg_name = const_cast<sockaddr*>(packet.to);
            header.msg_namelen = packet.to_size;
            header.msg_iov = &out_.parts[ready++];
            header.msg_iovlen = 1;
        }
        send_from(sockets[s], ready);
    }
}

void PacketPump::send_from(SocketId id, std::size_t count) {
    const auto socket = sockets_.find(id);
    if (socket == sockets_.end()) return metrics_.send_failed.add(static_cast<std::int64_t>(count));
    std::size_t done = 0;
    while (done < count) {
        const int sent =
            sendmmsg(socket->second, &out_.messages[done], static_cast<unsigned>(count - done), 0);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
            continue;
        }
        if (errno == EINTR) continue;
        const bool full = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
        // A full buffer takes none of the rest; any other error is this packet's own.
        const std::size_t lost = full ? count - done : 1;
        metrics_.send_failed.add(static_cast<std::int64_t>(lost));
        done += lost;
    }
}

} // namespace wakeline::media
