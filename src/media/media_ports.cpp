// SPDX-License-Identifier: Apache-2.0
#include "media/media_ports.h"

#include <ifaddrs.h>

#include <algorithm>

#include "base/c_handle.h"
#include "media/packet_pump.h"
#include "net/socket.h"

namespace wakeline::media {

namespace {

Error wrong_setting(std::string_view setting, const Error& why) {
    return {ErrorCode::InvalidInput, std::string(setting) + ": " + why.message};
}

std::size_t place(MediaKind kind, bool secure) {
    return (kind == MediaKind::Video ? 2u : 0u) + (secure ? 1u : 0u);
}

/// Two sockets on consecutive ports, the first even (RFC 3550 section 11). Port 0: any such pair.
Result<std::array<net::Fd, 2>> bind_pair(net::SocketAddress address, unsigned dscp) {
    const bool any = address.port() == 0;
    for (int attempt = 0;; ++attempt) {
        auto rtp = open_media_socket(address, dscp);
        if (!rtp) return rtp.error();
        auto next = net::local_address(*rtp);
        const bool even = next.port() % 2 == 0;
        next.set_port(static_cast<std::uint16_t>(next.port() + 1));
        if (even || !any) {
            auto rtcp = open_media_socket(next, dscp);
            if (rtcp) return std::array{*std::move(rtp), *std::move(rtcp)};
            if (!any || attempt >= 100) return rtcp.error();
        } else if (attempt >= 100) {
            return Error{ErrorCode::Exhausted, "no two consecutive free ports at " + address.ip()};
        }
    }
}

} // namespace

Result<std::unique_ptr<MediaPorts>> MediaPorts::open(const MediaConfig& config) {
    std::unique_ptr<MediaPorts> ports(new MediaPorts);
    Side& phone = ports->side(MediaSide::Phone);
    Side& trunk = ports->side(MediaSide::Trunk);
    const auto bind = net::SocketAddress::parse(config.address, 0);
    if (!bind) return wrong_setting("media.address", bind.error());
    const auto told =
        net::SocketAddress::parse(config.public_address.empty() ? config.address : config.public_address, 0);
    if (!told) return wrong_setting("media.public_address", told.error());
    phone.bind = trunk.bind = *bind;
    phone.told = trunk.told = *told;
    if (!config.trunk.address.empty()) {
        const auto address = net::SocketAddress::parse(config.trunk.address, 0);
        if (!address) return wrong_setting("media.trunk.address", address.error());
        trunk.told = *address;
        // A socket on all addresses has this one too.
        if (!bind->is_unspecified() || bind->family() != address->family()) trunk.bind = *address;
    }
    for (const Side* side : {&phone, &trunk})
        if (side->told.is_unspecified())
            return Error{
                ErrorCode::InvalidInput,
                "media.public_address must be set: SDP cannot say \"all addresses\" (media.address is " +
                    config.address + ")"};
    if (auto good = ports->open_side(phone, config); !good) return good.error();
    if (trunk.bind == phone.bind)
        trunk.shared = phone.shared;
    else if (auto good = ports->open_side(trunk, config); !good)
        return good.error();
    for (LocalPorts& pair : trunk.shared) {
        const auto port = pair.told.port();
        pair.told = trunk.told;
        pair.told.set_port(port);
    }
    ports->find_own_addresses();
    return ports;
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
        auto pair = open_pair(side, wanted[i].kind, wanted[i].port, config.dscp);
        if (!pair) return pair.error();
        side.shared[i] = *pair;
    }
    return Done{};
}

Result<LocalPorts> MediaPorts::open_pair(const Side& side, MediaKind kind, unsigned port, unsigned dscp) {
    net::SocketAddress address = side.bind;
    address.set_port(static_cast<std::uint16_t>(port));
    auto fds = bind_pair(address, dscp);
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
    return side(which).shared[place(kind, secure)];
}

net::SocketAddress MediaPorts::address(MediaSide which) const { return side(which).told; }

bool MediaPorts::ours(const net::SocketAddress& address) const {
    const bool port = std::ranges::any_of(
        sockets_, [&](const Socket& socket) { return socket.local.port() == address.port(); });
    return port && std::ranges::any_of(own_addresses_, [&](const auto& own) { return own.same_ip(address); });
}

} // namespace wakeline::media
