// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "call/context.h"
#include "call/outgoing.h"

namespace wakeline::call {

/// A request without a dialog that several trunks may take, one after the other: the next gets it when one
/// gives no answer, or one that it is left for.
class Succession final : public Outgoing::User {
public:
    /// The request as that trunk gets it.
    struct Way {
        trunk::Trunk* trunk = nullptr;
        sip::Builder request;
    };

    /// `user` hears what a single request would say. It owns this.
    Succession(Context& context, Outgoing::User& user) : context_(context), user_(user) {}

    /// `ways` has one at least.
    void start(std::vector<Way> ways);
    /// Where it is now.
    const std::string& trunk() const { return trunk_->name(); }

    void on_sent(Outgoing& request) override { user_.on_sent(request); }
    void on_response(Outgoing& request, const sip::Message& response) override;
    void on_failure(Outgoing& request, sip::TxFailure why) override;

private:
    bool try_next();
    bool authorize(const sip::Message& response);

    Context& context_;
    Outgoing::User& user_;
    std::vector<Way> ways_; // the next one last
    trunk::Trunk* trunk_ = nullptr;
    std::unique_ptr<Outgoing> outgoing_;
    bool authorized_ = false; // at this trunk
};

} // namespace wakeline::call
