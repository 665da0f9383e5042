// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/keep_warm.h"
#include "net/credential.h"
#include "push/apns_token.h"

namespace wakeline::push {

/// What all apps of a team share, since Apple wants few connections, takes one team on each, and counts the
/// provider tokens of a team together: the connection, kept warm, and the token.
class ApnsTeam {
public:
    /// An app of the team: the connection is opened with a push of one of them.
    class Member {
    public:
        virtual http::Request probe() = 0;
        virtual void on_probe_answered(const http::Response& response) = 0;

    protected:
        ~Member() = default;
    };

    /// `token`: null when Apple knows us by the client's certificate. It outlives this.
    ApnsTeam(net::TimerQueue& timers, std::unique_ptr<http::Client> client, ApnsToken* token,
             net::Credential credential);

    void join(Member& member);
    void leave(Member& member);
    bool empty() const noexcept { return members_.empty(); }

    http::Client& client() noexcept { return *client_; }
    ApnsToken* token() const noexcept { return token_; }
    const net::Credential& credential() const noexcept { return credential_; }
    /// A request was answered.
    void traffic() { warm_.traffic(); }

private:
    std::unique_ptr<http::Client> client_;
    ApnsToken* const token_;
    const net::Credential credential_;
    std::vector<Member*> members_; // the first one's push is the probe
    http::KeepWarm warm_;
};

} // namespace wakeline::push
