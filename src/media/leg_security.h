// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/crypto_line.h"
#include "media/stream_description.h"

namespace wakeline::media {

/// Which SRTP parameters we accept: suites by preference, and whether SRTCP must be encrypted.
struct CryptoTerms {
    std::vector<SrtpSuite> suites;
    bool srtcp = true;
    bool prefer_dtls = false; // where both kinds of keys are offered
};

/// How a leg is protected: by keys that SDP carried, by those of a DTLS handshake, or not at all.
struct LegSecurity {
    std::optional<CryptoLine> sdes; // the peer's line
    std::optional<DtlsPlan> dtls;

    bool secure() const noexcept { return sdes || dtls; }
};

/// The offered a=crypto line that we take; nothing when none will do.
std::optional<CryptoLine> choose(const std::vector<std::string>& offered, const CryptoTerms& terms);

/// How one side's leg is to be protected when that side offers.
struct OfferedSecurity {
    std::string refused; // why the stream cannot be taken; empty when it can
    LegSecurity chosen;
};
/// What of an offer may be looked at.
struct KeysAllowed {
    bool sdes = true, dtls = true;
};
OfferedSecurity judge_offer(const StreamDescription& offered, SrtpMode mode, const CryptoTerms& terms,
                            KeysAllowed allowed = {});

/// What a side was asked for.
struct AskedSecurity {
    RtpProfile profile;
    std::vector<CryptoLine> lines;
    bool dtls = false; // with a fingerprint
};
/// How the answerer's leg is protected; not at all, as it may be after RTP/AVP. RFC 4568 section 5.1.3: one
/// line, with a tag, suite and parameters as offered; else the answer is bad, and nothing falls back to
/// plain.
Result<LegSecurity> judge_answer(const StreamDescription& answered, const AskedSecurity& asked);

} // namespace wakeline::media
