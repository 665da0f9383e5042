// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/event_loop.h"
#include "net/socket_address.h"

namespace wakeline::net {

/// A bound UDP socket on a loop. Reads in batches (recvmmsg); what is sent in one turn of the loop leaves
/// together (sendmmsg). A full socket buffer keeps up to `max_queue` datagrams, then drops and counts.
class UdpSocket {
public:
    struct Options {
        unsigned dscp = 0;
        int buffer_bytes = 0; // SO_RCVBUF and SO_SNDBUF; 0: the system's
        bool reuse_port = false;
        std::size_t max_queue = 4'096;
    };
    /// `data` is good during the call only. The socket may be destroyed inside it.
    using Receiver = std::function<void(const SocketAddress& from, std::string_view data)>;

    static Result<std::unique_ptr<UdpSocket>> open(EventLoop& loop, const SocketAddress& address,
                                                   Options options, Receiver receiver);
    ~UdpSocket();

    /// `from`: our address that it shall come from, for a socket bound to all; unspecified: the system's
    /// choice.
    void send(const SocketAddress& to, std::string data, const SocketAddress& from = {});
    const SocketAddress& local() const; // with the port the system chose
    /// In the Receiver: our address that the datagram was sent to, never the unspecified one.
    const SocketAddress& arrived_at() const;
    std::uint64_t dropped() const; // datagrams not sent: no room, or the system refused them

private:
    struct State;
    explicit UdpSocket(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace wakeline::net
