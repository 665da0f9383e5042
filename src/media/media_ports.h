// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "media/config.h"
#include "media/media_socket.h"
#include "media/port_range.h"

namespace wakeline::media {

/// The shared ports: a few sockets for all calls, RTP on one and RTCP on the next, by kind and security. The
/// trunk side has the same ones, or the same ports at its own address, or a range of its own.
class MediaPorts final : public Ports {
public:
    /// An error names the port that is taken, or the setting that is wrong.
    static Result<std::unique_ptr<MediaPorts>> open(const MediaConfig& config, net::TimerQueue& timers);

    /// Those that are open from the beginning to the end.
    const std::vector<MediaSocket>& shared() const noexcept { return sockets_; }
    PortRange* range() noexcept { return range_.get(); }

    Result<LocalPorts> acquire(MediaSide side, MediaKind kind, bool secure) override;
    void release(const LocalPorts& ports) override;
    net::SocketAddress address(MediaSide side) const override;
    bool ours(const net::SocketAddress& address) const override;

    /// The configuration leaves this side's address to the machine: it is best asked for each peer.
    bool automatic(MediaSide which) const noexcept { return side(which).automatic; }

private:
    struct Side {
        net::SocketAddress bind, told;
        bool automatic = false;
        std::array<LocalPorts, 4> shared; // plain audio, secure audio, plain video, secure video
    };

    MediaPorts() = default;
    Status read_addresses(const MediaConfig& config);
    Status open_trunk(const MediaConfig& config, net::TimerQueue& timers);
    Status open_side(Side& side, const MediaConfig& config);
    Result<LocalPorts> open_pair(const Side& side, MediaKind kind, unsigned port);
    void find_own_addresses();
    unsigned dscp(MediaKind kind) const noexcept { return dscp_[kind == MediaKind::Video ? 1 : 0]; }
    Side& side(MediaSide which) { return sides_[static_cast<std::size_t>(which)]; }
    const Side& side(MediaSide which) const { return sides_[static_cast<std::size_t>(which)]; }

    std::array<unsigned, 2> dscp_{}; // of audio and video
    std::array<Side, 2> sides_;
    std::vector<MediaSocket> sockets_;
    std::vector<net::SocketAddress> own_addresses_;
    std::unique_ptr<PortRange> range_;
};

/// Which address of this machine packets to `peer` come from; not valid when there is no way to it. Sends
/// nothing.
net::SocketAddress address_towards(const net::SocketAddress& peer);

} // namespace wakeline::media
