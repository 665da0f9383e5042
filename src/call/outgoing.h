// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sip/next_hop.h"
#include "sip/transactions.h"

namespace wakeline::call {

/// One request that we sent, on a flow or through a next hop: either way its answers come the same way.
class Outgoing final : public sip::ResponseHandler, public sip::NextHop::Handler {
public:
    class User {
    public:
        /// As sip::ResponseHandler.
        virtual void on_response(Outgoing& request, const sip::Message& response) = 0;
        virtual void on_failure(Outgoing& request, sip::TxFailure why) = 0;
        /// It left for an address; through a next hop maybe again for another.
        virtual void on_sent(Outgoing&) {}

    protected:
        ~User() = default;
    };

    Outgoing(sip::Transactions& transactions, User& user) : transactions_(transactions), user_(&user) {}
    ~Outgoing();
    Outgoing(const Outgoing&) = delete;
    Outgoing& operator=(const Outgoing&) = delete;

    /// Once more only after a final answer: then it is the new request.
    void send(sip::FlowId flow, sip::Builder request);
    void send(sip::NextHop& hop, sip::Builder request);
    /// INVITE: sent as soon as RFC 3261 9.1 allows.
    void cancel(std::string_view reason);
    void give_to(User& user) { user_ = &user; }

    /// As sent, without Via: what a dialog is made of.
    const sip::Builder& request() const { return *request_; }
    bool is_invite() const { return request_ && request_->method() == "INVITE"; }
    std::uint32_t cseq() const;
    /// The same with the next CSeq, for an answer that asks for another form of it; outside of a dialog.
    sip::Builder again() const;
    /// Where the answers come from; 0 before the first when it went through a next hop.
    sip::FlowId flow() const noexcept { return flow_; }
    bool sent() const noexcept { return request_.has_value(); }
    /// No answer of interest can follow: a failure came, or none ever will.
    bool over() const noexcept { return over_; }
    bool cancelled() const noexcept { return cancelled_; }
    /// A 2xx has come.
    bool answered() const noexcept { return answered_; }

    void on_response(sip::ClientTx tx, const sip::Message& response) override;
    void on_response(sip::HopRequest id, sip::FlowId flow, const sip::Message& response) override;
    /// Of both: a HopRequest and a ClientTx are the same type.
    void on_failure(std::uint64_t id, sip::TxFailure why) override;
    void on_sent(sip::HopRequest id, sip::FlowId flow, sip::ClientTx tx) override;

private:
    void begin(sip::Builder request);
    void deliver(const sip::Message& response);

    sip::Transactions& transactions_;
    User* user_;
    std::optional<sip::Builder> request_;
    sip::NextHop* hop_ = nullptr;
    sip::ClientTx tx_ = 0;
    sip::HopRequest hop_request_ = 0;
    sip::FlowId flow_ = 0;
    bool over_ = false, cancelled_ = false, answered_ = false;
};

} // namespace wakeline::call
