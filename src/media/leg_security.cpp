// SPDX-License-Identifier: Apache-2.0
#include "media/leg_security.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::media {

namespace {

Error bad_answer(std::string why) { return {ErrorCode::InvalidInput, "the answer " + std::move(why)}; }

bool usable(const std::optional<DtlsDescription>& dtls) { return dtls && dtls->setup != DtlsSetup::HoldConn; }

/// RFC 5763 section 5: an offer of actpass is answered passive here, since the phone knows when its way to us
/// is open.
DtlsPlan plan_for(const DtlsDescription& theirs) {
    return {theirs.setup == DtlsSetup::Passive, theirs.fingerprints, theirs.tls_id};
}

Result<CryptoLine> judge_line(const std::vector<std::string>& answered,
                              const std::vector<CryptoLine>& lines) {
    if (answered.size() > 1) return bad_answer("has several a=crypto lines");
    auto line = CryptoLine::parse(answered.front());
    if (!line) return bad_answer("has an " + line.error().message);
    const auto ours = std::ranges::find(lines, line->tag, &CryptoLine::tag);
    if (ours == lines.end()) return bad_answer("has an a=crypto tag that was not offered");
    if (ours->key.suite != line->key.suite || ours->key.srtcp_encrypted != line->key.srtcp_encrypted)
        return bad_answer("has an a=crypto line with another suite or parameter than offered");
    return line;
}

} // namespace

std::optional<CryptoLine> choose(const std::vector<std::string>& offered, const CryptoTerms& terms) {
    std::vector<CryptoLine> usable;
    for (const auto& value : offered)
        if (auto line = CryptoLine::parse(value); line && (line->key.srtcp_encrypted || !terms.srtcp))
            usable.push_back(*std::move(line));
    for (const SrtpSuite suite : terms.suites) {
        const auto at =
            std::ranges::find(usable, suite, [](const CryptoLine& line) { return line.key.suite; });
        if (at != usable.end()) return *at;
    }
    return std::nullopt;
}

OfferedSecurity judge_offer(const StreamDescription& offered, SrtpMode mode, const CryptoTerms& terms,
                            KeysAllowed allowed) {
    OfferedSecurity judged;
    if (mode != SrtpMode::Off) {
        if (allowed.dtls && usable(offered.dtls)) judged.chosen.dtls = plan_for(*offered.dtls);
        const bool instead = judged.chosen.dtls && (terms.prefer_dtls || offered.profile.dtls);
        if (allowed.sdes && !instead) judged.chosen.sdes = choose(offered.crypto, terms);
        if (judged.chosen.sdes) judged.chosen.dtls.reset();
    }
    // RFC 8643: RTP/AVP with keys is SRTP when the answerer wants it. baresip's mediaenc=srtp does this.
    if (judged.chosen.secure()) return judged;
    if (!offered.profile.secure && mode == SrtpMode::SrtpOnly)
        judged.refused = "plain RTP is not allowed on this side";
    else if (offered.profile.secure && mode == SrtpMode::Off)
        judged.refused = "SRTP is not enabled on this side";
    else if (offered.profile.dtls)
        judged.refused = "no a=fingerprint that can be used";
    else if (offered.profile.secure)
        judged.refused = "no a=crypto line that can be used";
    return judged;
}

Result<LegSecurity> judge_answer(const StreamDescription& answered, const AskedSecurity& asked) {
    if (answered.profile.secure != asked.profile.secure)
        return bad_answer("has " + answered.line.proto + " for " + std::string(asked.profile.str()));
    LegSecurity security;
    if (asked.dtls && usable(answered.dtls)) {
        if (answered.dtls->setup == DtlsSetup::ActPass) return bad_answer("has a=setup:actpass");
        security.dtls = plan_for(*answered.dtls);
        return security;
    }
    if (asked.profile.dtls) return bad_answer("has no a=fingerprint that can be used");
    if (answered.crypto.empty() && asked.profile.secure) return bad_answer("has no a=crypto");
    if (answered.crypto.empty() || asked.lines.empty()) return security;
    auto line = judge_line(answered.crypto, asked.lines);
    if (!line) return line.error();
    security.sdes = *std::move(line);
    return security;
}

} // namespace wakeline::media
