// SPDX-License-Identifier: Apache-2.0
#include "net/credential.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/c_handle.h"
#include "net/peer_certificate.h"
#include "net/tls_error.h"

namespace wakeline::net {

namespace {

using std::chrono::days;

constexpr days kWarnAhead{30};

WallTime time_of(const ASN1_TIME* time) {
    std::tm utc{};
    return ASN1_TIME_to_tm(time, &utc) == 1 ? std::chrono::system_clock::from_time_t(::timegm(&utc))
                                            : WallTime{};
}

std::string usage_of(X509* certificate) {
    std::string usage;
    const auto add = [&usage](bool has, const char* name) {
        if (has) usage += (usage.empty() ? "" : ", ") + std::string(name);
    };
    const std::uint32_t extended = X509_get_extended_key_usage(certificate);
    const bool limited = extended != UINT32_MAX;
    add(X509_check_ca(certificate) == 1, "CA");
    add(limited && (extended & XKU_SSL_SERVER) != 0, "server");
    add(limited && (extended & XKU_SSL_CLIENT) != 0, "client");
    return usage;
}

} // namespace

Credential Credential::of(X509* certificate) {
    const PeerCertificate shown = PeerCertificate::of(certificate);
    Credential credential;
    credential.subject = shown.subject;
    credential.issuer = shown.issuer;
    credential.serial = shown.serial;
    credential.usage = usage_of(certificate);
    for (const auto* names : {&shown.dns_names, &shown.uris, &shown.ip_addresses})
        credential.names.insert(credential.names.end(), names->begin(), names->end());
    credential.valid_from = time_of(X509_get0_notBefore(certificate));
    credential.expires = time_of(X509_get0_notAfter(certificate));
    return credential;
}

CredentialState state_of(const Credential& credential, WallTime now) {
    if (!credential.set) return CredentialState::NotSet;
    if (!credential.problem.empty()) return CredentialState::Invalid;
    if (credential.expires == WallTime{}) return CredentialState::Active;
    if (now >= credential.expires) return CredentialState::Expired;
    if (now < credential.valid_from) return CredentialState::Invalid;
    return credential.expires - now <= kWarnAhead ? CredentialState::Expiring : CredentialState::Active;
}

int days_left(const Credential& credential, WallTime now) {
    if (credential.expires <= now) return 0;
    return static_cast<int>(std::chrono::floor<days>(credential.expires - now).count());
}

std::string_view word(CredentialState state) {
    switch (state) {
    case CredentialState::NotSet: return "not set";
    case CredentialState::Active: return "active";
    case CredentialState::Expiring: return "expiring";
    case CredentialState::Expired: return "expired";
    case CredentialState::Invalid: return "invalid";
    }
    return "";
}

namespace {

/// One object after the other, as long as `next` gives one.
template <class Next>
Result<std::vector<Credential>> read_all(std::string_view pem, const char* what, Next next) {
    ERR_clear_error();
    const CHandle<BIO, BIO_free_all> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::vector<Credential> all;
    while (bio && next(bio.get(), all)) {
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string why = take_tls_error();
    if (all.empty() && at_end)
        return Error{ErrorCode::InvalidInput, "has no " + std::string(what) + " in PEM"};
    if (!at_end)
        return Error{ErrorCode::Crypto, "has a " + std::string(what) + " that cannot be read: " + why};
    return all;
}

Credential credential_of(const X509_CRL* list) {
    Credential credential;
    const CHandle<BIO, BIO_free_all> name(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(name.get(), X509_CRL_get_issuer(list), 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    const long size = BIO_get_mem_data(name.get(), &text);
    credential.subject = credential.issuer = std::string(text, static_cast<std::size_t>(size));
    credential.usage = "revocation list";
    credential.valid_from = time_of(X509_CRL_get0_lastUpdate(list));
    if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list)) credential.expires = time_of(next);
    return credential;
}

} // namespace

Result<std::vector<Credential>> read_certificates(std::string_view pem) {
    return read_all(pem, "certificate", [](BIO* bio, std::vector<Credential>& all) {
        const CHandle<X509, X509_free> one(PEM_read_bio_X509_AUX(bio, nullptr, nullptr, nullptr));
        if (one) all.push_back(Credential::of(one.get()));
        return one != nullptr;
    });
}

Result<std::vector<Credential>> read_revocation_lists(std::string_view pem) {
    return read_all(pem, "revocation list", [](BIO* bio, std::vector<Credential>& all) {
        const CHandle<X509_CRL, X509_CRL_free> one(PEM_read_bio_X509_CRL(bio, nullptr, nullptr, nullptr));
        if (one) all.push_back(credential_of(one.get()));
        return one != nullptr;
    });
}

} // namespace wakeline::net
