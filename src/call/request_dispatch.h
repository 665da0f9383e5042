// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/new_calls.h"
#include "call/outside_requests.h"
#include "call/phone_access.h"

namespace wakeline::call {

/// Sends every request that arrives to who acts on it; what nobody may act on is answered here.
class RequestDispatch final : public sip::RequestHandler {
public:
    struct Targets {
        PhoneAccess& phones;
        NewCalls& new_calls;
        OutsideRequests& outside;
    };

    RequestDispatch(Context& context, Targets targets) : context_(context), targets_(targets) {}

    void on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override;
    void on_cancel(sip::ServerTx invite, const sip::Message& cancel) override;
    void on_ack(sip::FlowId flow, const sip::Message& ack) override;
    void on_answer_lost(sip::ServerTx tx, sip::TxFailure why) override;
    void on_flow_closed(sip::FlowId flow, std::string_view why) override;

private:
    void inside(const Arrival& arrival);
    void outside(const Arrival& arrival);
    void answer(const Arrival& arrival, int status, std::string_view reason = {});
    void answer_options(const Arrival& arrival);

    Context& context_;
    Targets targets_;
};

} // namespace wakeline::call
