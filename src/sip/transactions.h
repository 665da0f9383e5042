// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/timer.h"
#include "sip/builder.h"
#include "sip/transport.h"

namespace wakeline::sip {

using ServerTx = std::uint64_t; // 0: none; never reused
using ClientTx = std::uint64_t;

enum class TxFailure : std::uint8_t { Timeout, Transport };

/// The transaction user (RFC 3261 section 17) of everything that arrives. Mutate, then answer, then return.
class RequestHandler {
public:
    /// A new request, once each: retransmissions are absorbed. Not ACK, not CANCEL. For an INVITE, 100 has
    /// been sent.
    virtual void on_request(ServerTx tx, FlowId flow, const Message& request) = 0;
    /// The peer cancels the INVITE `invite` that has no final answer yet. The CANCEL itself is answered
    /// already.
    virtual void on_cancel(ServerTx invite, const Message& cancel) = 0;
    /// The ACK of a 2xx; those of failures are absorbed.
    virtual void on_ack(FlowId flow, const Message& ack) = 0;
    /// No ACK came for a final failure (Timer H), or the answer could not be sent.
    virtual void on_answer_lost(ServerTx tx, TxFailure why) = 0;
    virtual void on_flow_closed(FlowId flow, std::string_view why) = 0;

protected:
    ~RequestHandler() = default;
};

/// The transaction user of one request that we sent.
class ResponseHandler {
public:
    /// Every 1xx (100 too) and the final answer. After a 2xx to INVITE also its retransmissions and the 2xx
    /// of other forks, for 64*T1 (RFC 6026 section 7.2): each must be ACKed by the caller of `send`.
    virtual void on_response(ClientTx tx, const Message& response) = 0;
    /// No final answer will come. Always the last call.
    virtual void on_failure(ClientTx tx, TxFailure why) = 0;

protected:
    ~ResponseHandler() = default;
};

/// The four transactions of RFC 3261 section 17 with RFC 6026, over any Transport. Adds Via with our branch
/// to what it sends; matches what arrives (17.1.3, 17.2.3).
class Transactions final : public TransportUser {
public:
    struct Config {
        net::Duration t1 = std::chrono::milliseconds(500);
        net::Duration t2 = std::chrono::seconds(4);
        net::Duration t4 = std::chrono::seconds(5);
        std::string server; // User-Agent / Server header value; empty: none
    };

    Transactions(net::TimerQueue& timers, Transport& transport, RequestHandler& handler, Config config);
    ~Transactions();

    /// Sends an answer. False when the transaction is gone. A 2xx to INVITE is repeated until its ACK by the
    /// caller (RFC 3261 13.3.1.4; see sip/success_repeater.h).
    bool respond(ServerTx tx, const Builder& response);
    /// Sends a request on that flow. `handler` must live until on_failure, a final non-2xx, or `forget`.
    ClientTx send(FlowId flow, Builder request, ResponseHandler& handler);
    /// RFC 3261 9.1: sent at once, or as soon as a 1xx has come; nothing when a final answer has.
    /// `reason`: value of the Reason header (RFC 3326), empty for none.
    void cancel(ClientTx invite, std::string_view reason);
    /// The handler will not be called any more; the transaction ends by itself.
    void forget(ClientTx tx);
    /// An ACK to a 2xx: has a branch, but no transaction (RFC 3261 13.2.2.4).
    void send_ack(FlowId flow, Builder ack);

    struct Counts {
        std::size_t invite_server, other_server, invite_client, other_client;
    };
    Counts counts() const;

    void on_message(FlowId flow, const Message& message) override;
    void on_flow_closed(FlowId flow, std::string_view why) override;

private:
    struct Tables;
    std::unique_ptr<Tables> tables_;
};

} // namespace wakeline::sip
