// SPDX-License-Identifier: Apache-2.0
#include "media/port_range.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"

namespace wakeline::media {

namespace {

/// Other programs may have some ports of the range.
constexpr int kMaxAttempts = 32;

} // namespace

Result<PortRange::Bounds> PortRange::Bounds::parse(std::string_view text) {
    const auto ends = split(text, '-');
    const auto port = [&](std::size_t i) {
        return i < ends.size() ? parse_unsigned<std::uint16_t>(trim(ends[i])).value_or(0) : std::uint16_t{0};
    };
    const std::uint16_t first = port(0), last = port(1);
    const Error wrong{ErrorCode::InvalidInput,
                      "media.trunk.ports must be \"shared\" or a range like 10000-19999, not \"" +
                          std::string(text) + "\""};
    if (first == 0 || last == 0 || ends.size() != 2) return wrong;
    const Bounds bounds{static_cast<std::uint16_t>(first + first % 2),
                        static_cast<std::uint16_t>(last - (last + 1) % 2)};
    if (bounds.low < first || bounds.high <= bounds.low) return wrong; // not even one pair
    return bounds;
}

PortRange::PortRange(Bounds bounds, net::SocketAddress address, SocketId first_id, net::TimerQueue& timers)
    : bounds_(bounds), address_(std::move(address)), first_id_(first_id), timers_(timers), linger_(timers) {
    for (unsigned port = bounds_.low; port < bounds_.high; port += 2)
        free_.push_back(static_cast<std::uint16_t>(port));
    for (std::size_t i = free_.size() - 1; i > 0; --i) // nobody shall guess the next one
        std::swap(free_[i], free_[random_u32() % (i + 1)]);
}

Result<LocalPorts> PortRange::acquire(MediaKind kind, unsigned dscp) {
    Error last{ErrorCode::Exhausted, "all ports of media.trunk.ports (" + std::to_string(bounds_.low) + "-" +
                                         std::to_string(bounds_.high) + ") are in use"};
    for (int attempt = 0; attempt < kMaxAttempts && !free_.empty(); ++attempt) {
        const std::uint16_t port = free_.front();
        free_.pop_front();
        auto pair = open(port, kind, dscp);
        if (!pair) {
            free_.push_back(port);
            last = {ErrorCode::Exhausted, pair.error().message};
            continue;
        }
        const LocalPorts ports{.rtp = pair->rtp.id, .rtcp = pair->rtcp.id, .told = pair->rtp.local};
        if (reader_ != nullptr) {
            reader_->on_socket_opened(pair->rtp);
            reader_->on_socket_opened(pair->rtcp);
        }
        used_.insert_or_assign(port, *std::move(pair));
        return ports;
    }
    return last;
}

Result<PortRange::Pair> PortRange::open(std::uint16_t port, MediaKind kind, unsigned dscp) {
    Pair pair;
    for (const bool rtcp : {false, true}) {
        net::SocketAddress address = address_;
        address.set_port(static_cast<std::uint16_t>(port + (rtcp ? 1 : 0)));
        auto fd = MediaSocket::open(address, dscp);
        if (!fd) return fd.error();
        const auto id = static_cast<SocketId>(first_id_ + address.port() - bounds_.low);
        (rtcp ? pair.rtcp : pair.rtp) = {id, kind, rtcp, address, *std::move(fd)};
    }
    return pair;
}

void PortRange::release(const LocalPorts& ports) {
    leaving_.push_back({timers_.now() + kLinger, ports.told.port()});
    if (!linger_.armed()) linger_.arm(kLinger, [this] { close_due(); });
}

void PortRange::close_due() {
    const auto now = timers_.now();
    while (!leaving_.empty() && leaving_.front().until <= now) {
        const std::uint16_t port = leaving_.front().port;
        leaving_.pop_front();
        auto pair = used_.extract(port);
        if (pair.empty()) continue;
        free_.push_back(port);
        if (reader_ == nullptr) continue;
        reader_->on_socket_closed(std::move(pair.mapped().rtp));
        reader_->on_socket_closed(std::move(pair.mapped().rtcp));
    }
    if (!leaving_.empty()) linger_.arm(leaving_.front().until - now, [this] { close_due(); });
}

} // namespace wakeline::media
