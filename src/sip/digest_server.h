// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "sip/digest.h"
#include "sip/digest_user.h"
#include "sip/message.h"
#include "sip/nonces.h"

namespace wakeline::sip {

/// Why a request is or is not from whom it says. Only Accepted lets it pass.
struct DigestVerdict {
    enum class Outcome : std::uint8_t {
        Accepted,
        NoCredentials, // none for our realm, or of no scheme that we know
        Stale,         // right, but the nonce is too old: `challenge(stale)`, the user need not be asked
        Replayed,      // right, but seen before
        UnknownUser,
        WrongPassword,
        Malformed, // credentials that nothing can be made of
    };
    Outcome outcome = Outcome::NoCredentials;
    std::string user = {};                // as claimed; proved when Accepted
    std::string authentication_info = {}; // value for the 2xx: rspauth, and nextnonce when it is time
};

/// The server's side of Digest with qop=auth (RFC 7616, RFC 8760) for one realm.
class DigestServer {
public:
    struct Config {
        std::string realm;
        Secret nonce_key; // nodes that share it accept each other's nonces
        /// In the order of preference. A user of whom only one hash is known can answer that one alone.
        std::vector<digest::Algorithm> algorithms = {digest::Algorithm::Sha256, digest::Algorithm::Md5};
        Nonces::Options nonces = {};
    };
    using FindUser = std::function<std::optional<DigestUser>(std::string_view user)>;

    explicit DigestServer(Config config)
        : config_(std::move(config)), nonces_(config_.nonce_key, config_.nonces) {}

    /// One WWW-Authenticate or Proxy-Authenticate value per algorithm, best first (RFC 8760 section 2.3).
    std::vector<std::string> challenges(net::WallTime now, bool stale = false) const;
    /// Looks at the header of that name: Authorization or Proxy-Authorization.
    DigestVerdict verify(const Message& request, std::string_view header, const FindUser& find_user,
                         net::WallTime now);

private:
    struct Credentials;
    DigestVerdict judge(const Credentials& credentials, const FindUser& find_user, net::WallTime now);
    std::string authentication_info(const Credentials& credentials, const Secret& ha1) const;

    Config config_;
    Nonces nonces_;
};

} // namespace wakeline::sip
