// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/stream.h"
#include "sip/framing.h"
#include "sip/transport_ground.h"

namespace wakeline::sip {

/// One TCP or TLS connection as a flow: cuts what arrives into messages, answers pings.
class Connection final : public net::Stream::User {
public:
    class Owner {
    public:
        /// The last call; the connection may be destroyed in it.
        virtual void on_connection_closed(Connection& connection, std::string_view why) = 0;

    protected:
        ~Owner() = default;
    };

    Connection(TransportGround& ground, Owner& owner, FlowInfo info)
        : ground_(ground), owner_(owner), id_(ground.next_id()), info_(std::move(info)),
          last_traffic_(ground.loop.now()) {
        ground_.metrics.flows_stream.add();
    }
    ~Connection() { ground_.metrics.flows_stream.add(-1); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// An accepted stream: reading begins.
    void accept(std::unique_ptr<net::Stream> stream);
    /// One that we open; it calls back from now on.
    void own(std::unique_ptr<net::Stream> stream) { stream_ = std::move(stream); }

    bool send(std::string_view message);
    void close() { stream_->close(); }

    /// Now and then: closes what stalls in the middle of a message or has never said anything, and keeps NATs
    /// open with a CRLF where nothing went either way for `keepalive` (SBC-TRN-08).
    void tend(net::TimePoint now, net::Duration keepalive);

    FlowId id() const noexcept { return id_; }
    const FlowInfo& info() const noexcept { return info_; }

    void on_connected() override;
    void on_data(std::string_view data) override;
    void on_closed(std::string_view why) override { owner_.on_connection_closed(*this, why); }

private:
    /// False when the connection is to go.
    bool take(const StreamFramer::Event& event);
    void take_message(std::string_view bytes);

    TransportGround& ground_;
    Owner& owner_;
    const FlowId id_;
    FlowInfo info_;
    std::unique_ptr<net::Stream> stream_;
    StreamFramer framer_;
    net::TimePoint last_traffic_;
    net::TimePoint message_began_{};
    bool spoke_ = false; // it has sent a whole message
    bool closing_ = false;
};

} // namespace wakeline::sip
