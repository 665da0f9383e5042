// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "trunk/environment.h"

namespace wakeline::trunk {

/// INVITEs that got no answer in time and went elsewhere: cancelled as soon as RFC 3261 9.1 allows, and one
/// that is accepted all the same is acknowledged and hung up.
class Abandoned final : sip::ResponseHandler {
public:
    explicit Abandoned(const Environment& environment) : environment_(environment) {}
    ~Abandoned();

    void take(sip::ClientTx tx, sip::FlowId flow, sip::Builder invite);
    /// What its first handler hears goes here. False when it is none of them.
    bool hear(sip::ClientTx tx, const sip::Message& response);
    bool fail(sip::ClientTx tx) { return invites_.erase(tx) > 0; }

private:
    struct Invite {
        sip::FlowId flow;
        sip::Builder request;
    };

    void on_response(sip::ClientTx tx, const sip::Message& response) override {
        if (response.status() >= 200) byes_.erase(tx);
    }
    void on_failure(sip::ClientTx tx, sip::TxFailure) override { byes_.erase(tx); }
    void hang_up(const Invite& invite, const sip::Message& success);

    Environment environment_;
    std::unordered_map<sip::ClientTx, Invite> invites_;
    std::unordered_set<sip::ClientTx> byes_;
};

} // namespace wakeline::trunk
