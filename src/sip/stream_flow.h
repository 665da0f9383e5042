// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/stream.h"
#include "sip/endpoint.h"
#include "sip/framing.h"
#include "sip/idle_order.h"
#include "sip/intake.h"

namespace wakeline::sip {

/// One TCP or TLS connection: cuts what arrives into messages, answers pings, and ends connections that make
/// no progress or no sense.
class StreamFlow final : public Flow, net::Stream::User {
public:
    /// What the flows of one of our addresses share. Outlives them, but for those that are only finishing.
    struct Home {
        Intake& intake;
        const Endpoint endpoint;
        std::uint16_t port = 0;                                 // that we listen on
        IdleOrder<StreamFlow> order{};                          // all of them
        std::unordered_map<std::string, FlowId> opened_by_us{}; // by target
        net::Stream::Options options() const;
    };

    StreamFlow(Home& home, FlowId id, FlowInfo info);
    ~StreamFlow() override;

    /// One that came in. It must say something soon.
    void take(std::unique_ptr<net::Stream> stream);
    /// One that we open. `key`: its name among those that are open.
    void connect(const FlowTarget& target, net::TlsContext* client, std::string key);

    bool send(std::string message) override;
    bool finish() override;

    /// One CRLF (RFC 5626 4.4.1) for the routers on the way, unless the peer seems to sleep: it has said
    /// nothing for long, and would be woken in vain. To a PBX a ping, as its client.
    void keep_alive(net::TimePoint asleep_if_silent_since);

private:
    void on_connected() override;
    void on_data(std::string_view data) override;
    void on_closed(std::string_view why) override;

    void handle(const StreamFramer::Frame& frame);
    void handle(const StreamFramer::Ping&);
    void handle(const StreamFramer::Broken& broken);
    void watch_progress();
    void progressed();
    void too_slow(std::string_view why);
    void touch();
    void leave();

    Home& home_;
    Intake& intake_;
    std::string key_; // of a connection that we opened
    StreamFramer framer_;
    IdleOrder<StreamFlow>::Place place_;
    net::TimePoint heard_; // the last octet from the peer
    bool listed_ = true;   // in the tables of home_
    bool finished_ = false;
    bool spoke_ = false; // a SIP message has come
    bool timing_message_ = false;
    net::Timer progress_;
    std::unique_ptr<net::Stream> stream_;
};

} // namespace wakeline::sip
