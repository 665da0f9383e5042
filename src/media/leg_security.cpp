// SPDX-License-Identifier: Apache-2.0
#include "media/leg_security.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::media {

namespace {

Error bad_answer(std::string why) { return {ErrorCode::InvalidInput, "the answer " + std::move(why)}; }

OfferedSecurity judge_plain_offer(SrtpMode mode, std::optional<CryptoLine> chosen) {
    // RFC 8643: RTP/AVP with a=crypto is SRTP when the answerer wants it. baresip's mediaenc=srtp does this.
    if (mode != SrtpMode::Off && chosen) return {"", std::move(chosen)};
    if (mode == SrtpMode::SrtpOnly) return {"plain RTP is not allowed on this side", std::nullopt};
    return {};
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

OfferedSecurity judge_offer(const StreamDescription& offered, SrtpMode mode, const CryptoTerms& terms) {
    auto chosen = choose(offered.crypto, terms);
    if (!offered.profile.secure) return judge_plain_offer(mode, std::move(chosen));
    if (mode == SrtpMode::Off) return {"SRTP is not enabled on this side", std::nullopt};
    if (!chosen) return {"no a=crypto line that can be used", std::nullopt};
    return {"", std::move(chosen)};
}

Result<std::optional<CryptoLine>> judge_answer(const StreamDescription& answered, RtpProfile asked,
                                               const std::vector<CryptoLine>& lines) {
    if (answered.profile.secure != asked.secure)
        return bad_answer("has " + answered.line.proto + " for " + std::string(asked.str()));
    if (answered.crypto.empty() && asked.secure) return bad_answer("has no a=crypto");
    if (answered.crypto.empty() || lines.empty()) return std::optional<CryptoLine>{};
    if (answered.crypto.size() > 1) return bad_answer("has several a=crypto lines");
    auto line = CryptoLine::parse(answered.crypto.front());
    if (!line) return bad_answer("has an " + line.error().message);
    const auto ours = std::ranges::find(lines, line->tag, &CryptoLine::tag);
    if (ours == lines.end()) return bad_answer("has an a=crypto tag that was not offered");
    if (ours->key.suite != line->key.suite || ours->key.srtcp_encrypted != line->key.srtcp_encrypted)
        return bad_answer("has an a=crypto line with another suite or parameter than offered");
    return std::optional<CryptoLine>{*std::move(line)};
}

} // namespace wakeline::media
