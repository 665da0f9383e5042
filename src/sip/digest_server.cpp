// SPDX-License-Identifier: Apache-2.0
#include "sip/digest_server.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "sip/auth_header.h"
#include "sip/grammar.h"

namespace wakeline::sip {

using Outcome = DigestVerdict::Outcome;

/// The parameters of an Authorization header, all there and well formed; views into the parsed header.
struct DigestServer::Credentials {
    digest::Input input; // the method is that of the request
    std::string_view user, response;
    std::uint32_t count = 0;

    static std::optional<Credentials> from(const AuthHeader& header);
};

namespace {

/// nc: exactly 8 hexadecimal digits (RFC 7616 section 3.4).
std::optional<std::uint32_t> parse_count(std::string_view text) {
    std::uint32_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count, 16);
    if (text.size() != 8 || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return count;
}

/// The URI that was signed must name what is asked for; peers differ in the parameters they sign.
bool same_target(std::string_view signed_uri, const Uri& request_uri) {
    const auto uri = Uri::parse(signed_uri);
    return uri && uri->aor() == request_uri.aor();
}

Secret ha1_of(const DigestUser& user, const digest::Input& input, std::string_view name,
              std::string_view realm) {
    const Secret& stored = digest::is_sha256(input.algorithm) ? user.ha1_sha256 : user.ha1_md5;
    if (!stored.empty()) return stored;
    // Without anything to compare with, the work is done all the same: how long it takes tells nothing about
    // which users exist.
    return digest::ha1(input.algorithm, name, realm, user.password);
}

bool can_prove(const DigestUser& user, digest::Algorithm algorithm) {
    return !user.password.empty() || !(digest::is_sha256(algorithm) ? user.ha1_sha256 : user.ha1_md5).empty();
}

} // namespace

std::optional<DigestServer::Credentials> DigestServer::Credentials::from(const AuthHeader& header) {
    const auto text = [&](std::string_view name) { return header.get(name).value_or(std::string_view{}); };
    const auto algorithm = digest::algorithm_named(header.get("algorithm").value_or("MD5"));
    const auto count = parse_count(text("nc"));
    Credentials credentials;
    credentials.user = text("username");
    credentials.response = text("response");
    credentials.input = {.uri = text("uri"),
                         .nonce = text("nonce"),
                         .nc = text("nc"),
                         .cnonce = text("cnonce"),
                         .qop = text("qop")};
    const bool complete = algorithm && count && *count != 0 && credentials.input.qop == "auth" &&
                          !credentials.input.cnonce.empty() && !credentials.input.nonce.empty() &&
                          !credentials.input.uri.empty() && !credentials.user.empty();
    if (!complete) return std::nullopt;
    credentials.input.algorithm = *algorithm;
    credentials.count = *count;
    return credentials;
}

std::vector<std::string> DigestServer::challenges(net::WallTime now, bool stale) const {
    std::vector<std::string> values;
    for (const digest::Algorithm algorithm : config_.algorithms) {
        std::string value = "Digest realm=" + grammar::quote(config_.realm);
        value.append(", nonce=\"").append(nonces_.make(now)).append("\", qop=\"auth\", algorithm=");
        value.append(digest::name(algorithm));
        if (stale) value.append(", stale=true");
        values.push_back(std::move(value));
    }
    return values;
}

DigestVerdict DigestServer::verify(const Message& request, std::string_view header, const FindUser& find_user,
                                   net::WallTime now) {
    for (const std::string& value : request.headers(header)) {
        const auto parsed = AuthHeader::parse(value);
        if (!parsed) return {.outcome = Outcome::Malformed};
        // RFC 3261 22.3: credentials for other realms and schemes are for others.
        if (!parsed->is_digest() || parsed->get("realm") != config_.realm) continue;
        auto credentials = Credentials::from(*parsed);
        if (!credentials ||
            std::ranges::find(config_.algorithms, credentials->input.algorithm) == config_.algorithms.end())
            return {.outcome = Outcome::Malformed};
        if (!same_target(credentials->input.uri, request.request_uri()))
            return {.outcome = Outcome::Malformed};
        credentials->input.method = request.method();
        return judge(*credentials, find_user, now);
    }
    return {};
}

DigestVerdict DigestServer::judge(const Credentials& credentials, const FindUser& find_user,
                                  net::WallTime now) {
    DigestVerdict verdict{.user = std::string(credentials.user)};
    const auto user = find_user(credentials.user);
    const bool known = user && can_prove(*user, credentials.input.algorithm);
    const Secret ha1 =
        ha1_of(user.value_or(DigestUser{}), credentials.input, credentials.user, config_.realm);
    const bool right =
        digest::equal(digest::response(credentials.input, ha1), lower(credentials.response)) && known;
    if (!right) {
        verdict.outcome = known ? Outcome::WrongPassword : Outcome::UnknownUser;
        return verdict;
    }
    const auto use = nonces_.use(credentials.input.nonce, credentials.count, now);
    switch (use) {
    case Nonces::Use::Stale: verdict.outcome = Outcome::Stale; return verdict;
    case Nonces::Use::Replayed: verdict.outcome = Outcome::Replayed; return verdict;
    case Nonces::Use::Fresh:
    case Nonces::Use::Ageing: break;
    }
    verdict.outcome = Outcome::Accepted;
    verdict.authentication_info = authentication_info(credentials, ha1);
    if (use == Nonces::Use::Ageing)
        verdict.authentication_info.append(", nextnonce=\"").append(nonces_.make(now)).append("\"");
    return verdict;
}

std::string DigestServer::authentication_info(const Credentials& credentials, const Secret& ha1) const {
    digest::Input proof = credentials.input;
    proof.method = {}; // RFC 7616 3.5: A2 of rspauth has no method
    std::string value = "qop=auth, rspauth=\"" + digest::response(proof, ha1);
    value.append("\", cnonce=").append(grammar::quote(proof.cnonce)).append(", nc=").append(proof.nc);
    return value;
}

} // namespace wakeline::sip
