// SPDX-License-Identifier: Apache-2.0
#include "registrar/authenticator.h"

#include <utility>

#include "base/random.h"
#include "base/text.h"

namespace wakeline::registrar {

namespace {

using Outcome = sip::DigestVerdict::Outcome;

bool is_register(const sip::Message& request) { return request.method() == "REGISTER"; }

sip::Builder answer(const sip::Message& request, int status, std::string_view reason = {}) {
    return sip::Builder::response(request, status, random_token(), reason);
}

/// RFC 3323 4.1.1.3: a phone that withholds its number; who pays is known from the digest.
bool anonymous(const sip::Uri& uri) { return iequals(uri.host, "anonymous.invalid"); }

} // namespace

Authenticator::Authenticator(const Parts& parts) : parts_(parts) {}

Authenticator::Authenticator(const Parts& parts, const UserDirectory& users, std::string realm)
    : parts_(parts), users_(&users) {
    digest_.emplace(
        sip::DigestServer::Config{.realm = std::move(realm), .nonce_key = Secret(random_token(256))});
}

Authenticator::Verdict Authenticator::check(const sip::Message& request) {
    if (!digest_) return {};
    const auto header = is_register(request) ? "Authorization" : "Proxy-Authorization";
    return judge(request, digest_->verify(
                              request, header, [this](std::string_view user) { return users_->find(user); },
                              parts_.timers.wall_now()));
}

Authenticator::Verdict Authenticator::judge(const sip::Message& request, sip::DigestVerdict verdict) {
    switch (verdict.outcome) {
    case Outcome::Accepted: return check_owner(request, std::move(verdict));
    case Outcome::NoCredentials: return challenge(request, false);
    case Outcome::Stale:
    case Outcome::Replayed: return challenge(request, true);
    case Outcome::Malformed: return {.refusal = answer(request, 400, "Bad Credentials")};
    case Outcome::UnknownUser:
    case Outcome::WrongPassword: break;
    }
    parts_.log.debug("wrong credentials", {{"method", std::string(request.method())},
                                           {"digest_user", verdict.user},
                                           {"aor", request.to().uri.aor()}});
    auto refused = challenge(request, false);
    refused.wrong = true;
    return refused;
}

Authenticator::Verdict Authenticator::challenge(const sip::Message& request, bool stale) const {
    const bool by_register = is_register(request);
    auto refusal = answer(request, by_register ? 401 : 407);
    for (const std::string& value : digest_->challenges(parts_.timers.wall_now(), stale))
        refusal.add(by_register ? "WWW-Authenticate" : "Proxy-Authenticate", value);
    return {.refusal = std::move(refusal)};
}

Authenticator::Verdict Authenticator::check_owner(const sip::Message& request, sip::DigestVerdict verdict) {
    const sip::Uri& identity = is_register(request) ? request.to().uri : request.from().uri;
    const auto aor = parts_.domains.aor(identity);
    if ((aor && is_owner(verdict.user, *aor)) || (!is_register(request) && anonymous(identity)))
        return {.user = std::move(verdict.user),
                .authentication_info = std::move(verdict.authentication_info)};
    if (log_limit_.allow(parts_.timers.now()))
        parts_.log.info("the digest user is not the user that it signs for; they must be the same number",
                        {{"digest_user", verdict.user}, {"aor", aor.value_or(identity.aor())}});
    return {.refusal = answer(request, 403, "Digest User Is Another"), .wrong = true};
}

} // namespace wakeline::registrar
