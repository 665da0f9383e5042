// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/fingerprint.h"
#include "media/sdp.h"

namespace wakeline::media {

/// a=setup of RFC 4145, as RFC 5763 section 5 uses it: Active is who begins the handshake.
enum class DtlsSetup : std::uint8_t { ActPass, Active, Passive, HoldConn };
std::string_view name(DtlsSetup setup);

/// What SDP says of DTLS-SRTP: by which certificate its writer is known, and who begins.
struct DtlsDescription {
    std::vector<CertificateFingerprint> fingerprints; // one of them must fit
    DtlsSetup setup = DtlsSetup::Active;              // RFC 4145 section 4.1, where nothing is said
    std::string tls_id;                               // RFC 8842: another one is another association

    /// From the m= section, or for all of them from the session part. Nothing without a fingerprint that
    /// proves something.
    static std::optional<DtlsDescription> read(const SdpSection& session, const SdpSection& section);
    bool operator==(const DtlsDescription&) const = default;
};

/// A leg whose SRTP keys come from a handshake. Another plan is another association (RFC 8842 section 3.1).
struct DtlsPlan {
    bool client = false; // we begin
    std::vector<CertificateFingerprint> theirs;
    std::string tls_id;
    bool operator==(const DtlsPlan&) const = default;
};

} // namespace wakeline::media
