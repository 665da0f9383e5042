// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>

#include "net/deferred.h"
#include "net/fd_watch.h"
#include "net/socket.h"

namespace wakeline::net {

namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMaxDatagram = 65'536;

union PacketInfo { // which of our addresses: IP_PKTINFO or IPV6_PKTINFO
    cmsghdr align;
    std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> bytes;
};

SocketAddress destination_of(msghdr& message, std::uint16_t port) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info;
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            const sockaddr_in v4{AF_INET, htons(port), info.ipi_addr, {}};
            return SocketAddress::from(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
        }
        if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info;
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            const sockaddr_in6 v6{AF_INET6, htons(port), 0, info.ipi6_addr, 0};
            return SocketAddress::from(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
        }
    }
    return {};
}

template <class Info>
void attach(msghdr& message, PacketInfo& room, int level, int type, const Info& info) {
    message.msg_control = room.bytes.data();
    message.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = level;
    part->cmsg_type = type;
    part->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(part), &info, sizeof info);
}

void set_source(msghdr& message, PacketInfo& room, const SocketAddress& from) {
    room = {};
    if (from.is_v6()) {
        in6_pktinfo info{};
        info.ipi6_addr = reinterpret_cast<const sockaddr_in6*>(from.sa())->sin6_addr;
        attach(message, room, IPPROTO_IPV6, IPV6_PKTINFO, info);
    } else {
        in_pktinfo info{};
        info.ipi_spec_dst = reinterpret_cast<const sockaddr_in*>(from.sa())->sin_addr;
        attach(message, room, IPPROTO_IP, IP_PKTINFO, info);
    }
}

} // namespace

struct UdpSocket::State {
    struct Outgoing {
        SocketAddress to, from;
        std::string data;
    };

    State(EventLoop& l, Fd socket, Options o, Receiver r)
        : loop(l), options(o), receiver(std::move(r)), fd(std::move(socket)), local(local_address(fd)),
          any_address(local.is_unspecified()), arrived(local), flush_later(l),
          watch(l, fd.get(), [this](Readiness ready) { on_ready(ready); }) {
        watch.want({.readable = true});
    }

    void on_ready(Readiness ready);
    void receive();
    void flush();
    std::size_t send_batch();

    EventLoop& loop;
    const Options options;
    const Receiver receiver;
    Fd fd;
    const SocketAddress local;
    const bool any_address;
    SocketAddress arrived;
    std::deque<Outgoing> queue;
    std::size_t expected = 4; // datagrams in the next batch
    std::uint64_t dropped = 0;
    bool blocked = false;   // waiting for room in the socket buffer
    bool abandoned = false; // destroyed in the receiver
    Deferred flush_later;
    FdWatch watch;
};

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(EventLoop& loop, const SocketAddress& address,
                                                   Options options, Receiver receiver) {
    auto fd = new_socket(address, SOCK_DGRAM);
    if (!fd) return fd.error();
    if (options.reuse_port) set_flag(*fd, SOL_SOCKET, SO_REUSEPORT);
    if (options.buffer_bytes > 0) {
        set_flag(*fd, SOL_SOCKET, SO_RCVBUF, options.buffer_bytes);
        set_flag(*fd, SOL_SOCKET, SO_SNDBUF, options.buffer_bytes);
    }
    set_dscp(*fd, address.family(), options.dscp);
    if (address.is_unspecified() && address.is_v6())
        set_flag(*fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    else if (address.is_unspecified())
        set_flag(*fd, IPPROTO_IP, IP_PKTINFO);
    if (const Status bound = bind_socket(*fd, address); !bound) return bound.error();
    return std::unique_ptr<UdpSocket>(
        new UdpSocket(std::make_unique<State>(loop, *std::move(fd), options, std::move(receiver))));
}

UdpSocket::UdpSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}

UdpSocket::~UdpSocket() {
    if (!state_->queue.empty()) state_->flush(); // an answer queued in this turn still leaves
    state_->abandoned = true;
    state_->watch.want({});
    state_->flush_later.cancel();
    state_->fd.reset(); // the port is free at once
    EventLoop& loop = state_->loop;
    loop.defer_delete(std::move(state_));
}

void UdpSocket::send(const SocketAddress& to, std::string data, const SocketAddress& from) {
    State& s = *state_;
    if (s.queue.size() >= s.options.max_queue) {
        ++s.dropped;
        return;
    }
    s.queue.push_back({to, from, std::move(data)});
    if (!s.blocked) s.flush_later.arm([&s] { s.flush(); });
}

const SocketAddress& UdpSocket::local() const { return state_->local; }
const SocketAddress& UdpSocket::arrived_at() const { return state_->arrived; }
std::uint64_t UdpSocket::dropped() const { return state_->dropped; }

void UdpSocket::State::on_ready(Readiness ready) {
    if (ready.writable) flush();
    if (ready.readable) receive();
}

/// One batch a turn: a flood on one socket does not starve the others.
void UdpSocket::State::receive() {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> rooms;
    std::array<sockaddr_storage, kBatch> sources;
    std::array<PacketInfo, kBatch> infos;
    char* buffer = loop.scratch(kBatch * kMaxDatagram).data();
    for (std::size_t i = 0; i < expected; ++i) {
        msghdr& header = messages[i].msg_hdr;
        rooms[i] = {buffer + i * kMaxDatagram, kMaxDatagram};
        header.msg_iov = &rooms[i];
        header.msg_iovlen = 1;
        header.msg_name = &sources[i];
        header.msg_namelen = sizeof sources[i];
        if (any_address) {
            header.msg_control = infos[i].bytes.data();
            header.msg_controllen = infos[i].bytes.size();
        }
    }
    const int got = ::recvmmsg(fd.get(), messages.data(), static_cast<unsigned>(expected), 0, nullptr);
    if (got <= 0) return; // nothing there, or an error the kernel reports once
    const auto count = static_cast<std::size_t>(got);
    if (count == expected) loop.more_waits();
    expected = std::clamp<std::size_t>(2 * count, 4, kBatch);
    for (std::size_t i = 0; i < count && !abandoned; ++i) {
        msghdr& header = messages[i].msg_hdr;
        if (any_address) arrived = destination_of(header, local.port());
        receiver(SocketAddress::from(reinterpret_cast<sockaddr*>(&sources[i]), header.msg_namelen),
                 {static_cast<char*>(rooms[i].iov_base), messages[i].msg_len});
    }
}

void UdpSocket::State::flush() {
    while (!queue.empty()) {
        const std::size_t sent = send_batch();
        if (sent > 0) {
            queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        queue.pop_front(); // this one the system will not send: too long, no route, forbidden
        ++dropped;
    }
    blocked = !queue.empty();
    watch.want({.readable = true, .writable = blocked});
}

/// How many of the first datagrams the kernel took; 0 with errno set when it refused the first.
std::size_t UdpSocket::State::send_batch() {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts;
    std::array<PacketInfo, kBatch> infos;
    const std::size_t count = std::min(queue.size(), kBatch);
    for (std::size_t i = 0; i < count; ++i) {
        Outgoing& out = queue[i];
        msghdr& header = messages[i].msg_hdr;
        parts[i] = {out.data.data(), out.data.size()};
        header.msg_iov = &parts[i];
        header.msg_iovlen = 1;
        header.msg_name = const_cast<sockaddr*>(out.to.sa());
        header.msg_namelen = out.to.size();
        if (any_address && out.from.valid() && !out.from.is_unspecified())
            set_source(header, infos[i], out.from);
    }
    const int sent = ::sendmmsg(fd.get(), messages.data(), static_cast<unsigned>(count), 0);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

} // namespace wakeline::net
