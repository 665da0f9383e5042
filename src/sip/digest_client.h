// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "sip/builder.h"
#include "sip/digest.h"
#include "sip/digest_user.h"

namespace wakeline::sip {

/// Answers the challenges of one server with one user's password (RFC 7616, RFC 8760), and proves that the
/// server knows the password too.
class DigestClient {
public:
    DigestClient(std::string user, Secret password)
        : DigestClient(std::move(user), DigestUser{.password = std::move(password)}) {}
    /// Of a user of whom maybe only H(user:realm:password) is known: challenges of that realm and hash can be
    /// answered.
    DigestClient(std::string user, DigestUser known) : user_(std::move(user)), known_(std::move(known)) {}

    /// From a 401 or 407: the strongest challenge that we can answer. An error when there is none, or when
    /// the server refuses what we answered and does not call it stale: the password is wrong.
    Status take_challenge(const Message& response);
    /// Adds Authorization or Proxy-Authorization once there is a challenge to answer; again for each request,
    /// with the next count. The request's own body is not signed (qop=auth).
    void authorize(Builder& request);
    /// The Authentication-Info of a 2xx proves that the server knows the password; also takes `nextnonce`.
    /// Nothing when the response has none.
    std::optional<bool> proves_server(const Message& response);

    bool challenged() const noexcept { return !challenge_.nonce.empty(); }

private:
    struct Challenge {
        bool proxy = false;
        digest::Algorithm algorithm = digest::Algorithm::Md5;
        bool names_algorithm = false; // an MD5 challenge may leave it out; then so does the answer
        bool qop = false;
        std::string realm, nonce, opaque;
    };
    static std::optional<Challenge> understood(std::string_view value);
    bool can_answer(const Challenge& challenge) const;
    Secret ha1() const;

    std::string user_;
    DigestUser known_;
    Challenge challenge_;
    std::uint32_t count_ = 0;
    std::string cnonce_, uri_; // of the last request
};

} // namespace wakeline::sip
