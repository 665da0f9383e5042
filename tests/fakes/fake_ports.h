// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/ports.h"

namespace wakeline::test {

/// The default shared ports without sockets: 203.0.113.10 towards phones, 10.0.0.4 towards the trunk.
class FakePorts final : public media::Ports {
public:
    Result<media::LocalPorts> acquire(media::MediaSide side, media::MediaKind kind, bool secure) override {
        if (exhausted) return Error{ErrorCode::Exhausted, "no free port"};
        ++held;
        const int place = (kind == media::MediaKind::Video ? 2 : 0) + (secure ? 1 : 0);
        auto told = address(side);
        told.set_port(static_cast<std::uint16_t>(5'008 + 2 * place));
        const auto id = static_cast<media::SocketId>(2 * place);
        return media::LocalPorts{id, static_cast<media::SocketId>(id + 1), told};
    }
    void release(const media::LocalPorts&) override { --held; }
    net::SocketAddress address(media::MediaSide side) const override {
        return *net::SocketAddress::parse(side == media::MediaSide::Phone ? "203.0.113.10" : "10.0.0.4", 0);
    }
    bool ours(const net::SocketAddress& at) const override {
        const bool us =
            at.same_ip(address(media::MediaSide::Phone)) || at.same_ip(address(media::MediaSide::Trunk));
        return us && at.port() >= 5'008 && at.port() <= 5'015;
    }

    bool exhausted = false;
    int held = 0;
};

} // namespace wakeline::test
