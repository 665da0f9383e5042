// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/channel.h"

namespace wakeline::net {

/// TCP as it is. Does not own the descriptor.
class PlainChannel final : public Channel {
public:
    explicit PlainChannel(int fd) : fd_(fd) {}

    Io handshake() override { return Io::Done; }
    IoResult read(std::span<char> into) override;
    IoResult write(std::string_view data) override;
    bool pending() const override { return false; }
    void say_goodbye() override {}
    const std::string& why() const override { return why_; }
    const PeerCertificate& peer() const override;

private:
    IoResult failed();

    int fd_;
    std::string why_;
};

/// What a connection without a certificate shows.
const PeerCertificate& no_certificate();

} // namespace wakeline::net
