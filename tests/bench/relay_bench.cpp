// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <future>
#include <thread>
#include <vector>

#include "base/assert.h"
#include "fakes/srtp.h"
#include "media/media_socket.h"
#include "media/relay_thread.h"
#include "net/socket.h"

// CPU time of the media thread for one relayed packet, 500 calls with 50 packets a second each way, on
// loopback, with the sockets, batches and pacing of the daemon. The load comes from another thread and is not
// counted. One JSON object a line, as `make bench` wants them.

using namespace wakeline;
using namespace wakeline::media;

namespace {

constexpr unsigned kCalls = 500;
constexpr std::size_t kPayload = 160;
constexpr auto kTick = std::chrono::microseconds(250); // the load's own, not the relay's
constexpr auto kFrame = std::chrono::milliseconds(20);
constexpr auto kWarmUp = std::chrono::seconds(1), kMeasured = std::chrono::seconds(3);
constexpr int kRuns = 3;

net::SocketAddress loopback(unsigned host, std::uint16_t port) {
    const auto ip = "127." + std::to_string(1 + host / 62'500) + "." + std::to_string(host / 250 % 250) +
                    "." + std::to_string(host % 250 + 1);
    return *net::SocketAddress::parse(ip, port);
}

/// A socket that sends from many 127.x addresses, as many peers would.
class Load {
public:
    Load()
        : fd_(*MediaSocket::open(*net::SocketAddress::parse("0.0.0.0", 0), 0)),
          port_(net::local_address(fd_).port()) {}

    net::SocketAddress address(unsigned host) const { return loopback(host, port_); }

    void add(unsigned host, const net::SocketAddress& to, ByteView packet) {
        Slot& slot = slots_[used_++];
        std::copy(packet.begin(), packet.end(), slot.data.begin());
        slot.part = {slot.data.data(), packet.size()};
        slot.to = to;
        msghdr& header = messages_[used_ - 1].msg_hdr;
        header = {};
        header.msg_name = const_cast<sockaddr*>(slot.to.sa());
        header.msg_namelen = slot.to.size();
        header.msg_iov = &slot.part;
        header.msg_iovlen = 1;
        header.msg_control = slot.control.data();
        header.msg_controllen = slot.control.size();
        cmsghdr* control = CMSG_FIRSTHDR(&header);
        control->cmsg_level = IPPROTO_IP;
        control->cmsg_type = IP_PKTINFO;
        control->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
        in_pktinfo info{};
        info.ipi_spec_dst = reinterpret_cast<const sockaddr_in*>(loopback(host, 0).sa())->sin_addr;
        std::memcpy(CMSG_DATA(control), &info, sizeof info);
        if (used_ == slots_.size()) flush();
    }
    void flush() {
        if (used_ > 0)
            static_cast<void>(::sendmmsg(fd_.get(), messages_.data(), static_cast<unsigned>(used_), 0));
        used_ = 0;
        std::array<std::uint8_t, 2'048> sink;
        while (::recv(fd_.get(), sink.data(), sink.size(), MSG_DONTWAIT) >= 0)
            ++received;
    }

    std::uint64_t received = 0;

private:
    struct Slot {
        std::array<std::uint8_t, 256> data;
        std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control;
        iovec part;
        net::SocketAddress to;
    };
    net::Fd fd_;
    std::uint16_t port_;
    std::array<Slot, 64> slots_;
    std::array<mmsghdr, 64> messages_{};
    std::size_t used_ = 0;
};

struct Party {
    std::uint32_t ssrc;
    std::uint16_t sequence = 1;
    std::optional<SrtpSession> protect;

    std::size_t write(std::span<std::uint8_t> room) {
        const std::uint32_t timestamp = 160u * ++sequence;
        const std::array<std::uint8_t, 12> header{0x80,
                                                  8,
                                                  static_cast<std::uint8_t>(sequence >> 8),
                                                  static_cast<std::uint8_t>(sequence),
                                                  static_cast<std::uint8_t>(timestamp >> 24),
                                                  static_cast<std::uint8_t>(timestamp >> 16),
                                                  static_cast<std::uint8_t>(timestamp >> 8),
                                                  static_cast<std::uint8_t>(timestamp),
                                                  0,
                                                  0,
                                                  static_cast<std::uint8_t>(ssrc >> 8),
                                                  static_cast<std::uint8_t>(ssrc)};
        std::copy(header.begin(), header.end(), room.begin());
        std::fill_n(room.begin() + header.size(), kPayload, std::uint8_t{0xd5});
        std::size_t size = header.size() + kPayload;
        if (protect) WAKELINE_ASSERT(protect->protect(room, size) == SrtpVerdict::Good);
        return size;
    }
};

struct Sample {
    double cpu_us;
    std::int64_t relayed;
};

class Bench {
public:
    explicit Bench(std::optional<SrtpSuite> suite)
        : suite_(suite), thread_(test::srtp_library(), media_metrics_,
                                 {.forbidden = [](const net::SocketAddress&) { return false; },
                                  .rtcp_sockets = {false, false}},
                                 [](const std::vector<MediaId>&) {}) {
        for (SocketId id = 0; id < 2; ++id) {
            sockets_[id] = *MediaSocket::open(*net::SocketAddress::parse("127.0.0.1", 0), 0);
            thread_.post([id, fd = sockets_[id].get()](Relay&, PacketIo& io, net::TimePoint) {
                io.add(id, fd);
            });
        }
        for (unsigned call = 0; call < kCalls; ++call)
            add_call(call);
        thread_.start();
    }

    double us_per_packet() {
        send_for(kWarmUp);
        const Sample before = sample();
        send_for(kMeasured);
        const Sample after = sample();
        return (after.cpu_us - before.cpu_us) / static_cast<double>(after.relayed - before.relayed);
    }
    std::uint64_t missing() const { return sent_ - phones_.received - pbx_.received; }
    std::uint64_t sent() const { return sent_; }

private:
    void add_call(unsigned call) {
        StreamPlan plan;
        plan.payloads = {{8, 8'000, "PCMA/8000"}};
        Party phone{.ssrc = 2 * call + 2, .protect = {}}, pbx{.ssrc = 2 * call + 3, .protect = {}};
        LegPlan& near = plan.leg(MediaSide::Phone);
        LegPlan& far = plan.leg(MediaSide::Trunk);
        near.local = {.rtp = 0, .rtcp = 1, .told = {}};
        far.local = {.rtp = 1, .rtcp = 1, .told = {}};
        near.rtp = near.rtcp = near.signalling = phones_.address(2 * call);
        far.rtp = far.rtcp = far.signalling = pbx_.address(2 * call + 1);
        far.trusted = true;
        if (suite_) {
            near.receive = SrtpKey::random(*suite_, true);
            near.send = SrtpKey::random(*suite_, true);
            phone.protect =
                *SrtpSession::create(test::srtp_library(), SrtpDirection::Outbound, *near.receive);
        }
        parties_.push_back({std::move(phone), std::move(pbx)});
        thread_.post([call, plan](Relay& relay, PacketIo&, net::TimePoint now) {
            WAKELINE_ASSERT(relay.apply(call + 1, {plan}, true, now).has_value());
        });
    }

    /// Every call's packets are 20 ms apart; the calls are spread evenly over that time.
    void send_for(std::chrono::steady_clock::duration time) {
        const auto start = std::chrono::steady_clock::now();
        const auto frames = time / kFrame;
        const std::uint64_t total = static_cast<std::uint64_t>(frames) * kCalls;
        std::uint64_t next = 0;
        for (auto tick = start; next < total; tick += kTick) {
            std::this_thread::sleep_until(tick);
            const auto due =
                static_cast<std::uint64_t>((std::chrono::steady_clock::now() - start) * kCalls / kFrame);
            for (; next < std::min(due, total); ++next)
                send_frame(static_cast<unsigned>(next % kCalls));
            phones_.flush();
            pbx_.flush();
        }
    }
    void send_frame(unsigned call) {
        std::array<std::uint8_t, 512> room;
        auto& [phone, pbx] = parties_[call];
        phones_.add(2 * call, net::local_address(sockets_[0]), std::span(room).first(phone.write(room)));
        pbx_.add(2 * call + 1, net::local_address(sockets_[1]), std::span(room).first(pbx.write(room)));
        sent_ += 2;
    }

    Sample sample() {
        std::promise<Sample> promise;
        thread_.post([&](Relay&, PacketIo&, net::TimePoint) {
            timespec cpu{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
            promise.set_value({static_cast<double>(cpu.tv_sec) * 1e6 + static_cast<double>(cpu.tv_nsec) / 1e3,
                               media_metrics_.relayed.value()});
        });
        return promise.get_future().get();
    }

    std::optional<SrtpSuite> suite_;
    Metrics metrics_;
    MediaMetrics media_metrics_{metrics_};
    std::array<net::Fd, 2> sockets_;
    Load phones_, pbx_;
    std::vector<std::array<Party, 2>> parties_;
    std::uint64_t sent_ = 0;
    RelayThread thread_;
};

/// The median: neighbours on the machine make it slower, and bursts of theirs make it cheaper.
void run(const char* name, std::optional<SrtpSuite> suite) {
    std::vector<double> values;
    std::uint64_t sent = 0, missing = 0;
    for (int i = 0; i < kRuns; ++i) {
        Bench bench(suite);
        values.push_back(bench.us_per_packet());
        sent += bench.sent();
        missing += bench.missing();
    }
    std::sort(values.begin(), values.end());
    std::printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"us\", \"n\": %u}\n", name, values[kRuns / 2],
                kCalls);
    std::fprintf(stderr, "%s: %.2f to %.2f us, %llu of %llu packets did not arrive\n", name, values.front(),
                 values.back(), static_cast<unsigned long long>(missing),
                 static_cast<unsigned long long>(sent));
}

} // namespace

int main() {
    run("relay_plain_cpu", std::nullopt);
    run("relay_srtp_cpu", SrtpSuite::AesCm128Sha1_80);
    run("relay_gcm_cpu", SrtpSuite::AeadAes128Gcm);
    return 0;
}
