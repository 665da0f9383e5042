// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "simulation/scene.h"
#include "sip/transport.h"

namespace wakeline::simulation {

using Received = std::shared_ptr<const sip::Message>;

/// Whoever is at the other end of the daemon's flows.
class Host {
public:
    virtual const std::string& name() const = 0;
    virtual void on_message(sip::FlowId flow, const Received& message) = 0;
    virtual void on_closed(sip::FlowId flow) = 0;

protected:
    ~Host() = default;
};

/// Between the daemon and its peers. Datagrams are lost, repeated, late; connections keep the order of what
/// they carry, break at any moment, or die without a word.
class Network final : public sip::Transport {
public:
    /// How bad it is while it is rough.
    struct Weather {
        std::uint32_t loss = 0, repeat = 0;                   // percent, datagrams
        std::uint32_t udp_delay_ms = 5, stream_delay_ms = 20; // at most
    };

    Network(Scene& scene, Weather weather) : scene_(scene), weather_(weather) {}

    void attach(sip::TransportUser& daemon) { daemon_ = &daemon; }
    /// The PBX is where datagrams of the trunk side go.
    sip::FlowId add_pbx(Host& pbx, const net::SocketAddress& address);
    /// A phone opens a connection, from an address of its own.
    sip::FlowId connect(Host& phone, const std::string& address);
    /// The phone closes it: what it sent before arrives still.
    void close_from_outside(sip::FlowId flow);
    /// It breaks at once, and the daemon learns it.
    void cut(sip::FlowId flow);
    /// Nothing passes any more; only after a while does the daemon learn it.
    void kill_silently(sip::FlowId flow, net::Duration noticed_after);
    void send_to_daemon(sip::FlowId flow, std::string text);

    bool send(sip::FlowId flow, std::string message) override;
    sip::FlowId open(const sip::FlowTarget& target, sip::Side side) override;
    void close(sip::FlowId flow) override;
    const sip::FlowInfo* info(sip::FlowId flow) const override;

private:
    struct Flow {
        sip::FlowInfo info;
        Host* host = nullptr;
        net::TimePoint in{}, out{}; // when the last message that is under way arrives
        bool dead = false;          // nothing passes
        int under_way = 0;
    };

    void carry(sip::FlowId flow, bool inward, const std::string& text);
    net::TimePoint arrival(Flow& flow, bool inward);
    void arrive(sip::FlowId flow, bool inward, const std::string& text);

    Scene& scene_;
    const Weather weather_;
    sip::TransportUser* daemon_ = nullptr;
    std::map<sip::FlowId, Flow> flows_;
    sip::FlowId last_flow_ = 0;
};

} // namespace wakeline::simulation
