// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "media/config.h"
#include "media/ports.h"
#include "net/fd.h"

namespace wakeline::media {

/// The shared ports: a few sockets for all calls, RTP on one and RTCP on the next, by kind and security. The
/// trunk side has the same ones, or the same ports at its own address.
class MediaPorts final : public Ports {
public:
    struct Socket {
        SocketId id = 0;
        MediaKind kind = MediaKind::Audio;
        bool rtcp = false;
        net::SocketAddress local;
        net::Fd fd;
    };

    /// An error names the port that is taken, or the setting that is wrong.
    static Result<std::unique_ptr<MediaPorts>> open(const MediaConfig& config);

    const std::vector<Socket>& sockets() const noexcept { return sockets_; }

    Result<LocalPorts> acquire(MediaSide side, MediaKind kind, bool secure) override;
    void release(const LocalPorts&) override {}
    net::SocketAddress address(MediaSide side) const override;
    bool ours(const net::SocketAddress& address) const override;

private:
    struct Side {
        net::SocketAddress bind, told;
        std::array<LocalPorts, 4> shared; // plain audio, secure audio, plain video, secure video
    };

    MediaPorts() = default;
    Status open_side(Side& side, const MediaConfig& config);
    Result<LocalPorts> open_pair(const Side& side, MediaKind kind, unsigned port, unsigned dscp);
    void find_own_addresses();
    Side& side(MediaSide which) { return sides_[static_cast<std::size_t>(which)]; }
    const Side& side(MediaSide which) const { return sides_[static_cast<std::size_t>(which)]; }

    std::array<Side, 2> sides_;
    std::vector<Socket> sockets_;
    std::vector<net::SocketAddress> own_addresses_;
};

} // namespace wakeline::media
