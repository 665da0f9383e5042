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
};

/// The offered a=crypto line that we take; nothing when none will do.
std::optional<CryptoLine> choose(const std::vector<std::string>& offered, const CryptoTerms& terms);

/// How one side's leg is to be protected when that side offers.
struct OfferedSecurity {
    std::string refused; // why the stream cannot be taken; empty when it can
    std::optional<CryptoLine> chosen;
};
OfferedSecurity judge_offer(const StreamDescription& offered, SrtpMode mode, const CryptoTerms& terms);

/// The a=crypto line of an answer to `asked` with `lines`; nothing when the leg is plain, as it may be after
/// RTP/AVP. RFC 4568 section 5.1.3: one line, with a tag, suite and parameters as offered; else the answer is
/// bad, and nothing falls back to plain.
Result<std::optional<CryptoLine>> judge_answer(const StreamDescription& answered, RtpProfile asked,
                                               const std::vector<CryptoLine>& lines);

} // namespace wakeline::media
