// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/swarm.h"

#include <netinet/in.h>

#include <cstring>
#include <ctime>

#include "media/media_socket.h"
#include "net/socket.h"

namespace wakeline::bench {

Swarm::Swarm() : fd_(*media::MediaSocket::open(*net::SocketAddress::parse("0.0.0.0", 0), 0)) {
    net::set_flag(fd_, IPPROTO_IP, IP_PKTINFO, 1);
    net::set_flag(fd_, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    for (const int buffer : {SO_RCVBUFFORCE, SO_SNDBUFFORCE}) // what is lost here is not the relay's loss
        net::set_flag(fd_, SOL_SOCKET, buffer, 64 << 20);
}

std::uint16_t Swarm::port() const { return net::local_address(fd_).port(); }

void Swarm::push(std::size_t size, const in_addr& from, const net::SocketAddress& to) {
    Slot& slot = slots_[used_];
    slot.part = {slot.data.data(), size};
    std::memcpy(&slot.address, to.sa(), sizeof slot.address);
    msghdr& header = outgoing_[used_++].msg_hdr;
    header = {};
    header.msg_name = &slot.address;
    header.msg_namelen = sizeof slot.address;
    header.msg_iov = &slot.part;
    header.msg_iovlen = 1;
    header.msg_control = slot.control.data();
    header.msg_controllen = CMSG_SPACE(sizeof(in_pktinfo));
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = IPPROTO_IP;
    control->cmsg_type = IP_PKTINFO;
    control->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
    in_pktinfo info{};
    info.ipi_spec_dst = from;
    std::memcpy(CMSG_DATA(control), &info, sizeof info);
    if (used_ == kBatch) flush();
}

void Swarm::flush() {
    for (std::size_t done = 0; done < used_;) {
        const int sent = ::sendmmsg(fd_.get(), &outgoing_[done], static_cast<unsigned>(used_ - done), 0);
        if (sent <= 0) break; // counted as lost by who waits for it
        done += static_cast<std::size_t>(sent);
    }
    used_ = 0;
}

void Swarm::receive(const std::function<void(const Arrival&)>& take) {
    for (;;) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            Slot& slot = arrivals_[i];
            slot.part = {slot.data.data(), kRoom};
            msghdr& header = incoming_[i].msg_hdr;
            header = {};
            header.msg_name = &slot.address;
            header.msg_namelen = sizeof slot.address;
            header.msg_iov = &slot.part;
            header.msg_iovlen = 1;
            header.msg_control = slot.control.data();
            header.msg_controllen = slot.control.size();
        }
        const int got = ::recvmmsg(fd_.get(), incoming_.data(), kBatch, MSG_DONTWAIT, nullptr);
        if (got <= 0) return;
        take_batch(static_cast<std::size_t>(got), take);
        if (static_cast<std::size_t>(got) < kBatch) return;
    }
}

void Swarm::take_batch(std::size_t count, const std::function<void(const Arrival&)>& take) {
    for (std::size_t i = 0; i < count; ++i) {
        Slot& slot = arrivals_[i];
        msghdr& header = incoming_[i].msg_hdr;
        Arrival arrival{.data = std::span(slot.data).first(incoming_[i].msg_len),
                        .peer = {},
                        .from = net::SocketAddress::from(reinterpret_cast<const sockaddr*>(&slot.address),
                                                         sizeof slot.address),
                        .at_ns = 0};
        for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at)) {
            if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
                in_pktinfo info{};
                std::memcpy(&info, CMSG_DATA(at), sizeof info);
                arrival.peer = info.ipi_addr;
            } else if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_TIMESTAMPNS) {
                timespec time{};
                std::memcpy(&time, CMSG_DATA(at), sizeof time);
                arrival.at_ns = std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
            }
        }
        take(arrival);
    }
}

} // namespace wakeline::bench
