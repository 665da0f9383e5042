// SPDX-License-Identifier: Apache-2.0
#include "sip/digest_client.h"

#include <array>
#include <cstdio>

#include "base/random.h"
#include "base/text.h"
#include "sip/auth_header.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

std::string written(std::uint32_t count) {
    std::array<char, 9> text{};
    std::snprintf(text.data(), text.size(), "%08x", count);
    return text.data();
}

bool offers_auth(std::string_view qop) {
    for (const std::string_view one : split(qop, ','))
        if (iequals(trim(one), "auth")) return true;
    return false;
}

} // namespace

std::optional<DigestClient::Challenge> DigestClient::understood(std::string_view value) {
    const auto header = AuthHeader::parse(value);
    if (!header || !header->is_digest()) return std::nullopt;
    const auto algorithm = digest::algorithm_named(header->get("algorithm").value_or("MD5"));
    const auto nonce = header->get("nonce");
    const auto realm = header->get("realm");
    const auto qop = header->get("qop");
    if (!algorithm || !realm || !nonce || nonce->empty() || (qop && !offers_auth(*qop))) return std::nullopt;
    return Challenge{.algorithm = *algorithm,
                     .names_algorithm = header->get("algorithm").has_value(),
                     .qop = qop.has_value(),
                     .realm = std::string(*realm),
                     .nonce = std::string(*nonce),
                     .opaque = std::string(header->get("opaque").value_or(""))};
}

bool DigestClient::can_answer(const Challenge& challenge) const {
    const bool hashed = !known_.ha1_md5.empty() || !known_.ha1_sha256.empty();
    if (!known_.password.empty() || !hashed) return true; // even an empty password is one
    return !(digest::is_sha256(challenge.algorithm) ? known_.ha1_sha256 : known_.ha1_md5).empty();
}

Secret DigestClient::ha1() const {
    const Secret& hash = digest::is_sha256(challenge_.algorithm) ? known_.ha1_sha256 : known_.ha1_md5;
    return hash.empty() ? digest::ha1(challenge_.algorithm, user_, challenge_.realm, known_.password) : hash;
}

Status DigestClient::take_challenge(const Message& response) {
    const bool proxy = response.status() == 407;
    std::optional<Challenge> best;
    bool stale = false;
    for (const std::string& value : response.headers(proxy ? "Proxy-Authenticate" : "WWW-Authenticate")) {
        auto challenge = understood(value);
        if (!challenge || !can_answer(*challenge)) continue;
        stale = stale || AuthHeader::parse(value)->says("stale", "true");
        if (!best || (digest::is_sha256(challenge->algorithm) && !digest::is_sha256(best->algorithm)))
            best = std::move(challenge);
    }
    if (!best)
        return Error{ErrorCode::Refused, "no challenge that can be answered: Digest with MD5 or SHA-256"};
    // A nonce that served before has just run out: not every server says "stale" then.
    const bool first_answer = count_ == 1 && challenge_.proxy == proxy && challenge_.realm == best->realm;
    if (first_answer && !stale)
        return Error{ErrorCode::Refused, "user name or password refused for " + best->realm};
    challenge_ = std::move(*best);
    challenge_.proxy = proxy;
    count_ = 0;
    return Done{};
}

void DigestClient::authorize(Builder& request) {
    if (!challenged()) return;
    uri_ = request.uri();
    cnonce_ = random_token(128);
    const std::string nc = written(++count_);
    digest::Input input{.algorithm = challenge_.algorithm,
                        .method = request.method(),
                        .uri = uri_,
                        .nonce = challenge_.nonce,
                        .nc = nc,
                        .cnonce = cnonce_,
                        .qop = challenge_.qop ? "auth" : ""};
    std::string value = "Digest username=" + grammar::quote(user_);
    value.append(", realm=").append(grammar::quote(challenge_.realm));
    value.append(", nonce=").append(grammar::quote(challenge_.nonce));
    value.append(", uri=").append(grammar::quote(uri_));
    value.append(", response=\"").append(digest::response(input, ha1())).append("\"");
    if (challenge_.names_algorithm) value.append(", algorithm=").append(digest::name(challenge_.algorithm));
    if (challenge_.qop) value.append(", qop=auth, nc=" + nc + ", cnonce=\"" + cnonce_ + "\"");
    if (!challenge_.opaque.empty()) value.append(", opaque=").append(grammar::quote(challenge_.opaque));
    request.set(challenge_.proxy ? "Proxy-Authorization" : "Authorization", value);
}

std::optional<bool> DigestClient::proves_server(const Message& response) {
    const auto value =
        response.header(challenge_.proxy ? "Proxy-Authentication-Info" : "Authentication-Info");
    if (!value || count_ == 0) return std::nullopt;
    const auto info = AuthHeader::parse_info(*value);
    const auto proof = info ? info->get("rspauth") : std::nullopt;
    if (!proof) return std::nullopt;
    const std::string nc = written(count_);
    const digest::Input input{.algorithm = challenge_.algorithm,
                              .uri = uri_,
                              .nonce = challenge_.nonce,
                              .nc = nc,
                              .cnonce = cnonce_,
                              .qop = challenge_.qop ? "auth" : ""};
    const bool proved = digest::equal(digest::response(input, ha1()), lower(*proof));
    if (const auto next = info->get("nextnonce"); proved && next && !next->empty()) {
        challenge_.nonce = *next;
        count_ = 0;
    }
    return proved;
}

} // namespace wakeline::sip
