// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "sip/transaction_layer.h"
#include "sip/transaction_user.h"

namespace wakeline::sip {

/// One request that we sent: its bytes while they may be needed, and who waits for the answer. INVITE and the
/// rest differ in their rules alone.
class ClientTransaction {
public:
    /// The table that it lies in.
    class Owner {
    public:
        /// The CANCEL of an INVITE is a transaction of its own, on the same flow with the same branch.
        virtual void send_cancel(FlowId flow, std::string_view branch, std::string text) = 0;
        /// Destroys it; the last thing that it does.
        virtual void ended(ClientTx id) = 0;

    protected:
        ~Owner() = default;
    };

    struct Request {
        ClientTx id = 0;
        FlowId flow = 0;
        bool reliable = false;
        std::string branch; // of our Via
        std::string method;
        std::string text;
        ResponseHandler* handler = nullptr;
    };

    virtual ~ClientTransaction() = default;
    ClientTransaction(const ClientTransaction&) = delete;
    ClientTransaction& operator=(const ClientTransaction&) = delete;

    virtual void start() = 0;
    /// May end it, as may the next two.
    virtual void on_response(const Message& response) = 0;
    virtual void on_transport_error() = 0;
    virtual void cancel(std::string_view reason) = 0;

    void forget() noexcept { request_.handler = nullptr; }
    ClientTx id() const noexcept { return request_.id; }
    FlowId flow() const noexcept { return request_.flow; }
    bool reliable() const noexcept { return request_.reliable; }
    const std::string& branch() const noexcept { return request_.branch; }
    const std::string& method() const noexcept { return request_.method; }

protected:
    ClientTransaction(const TransactionLayer& layer, Owner& owner, Request request)
        : layer_(layer), owner_(owner), request_(std::move(request)) {}

    void deliver(const Message& response, bool last) {
        auto* handler = last ? std::exchange(request_.handler, nullptr) : request_.handler;
        if (handler) handler->on_response(request_.id, response);
    }

    void fail(TxFailure why) {
        (why == TxFailure::Timeout ? layer_.metrics.timeouts : layer_.metrics.transport_failures).add();
        if (auto* handler = std::exchange(request_.handler, nullptr)) handler->on_failure(request_.id, why);
    }

    const TransactionLayer& layer_;
    Owner& owner_;
    Request request_;
};

} // namespace wakeline::sip
