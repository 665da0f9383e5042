// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "sip/transaction_layer.h"
#include "sip/transaction_user.h"

namespace wakeline::sip {

/// One request that arrived: how it is found again, and the bytes of its last answer; the message itself is
/// not kept.
class ServerTransaction {
public:
    class Owner {
    public:
        /// Destroys it; the last thing that it does.
        virtual void ended(ServerTx id) = 0;

    protected:
        ~Owner() = default;
    };

    struct Request {
        ServerTx id = 0;
        FlowId flow = 0;
        bool reliable = false;
        std::uint32_t surplus = 0; // octets beyond the usual, of a phone's request
        std::string key;           // what matches it (RFC 3261 17.2.3)
        std::uint64_t origin = 0;  // what two copies of one request by different paths share (8.2.2.2)
    };

    virtual ~ServerTransaction() = default;
    ServerTransaction(const ServerTransaction&) = delete;
    ServerTransaction& operator=(const ServerTransaction&) = delete;

    /// The same request again. As the next two, it may end the transaction.
    virtual void on_repeated() = 0;
    virtual void on_transport_error() = 0;
    /// False when it is not sent: too late, or the flow cannot take it.
    virtual bool respond(int status, std::string text) = 0;
    /// The flow is gone, as the user has just been told: ends soon, without a word.
    virtual void abandon() = 0;

    ServerTx id() const noexcept { return request_.id; }
    FlowId flow() const noexcept { return request_.flow; }
    bool reliable() const noexcept { return request_.reliable; }
    std::uint32_t surplus() const noexcept { return request_.surplus; }
    const std::string& key() const noexcept { return request_.key; }
    std::uint64_t origin() const noexcept { return request_.origin; }

protected:
    ServerTransaction(const TransactionLayer& layer, Owner& owner, Request request)
        : layer_(layer), owner_(owner), request_(std::move(request)) {}

    const TransactionLayer& layer_;
    Owner& owner_;
    Request request_;
    std::string response_; // the last one, while it may be asked for again
};

} // namespace wakeline::sip
