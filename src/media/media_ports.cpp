// SPDX-License-Identifier: Apache-2.0
#include "media/media_ports.h"

#include <ifaddrs.h>

#include <algorithm>

#include "base/c_handle.h"
#include "net/socket.h"

namespace wakeline::media {

namespace {

Error wrong_setting(std::string_view setting, const Error& why) {
    return {ErrorCode::InvalidInput, std::string(setting) + ": " + why.message};
}

std::size_t place(MediaKind kind, bool secure) {
    return (kind == MediaKind::Video ? 2u : 0u) + (secure ? 1u : 0u);
}

/// Where the default route leads out; without one, this machine alone.
net::SocketAddress default_address(bool v6) {
    const auto somewhere = net::SocketAddress::parse(v6 ? "2001:db8::1" : "192.0.2.1", 9);
    const auto address = address_towards(*somewhere);
    return address.valid() ? address : *net::SocketAddress::parse(v6 ? "::1" : "127.0.0.1", 0);
}

/// Two sockets on consecutive ports, the first even (RFC 3550 section 11). Port 0: any such pair.
Result<std::array<net::Fd, 2>> bind_pair(net::SocketAddress address, unsigned dscp) {
    const bool any = address.port() == 0;
    for (int attempt = 0;; ++attempt) {
        auto rtp = MediaSocket::open(address, dscp);
        if (!rtp) return rtp.error();
        auto next = net::local_address(*rtp);
        const bool even = next.port() % 2 == 0;
        next.set_port(static_cast<std::uint16_t>(next.port() + 1));
        if (even || !any) {
            auto rtcp = MediaSocket::open(next, dscp);
            if (rtcp) return std::array{*std::move(rtp), *std::move(rtcp)};
            if (!any || attempt >= 100) return rtcp.error();
        } else if (attempt >= 100) {
            return Error{ErrorCode::Exhausted, "no two consecutive free ports at " + address.ip()};
        }
    }
}

} // namespace

Result<std::unique_ptr<MediaPorts>> MediaPorts::open(const MediaConfig& config, net::TimerQueue& timers) {
    std::unique_ptr<MediaPorts> ports(new MediaPorts);
    ports->dscp_ = {config.dscp, config.video_dscp};
    if (auto good = ports->read_addresses(config); !good) return good.error();
    if (auto good = ports->open_side(ports->side(MediaSide::Phone), config); !good) return good.error();
    if (auto good = ports->open_trunk(config, timers); !good) return good.error();
    ports->find_own_addresses();
    return ports;
}

Status MediaPorts::read_addresses(const MediaConfig& config) {
    Side& phone = side(MediaSide::Phone);
    Side& trunk = side(MediaSide::Trunk);
    const auto bind = net::SocketAddress::parse(config.address, 0);
    if (!bind) return wrong_setting("media.address", bind.error());
    const bool told = !config.public_address.empty();
    const auto address = net::SocketAddress::parse(told ? config.public_address : config.address, 0);
    if (!address) return wrong_setting("media.public_address", address.error());
    phone.bind = trunk.bind = *bind;
    phone.told = trunk.told = *address;
    if (!config.trunk.address.empty()) {
        const auto own = net::SocketAddress::parse(config.trunk.address, 0);
        if (!own) return wrong_setting("media.trunk.address", own.error());
        trunk.told = *own;
        // A socket on all addresses has this one too.
        if (!bind->is_unspecified() || bind->family() != own->family()) trunk.bind = *own;
    }
    for (Side* one : {&phone, &trunk}) {
        one->automatic = one->told.is_unspecified();
        if (one->automatic) one->told = default_address(one->told.is_v6());
    }
    return Done{};
}

Status MediaPorts::open_trunk(const MediaConfig& config, net::TimerQueue& timers) {
    const Side& phone = side(MediaSide::Phone);
    Side& trunk = side(MediaSide::Trunk);
    if (config.trunk.ports != "shared") {
        const auto bounds = PortRange::Bounds::parse(config.trunk.ports);
        if (!bounds) return bounds.error();
        range_ =
            std::make_unique<PortRange>(*bounds, trunk.bind, static_cast<SocketId>(sockets_.size()), timers);
        return Done{};
    }
    if (trunk.bind == phone.bind)
        trunk.shared = phone.shared;
    else if (auto good = open_side(trunk, config); !good)
        return good;
    return Done{};
}

Status MediaPorts::open_side(Side& side, const MediaConfig& config) {
    struct Wanted {
        MediaKind kind;
        unsigned port;
    };
    const std::array wanted{
        Wanted{MediaKind::Audio, config.plain_audio}, Wanted{MediaKind::Audio, config.secure_audio},
        Wanted{MediaKind::Video, config.plain_video}, Wanted{MediaKind::Video, config.secure_video}};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool single = config.single_audio_port && i == place(MediaKind::Audio, true);
        const bool same = i % 2 == 1 && wanted[i].port != 0 && wanted[i].port == wanted[i - 1].port;
        if (single || same) {
            side.shared[i] = side.shared[i - 1];
            continue;
        }
        auto pair = open_pair(side, wanted[i].kind, wanted[i].port);
        if (!pair) return pair.error();
        side.shared[i] = *pair;
    }
    return Done{};
}

