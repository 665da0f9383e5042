// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sip/transport.h"

namespace wakeline::sip {

using ServerTx = std::uint64_t; // 0: none; never reused
using ClientTx = std::uint64_t;

enum class TxFailure : std::uint8_t { Timeout, Transport };

/// The transaction user (RFC 3261 section 17) of everything that arrives. Mutate, then answer, then return.
class RequestHandler {
public:
    /// A new request, once each: retransmissions are absorbed. Not ACK, not CANCEL, nothing that
    /// request_check objects to. For an INVITE, 100 has been sent.
    virtual void on_request(ServerTx tx, FlowId flow, const Message& request) = 0;
    /// The peer cancels the INVITE `invite` that has no final answer yet. The CANCEL itself is answered
    /// already.
    virtual void on_cancel(ServerTx invite, const Message& cancel) = 0;
    /// The ACK of a 2xx; those of failures are absorbed.
    virtual void on_ack(FlowId flow, const Message& ack) = 0;
    /// The INVITE `tx` is over without the peer knowing how: no ACK came for a final failure (Timer H), or
    /// its connection ended before the final answer, which a phone that comes back on another one does not
    /// look for (Transport). Not called after a 2xx, nor for what `respond` told as false.
    virtual void on_answer_lost(ServerTx tx, TxFailure why) = 0;
    /// All transactions of that flow have been told by now.
    virtual void on_flow_closed(FlowId flow, std::string_view why) = 0;

protected:
    ~RequestHandler() = default;
};

/// The transaction user of one request that we sent.
class ResponseHandler {
public:
    /// Every 1xx (100 too) and the final answer. After a 2xx to INVITE also its retransmissions and the 2xx
    /// of other forks, for 64*T1 (RFC 6026 section 7.2), or until `forget`: each must be ACKed by the caller
    /// of `send`.
    virtual void on_response(ClientTx tx, const Message& response) = 0;
    /// No final answer will come: none in 64*T1 (also after a CANCEL), or the connection ended. Always the
    /// last call, never inside `send`.
    virtual void on_failure(ClientTx tx, TxFailure why) = 0;

protected:
    ~ResponseHandler() = default;
};

} // namespace wakeline::sip
