// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/bare_relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "media/media_socket.h"
#include "net/socket.h"

namespace wakeline::bench {

namespace {

constexpr std::size_t kBatch = 64, kRoom = 2'048;

class Shuttle {
public:
    Shuttle() {
        for (std::size_t i = 0; i < kBatch; ++i) {
            parts_[i].iov_base = room_[i].data();
            messages_[i].msg_hdr.msg_name = &peers_[i];
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    /// False: there was less than a batch.
    bool carry(int from, int to, std::uint16_t to_port) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            parts_[i].iov_len = kRoom;
            messages_[i].msg_hdr.msg_namelen = sizeof peers_[i];
        }
        const int got = ::recvmmsg(from, messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
        if (got <= 0) return false;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            parts_[i].iov_len = messages_[i].msg_len;
            peers_[i].sin_port = to_port;
        }
        for (int done = 0, sent = 1; done < got && sent > 0; done += sent)
            sent = ::sendmmsg(to, &messages_[static_cast<std::size_t>(done)],
                              static_cast<unsigned>(got - done), 0);
        return got == static_cast<int>(kBatch);
    }

private:
    std::array<std::array<std::uint8_t, kRoom>, kBatch> room_;
    std::array<sockaddr_in, kBatch> peers_{};
    std::array<iovec, kBatch> parts_{};
    std::array<mmsghdr, kBatch> messages_{};
};

struct PartyPorts {
    std::uint16_t phone, pbx; // network order
};

void relay(const net::Fd& phones, const net::Fd& pbxs, PartyPorts ports, std::chrono::microseconds pacing) {
    Shuttle shuttle;
    const timespec nap{.tv_sec = 0, .tv_nsec = pacing.count() * 1'000};
    std::array<pollfd, 2> ready{pollfd{phones.get(), POLLIN, 0}, pollfd{pbxs.get(), POLLIN, 0}};
    for (;;) {
        static_cast<void>(::poll(ready.data(), ready.size(), -1));
        while (shuttle.carry(phones.get(), pbxs.get(), ports.pbx))
            ;
        while (shuttle.carry(pbxs.get(), phones.get(), ports.phone))
            ;
        if (pacing.count() > 0) ::clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, nullptr);
    }
}

} // namespace

BareRelay::BareRelay(std::chrono::microseconds pacing) {
    const auto any = *net::SocketAddress::parse("127.0.0.1", 0);
    phones_ = *media::MediaSocket::open(any, 0);
    pbxs_ = *media::MediaSocket::open(any, 0);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    const net::Fd told(ends[0]);
    ports_.reset(ends[1]);
    start([&] {
        PartyPorts ports{};
        if (::read(told.get(), &ports, sizeof ports) == sizeof ports) relay(phones_, pbxs_, ports, pacing);
    });
}

Result<std::vector<Route>> BareRelay::open(const Work& work) {
    const PartyPorts ports{htons(work.phone_port), htons(work.pbx_port)};
    if (::write(ports_.get(), &ports, sizeof ports) != sizeof ports)
        return Error{ErrorCode::Io, "the bare relay does not run"};
    return std::vector<Route>(work.calls, {.phone_sends_to = net::local_address(phones_),
                                           .pbx_sends_to = net::local_address(pbxs_),
                                           .phone_key = {},
                                           .relay_key = {}});
}

} // namespace wakeline::bench
