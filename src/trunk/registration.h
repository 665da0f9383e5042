// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/secret.h"
#include "sip/digest_client.h"
#include "sip/next_hop.h"
#include "trunk/config.h"
#include "trunk/environment.h"

namespace wakeline::trunk {

/// Keeps a trunk registered at its PBX or provider: answers challenges, asks again before the grant ends and
/// when the connection is gone, and with growing pauses when it is refused. Calls come in on the connection
/// that the REGISTER went out on.
class Registration final : sip::NextHop::Handler {
public:
    struct Parts {
        std::string trunk;
        RegisterConfig config;
        Secret password;
        sip::NextHop& registrar;
        const sip::NextHop& contact; // what the Contact leads to
    };
    Registration(const Environment& environment, Parts parts);
    ~Registration();

    void start();
    void on_flow_closed(sip::FlowId flow);

    /// As Trunk::authorize.
    bool authorize(const sip::Message& challenge, sip::Builder& request) const;

    const std::string& user() const noexcept { return parts_.config.user; }
    bool registered() const noexcept { return state_ == State::Registered; }
    /// Refused, or not answered: the other side takes no calls of ours now.
    bool failed() const noexcept { return state_ == State::Failed; }
    /// "registered as 100 until 14:05:00 UTC", or why it is not and what may help (UP-03).
    std::string in_words() const;
    const std::string& failure() const noexcept { return failure_; }
    net::WallTime failed_at() const noexcept { return failed_at_; }

private:
    enum class State : std::uint8_t { Unknown, Registered, Failed };

    void on_response(sip::HopRequest request, sip::FlowId flow, const sip::Message& response) override;
    void on_failure(sip::HopRequest request, sip::TxFailure why) override;
    void on_sent(sip::HopRequest, sip::FlowId flow, sip::ClientTx) override { flow_ = flow; }

    sip::DigestClient credentials() const;
    void ask();
    void send();
    std::string domain() const;
    /// True when the request went out again in a better form.
    bool try_again(const sip::Message& response);
    void granted(const sip::Message& response);
    void fail(std::string why, net::Duration at_least = {});

    Environment environment_;
    const Parts parts_;
    const std::string call_id_, tag_;
    sip::DigestClient digest_;
    std::chrono::seconds expires_;
    std::uint32_t cseq_ = 0;
    unsigned sent_ = 0, failures_ = 0; // REGISTERs of this attempt; attempts in a row
    sip::HopRequest request_ = 0;
    sip::FlowId flow_ = 0;
    State state_ = State::Unknown;
    std::string failure_;
    net::WallTime until_{}, failed_at_{};
    net::Timer next_;
};

} // namespace wakeline::trunk
