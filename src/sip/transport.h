// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/socket_address.h"
#include "sip/message.h"

namespace wakeline::sip {

enum class TransportKind : std::uint8_t { Udp, Tcp, Tls };
enum class Side : std::uint8_t { Access, Trunk }; // phones, or the PBX

constexpr bool is_reliable(TransportKind kind) { return kind != TransportKind::Udp; }
/// "UDP", "TCP", "TLS": as in Via.
constexpr std::string_view via_name(TransportKind kind) {
    return kind == TransportKind::Udp ? "UDP" : kind == TransportKind::Tcp ? "TCP" : "TLS";
}

/// A connection (TCP, TLS), or for UDP one of our sockets with one remote address (RFC 5626 section 2). Never
/// reused in the life of the process: a closed flow's id finds nothing.
using FlowId = std::uint64_t; // 0: none

struct FlowInfo {
    TransportKind kind = TransportKind::Udp;
    Side side = Side::Access;
    std::string listener; // name in the configuration
    net::SocketAddress local, remote;
    std::string sent_by;       // host:port that we write in Via and Contact on this flow
    bool mutual = false;       // the peer proved a client certificate
    std::string peer_identity; // its SAN or CN, as `identity` in the configuration says; else empty. Of a PBX
                               // all names of the SAN, a space between
};

/// Where a new flow shall lead: one address, already resolved (sip/locate.h resolves).
struct FlowTarget {
    TransportKind kind = TransportKind::Udp;
    net::SocketAddress remote;
    std::string tls_name;   // SNI and the name the certificate must have; TLS only
    std::string trunk = {}; // Side::Trunk: the trunk whose address it starts from; empty: the first that can
};

/// Carries messages. The real one owns sockets (sip/transports.h), the tests' one is a list of strings.
class Transport {
public:
    virtual ~Transport() = default;

    /// Queues one complete message. False when the flow is gone or its queue is full: the message is not
    /// sent.
    virtual bool send(FlowId flow, std::string message) = 0;
    /// The flow to that target, opened if there is none. Messages queue until it is connected; a failure
    /// arrives as `on_flow_closed`, never inside this call.
    virtual FlowId open(const FlowTarget& target, Side side) = 0;
    virtual void close(FlowId flow) = 0;
    /// Null when the flow is gone.
    virtual const FlowInfo* info(FlowId flow) const = 0;
};

/// Who hears what a transport receives. Called on the loop, never from inside a Transport call.
class TransportUser {
public:
    virtual void on_message(FlowId flow, const Message& message) = 0;
    /// A connection ended or could not be made; `why` is for a log line.
    virtual void on_flow_closed(FlowId flow, std::string_view why) = 0;

protected:
    ~TransportUser() = default;
};

} // namespace wakeline::sip
