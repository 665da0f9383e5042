// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "net/timer.h"
#include "sip/builder.h"
#include "sip/transaction_config.h"
#include "sip/transaction_user.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// The four transactions of RFC 3261 section 17 with RFC 6026, over any Transport. Adds Via with our branch
/// to what it sends; matches what arrives (17.1.3, 17.2.3).
class Transactions final : public TransportUser {
public:
    using Config = TransactionConfig;

    Transactions(net::TimerQueue& timers, Transport& transport, RequestHandler& handler, Config config);
    ~Transactions();

    /// Sends an answer on the flow of its request (RFC 3581: also when the Via says another port). False when
    /// it is not sent: the transaction or the flow is gone, or a final answer was given. A 2xx to INVITE is
    /// repeated until its ACK by the caller (RFC 3261 13.3.1.4; see sip/success_repeater.h).
    bool respond(ServerTx tx, const Builder& response);
    /// Sends a request on that flow, whatever its size: a request beyond 1300 octets stays on UDP (against
    /// RFC 3261 18.1.1), because the transport towards the PBX is what the administrator chose. `handler`
    /// must live until on_failure, a final non-2xx, or `forget`; it hears nothing inside this call.
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
