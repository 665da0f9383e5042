// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

typedef struct x509_st X509;

namespace wakeline::net {

/// What a TLS peer showed, for logs and identity.
struct PeerCertificate {
    std::string subject, issuer, serial, common_name;       // empty when none was shown; serial in hex
    std::vector<std::string> dns_names, uris, ip_addresses; // SAN

    static PeerCertificate of(X509* certificate);

    bool present() const noexcept { return !serial.empty(); }
    /// RFC 5922 section 7: whether this is the certificate of that SIP domain (or address). A `sip:` URI or
    /// a DNS name of the SAN, without wildcards; the CN only when the SAN has neither.
    bool belongs_to(std::string_view name) const;
};

} // namespace wakeline::net