Result<LocalPorts> MediaPorts::open_pair(const Side& side, MediaKind kind, unsigned port) {
    net::SocketAddress address = side.bind;
    address.set_port(static_cast<std::uint16_t>(port));
    auto fds = bind_pair(address, dscp(kind));
    if (!fds) return fds.error();
    LocalPorts pair{.rtp = static_cast<SocketId>(sockets_.size()),
                    .rtcp = static_cast<SocketId>(sockets_.size() + 1),
                    .told = side.told};
    for (const bool rtcp : {false, true}) {
        net::Fd& fd = (*fds)[rtcp ? 1 : 0];
        const auto local = net::local_address(fd);
        sockets_.push_back({static_cast<SocketId>(sockets_.size()), kind, rtcp, local, std::move(fd)});
    }
    pair.told.set_port(sockets_[pair.rtp].local.port());
    return pair;
}

void MediaPorts::find_own_addresses() {
    for (const Side& side : sides_)
        for (const auto& address : {side.bind, side.told})
            if (!address.is_unspecified()) own_addresses_.push_back(address);
    ifaddrs* raw = nullptr;
    if (getifaddrs(&raw) != 0) return;
    const CHandle<ifaddrs, freeifaddrs> interfaces(raw);
    for (const ifaddrs* at = raw; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr) continue;
        const socklen_t size =
            at->ifa_addr->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        const auto address = net::SocketAddress::from(at->ifa_addr, size);
        if (address.valid()) own_addresses_.push_back(address);
    }
}

Result<LocalPorts> MediaPorts::acquire(MediaSide which, MediaKind kind, bool secure) {
    auto ports = which == MediaSide::Trunk && range_ ? range_->acquire(kind, dscp(kind))
                                                     : Result(side(which).shared[place(kind, secure)]);
    if (!ports) return ports;
    const auto port = ports->told.port();
    ports->told = side(which).told;
    ports->told.set_port(port);
    return ports;
}

void MediaPorts::release(const LocalPorts& ports) {
    if (range_ && ports.rtp >= sockets_.size()) range_->release(ports);
}

net::SocketAddress MediaPorts::address(MediaSide which) const { return side(which).told; }

bool MediaPorts::ours(const net::SocketAddress& address) const {
    const bool port = (range_ && range_->bounds().contains(address.port())) ||
                      std::ranges::any_of(sockets_, [&](const MediaSocket& socket) {
                          return socket.local.port() == address.port();
                      });
    return port && std::ranges::any_of(own_addresses_, [&](const auto& own) { return own.same_ip(address); });
}

net::SocketAddress address_towards(const net::SocketAddress& peer) {
    const auto fd = net::new_socket(peer, SOCK_DGRAM);
    net::SocketAddress target = peer;
    if (target.port() == 0) target.set_port(9);
    if (!fd || ::connect(fd->get(), target.sa(), target.size()) != 0) return {};
    auto local = net::local_address(*fd);
    local.set_port(0);
    return local;
}

} // namespace wakeline::media
