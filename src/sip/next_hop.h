// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/transactions.h"

namespace wakeline::sip {

using HopRequest = std::uint64_t; // 0: none

/// How requests outside a dialog reach the PBX: resolves (RFC 3263), connects, fails over, then runs the
/// client transaction. trunk::Peer is the real one.
class NextHop {
public:
    class Handler {
    public:
        /// As ResponseHandler; `flow` is where the request went, and what the dialog goes on using.
        virtual void on_response(HopRequest request, FlowId flow, const Message& response) = 0;
        virtual void on_failure(HopRequest request, TxFailure why) = 0;
        /// The request is on its way on that flow, through that transaction; again for each address tried.
        virtual void on_sent(HopRequest request, FlowId flow, ClientTx tx) = 0;

    protected:
        ~Handler() = default;
    };

    virtual ~NextHop() = default;

    /// `request` has all but Via, and Contact with the host part `contact_host()`. Handlers hear nothing
    /// inside this call.
    virtual HopRequest send(Builder request, Handler& handler) = 0;
    /// CANCEL for an INVITE sent so; before it is sent, on_failure is all that follows.
    virtual void cancel(HopRequest invite, std::string_view reason) = 0;
    virtual void forget(HopRequest request) = 0;

    /// The configured URI of the hop: its host is the domain of request URIs.
    virtual const Uri& uri() const = 0;
    /// host:port;transport=... for our Contact towards the hop.
    virtual std::string contact_host() const = 0;
    virtual bool available() const = 0;
    /// As it is configured.
    virtual const std::string& name() const = 0;
    /// Whether a request that was answered so, before anything rang, goes on to another hop.
    virtual bool leaves_on(int status) const = 0;
};

} // namespace wakeline::sip
