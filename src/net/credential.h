// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/timer.h"

typedef struct x509_st X509;

namespace wakeline::net {

/// A certificate or key as the person sees it who has to renew it some day.
struct Credential {
    std::string name;                    // the setting that names it: "certificates.public.chain"
    std::string subject, issuer, serial; // of a certificate; serial in hex
    std::string usage;                   // of a certificate: "server, client", "CA"; empty: anything
    std::vector<std::string> names;      // of a certificate: what its SAN says
    WallTime valid_from{}, expires{};    // 0: for ever
    bool set = true;
    std::string problem; // why it cannot be used, and what to do; empty: it can

    static Credential of(X509* certificate);
};

enum class CredentialState : std::uint8_t {
    NotSet,
    Active,
    Expiring, // in 30 days or less
    Expired,
    Invalid, // not valid yet, not readable, or refused by whom it was shown to
};

CredentialState state_of(const Credential& credential, WallTime now);
/// Whole days that are left; 0 on the last one and after.
int days_left(const Credential& credential, WallTime now);
/// "not set", "active", "expiring", "expired", "invalid".
std::string_view word(CredentialState state);

/// Every certificate of a PEM text, in its order. An error when there is none, or one that cannot be read.
Result<std::vector<Credential>> read_certificates(std::string_view pem);
/// The same of revocation lists: the subject is the authority's, and it expires when the next list is due.
Result<std::vector<Credential>> read_revocation_lists(std::string_view pem);

} // namespace wakeline::net
