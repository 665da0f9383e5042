// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "fakes/fake_transport.h"
#include "sip/next_hop.h"

namespace wakeline::test {

/// A PBX that keeps the requests it gets and answers what the test says.
class FakeNextHop final : public sip::NextHop {
public:
    struct Request {
        sip::HopRequest id = 0;
        sip::Builder builder;
        Handler* handler = nullptr; // null: forgotten
        bool cancelled = false;
        std::string cancel_reason;

        std::string header(std::string_view name) const {
            return std::string(builder.find(name).value_or("-"));
        }
    };

    explicit FakeNextHop(std::string_view uri = "sip:pbx.example.com") : uri_(*sip::Uri::parse(uri)) {}

    sip::HopRequest send(sip::Builder request, Handler& handler) override {
        requests.push_back({++last_, std::move(request), &handler, false, {}});
        return last_;
    }
    void cancel(sip::HopRequest invite, std::string_view reason) override {
        if (Request* request = find(invite)) {
            request->cancelled = true;
            request->cancel_reason = reason;
        }
    }
    void forget(sip::HopRequest request) override {
        if (Request* found = find(request)) found->handler = nullptr;
    }
    const sip::Uri& uri() const override { return uri_; }
    std::string contact_host() const override { return contact; }
    bool available() const override { return up; }
    const std::string& name() const override { return named; }
    bool leaves_on(int status) const override { return status == 503; }

    /// The request leaves on that flow.
    void sent(sip::HopRequest id, sip::FlowId flow, sip::ClientTx tx) {
        if (Handler* handler = handler_of(id)) handler->on_sent(id, flow, tx);
    }
    /// An answer arrives: with the Via, From, Call-ID and CSeq of the request; `more` is further header lines
    /// (To among them, unless that of the request will do) and, after an empty line, the body.
    void answer(sip::HopRequest id, sip::FlowId flow, int status, std::string_view more = {}) {
        const Request* request = find(id);
        REQUIRE(request != nullptr);
        std::string text = "SIP/2.0 " + std::to_string(status) + " " +
                           std::string(sip::default_reason(status)) +
                           "\nVia: SIP/2.0/UDP 192.0.2.1:5080;branch=z9hG4bKfake" + std::to_string(id);
        for (const char* name : {"From", "Call-ID", "CSeq"})
            text += "\n" + std::string(name) + ": " + request->header(name);
        if (more.find("To: ") == std::string_view::npos) text += "\nTo: " + request->header("To");
        text += "\n" + std::string(more);
        const sip::Message response = message(text);
        if (Handler* handler = handler_of(id)) handler->on_response(id, flow, response);
    }
    void fail(sip::HopRequest id, sip::TxFailure why) {
        if (Handler* handler = handler_of(id)) handler->on_failure(id, why);
    }

    Request* find(sip::HopRequest id) {
        for (Request& request : requests)
            if (request.id == id) return &request;
        return nullptr;
    }
    Request& last() {
        REQUIRE_FALSE(requests.empty());
        return requests.back();
    }

    std::vector<Request> requests;
    std::string contact = "192.0.2.1:5080;transport=udp";
    std::string named = "pbx";
    bool up = true;

private:
    Handler* handler_of(sip::HopRequest id) {
        const Request* request = find(id);
        return request ? request->handler : nullptr;
    }

    sip::Uri uri_;
    sip::HopRequest last_ = 0;
};

} // namespace wakeline::test
