// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/load.h"

#include <arpa/inet.h>

#include <cstring>
#include <ctime>
#include <thread>

#include "base/assert.h"
#include "media/rtp.h"

namespace wakeline::bench {

namespace {

constexpr std::size_t kHeader = 12, kPayload = 160; // 20 ms of G.711
constexpr std::size_t kWords = kPayload / 8;
constexpr auto kFrame = std::chrono::milliseconds(20);
constexpr auto kTick = std::chrono::microseconds(250);
constexpr auto kOnItsWay = std::chrono::milliseconds(60);

std::int64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// What the words of a payload behind the first are, which is the time.
std::uint64_t filling(std::uint32_t ssrc, std::uint32_t sequence) {
    return (std::uint64_t{ssrc} << 32 | sequence) * 0x9e3779b97f4a7c15u;
}

void put_u32(std::uint8_t* at, std::uint32_t value) {
    value = htonl(value);
    std::memcpy(at, &value, sizeof value);
}

unsigned call_of(const in_addr& address) {
    const std::uint32_t ip = ntohl(address.s_addr);
    return ((ip >> 16 & 0xff) - 10) * 62'500 + (ip >> 8 & 0xff) * 250 + (ip & 0xff) - 1;
}

} // namespace

Load::Load(const media::SrtpLibrary& library, std::optional<media::SrtpSuite> suite)
    : library_(library), suite_(suite) {}

Work Load::work(unsigned calls) const {
    return {.calls = calls, .suite = suite_, .phone_port = swarms_[0].port(), .pbx_port = swarms_[1].port()};
}

void Load::set_routes(const std::vector<Route>& routes) {
    using media::SrtpDirection;
    calls_.clear();
    for (const Route& route : routes) {
        Call& call = calls_.emplace_back();
        const auto index = static_cast<std::uint32_t>(calls_.size() - 1);
        for (std::size_t side = 0; side < 2; ++side) {
            Party& its = call.parties[side];
            its.address = reinterpret_cast<const sockaddr_in*>(party(index, 0).sa())->sin_addr;
            its.to = side == 0 ? route.phone_sends_to : route.pbx_sends_to;
            its.ssrc = 2 * index + static_cast<std::uint32_t>(side) + 1;
        }
        if (!route.phone_key) continue;
        Party& phone = call.parties[0];
        phone.out.emplace(*media::SrtpSession::create(library_, SrtpDirection::Outbound, *route.phone_key));
        phone.in.emplace(*media::SrtpSession::create(library_, SrtpDirection::Inbound, *route.relay_key));
    }
}

/// Every call's packets are 20 ms apart; the calls are spread evenly over that time.
Outcome Load::run(std::chrono::milliseconds time, unsigned calls) {
    outcome_ = {};
    const auto start = std::chrono::steady_clock::now();
    const auto total = static_cast<std::uint64_t>(time / kFrame) * calls;
    std::uint64_t next = 0;
    for (auto tick = start; next < total; tick += kTick) {
        std::this_thread::sleep_until(tick);
        const auto now = std::chrono::steady_clock::now();
        if (now - tick > 4 * kTick) ++outcome_.late;
        const auto due = static_cast<std::uint64_t>((now - start) * calls / kFrame);
        for (; next < std::min(due, total); ++next)
            for (const std::size_t side : {0u, 1u})
                send(static_cast<unsigned>(next % calls), side);
        receive();
    }
    const auto end = std::chrono::steady_clock::now() + kOnItsWay;
    while (outcome_.received < outcome_.sent && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(kTick);
        receive();
    }
    return std::move(outcome_);
}

void Load::send(unsigned call, std::size_t side) {
    Party& its = calls_[call].parties[side];
    const auto room = swarms_[side].room();
    ++its.sequence;
    room[0] = 0x80;
    room[1] = 8;
    room[2] = static_cast<std::uint8_t>(its.sequence >> 8);
    room[3] = static_cast<std::uint8_t>(its.sequence);
    put_u32(&room[4], its.sequence * 160);
    put_u32(&room[8], its.ssrc);
    std::array<std::uint64_t, kWords> words;
    words.fill(filling(its.ssrc, its.sequence));
    words[0] = static_cast<std::uint64_t>(now_ns());
    words[1] = its.sequence;
    std::memcpy(&room[kHeader], words.data(), kPayload);
    std::size_t size = kHeader + kPayload;
    if (its.out) WAKELINE_ASSERT(its.out->protect(room, size) == media::SrtpVerdict::Good);
    swarms_[side].push(size, its.address, its.to);
    ++outcome_.sent;
}

void Load::receive() {
    for (const std::size_t side : {0u, 1u}) {
        swarms_[side].flush();
        swarms_[side].receive([&](const Swarm::Arrival& arrival) { take(side, arrival); });
    }
}

void Load::take(std::size_t side, const Swarm::Arrival& arrival) {
    const unsigned call = call_of(arrival.peer);
    const bool fine = call < calls_.size() && good(calls_[call].parties[side], side, call, arrival);
    ++(fine ? outcome_.received : outcome_.wrong);
}

bool Load::good(Party& its, std::size_t side, unsigned call, const Swarm::Arrival& arrival) {
    if (!(arrival.from == its.to)) return false;
    std::size_t size = arrival.data.size();
    if (its.in && its.in->unprotect(arrival.data, size) != media::SrtpVerdict::Good) return false;
    if (size != kHeader + kPayload) return false;
    const Party& sender = calls_[call].parties[1 - side];
    std::array<std::uint64_t, kWords> words;
    std::memcpy(words.data(), &arrival.data[kHeader], kPayload);
    const auto sequence = static_cast<std::uint32_t>(words[1]);
    const auto number = media::read_u16(&arrival.data[2]);
    if (media::read_u32(&arrival.data[8]) != sender.ssrc || number != (sequence & 0xffff)) return false;
    for (std::size_t i = 2; i < kWords; ++i)
        if (words[i] != filling(sender.ssrc, sequence)) return false;
    if (sequence <= its.heard || sequence > sender.sequence) return false; // loopback keeps the order
    its.heard = sequence;
    outcome_.latencies.add((arrival.at_ns - static_cast<std::int64_t>(words[0])) / 1'000);
    return true;
}

} // namespace wakeline::bench
