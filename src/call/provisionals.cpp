// SPDX-License-Identifier: Apache-2.0
#include "call/provisionals.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::call {

namespace {

constexpr std::size_t kMostReliable = 100; // of one INVITE; a sane peer sends a handful

} // namespace

std::optional<RAck> RAck::parse(std::string_view value) {
    const auto parts = split(trim(value), ' ');
    if (parts.size() != 3) return std::nullopt;
    const auto rseq = parse_unsigned<std::uint32_t>(parts[0]);
    const auto cseq = parse_unsigned<std::uint32_t>(parts[1]);
    if (!rseq || !cseq) return std::nullopt;
    return RAck{*rseq, *cseq, std::string(parts[2])};
}

std::optional<std::uint32_t> Provisionals::relay(const Source& source) {
    const auto known =
        std::ranges::find_if(sent_, [&](const Sent& s) { return !s.own && s.source == source; });
    if (known != sent_.end()) return known->acknowledged ? std::nullopt : std::optional(known->rseq);
    if (!sent_.empty() && !sent_.front().acknowledged) return std::nullopt;
    if (sent_.size() >= kMostReliable) return std::nullopt;
    sent_.push_back({.rseq = next_++, .own = false, .acknowledged = false, .source = source});
    return sent_.back().rseq;
}

std::uint32_t Provisionals::add_own() {
    sent_.push_back({.rseq = next_++, .own = true, .acknowledged = false, .source = {}});
    return sent_.back().rseq;
}

std::optional<Provisionals::Acknowledged> Provisionals::acknowledge(std::uint32_t rseq) {
    const auto at = std::ranges::find(sent_, rseq, &Sent::rseq);
    if (at == sent_.end() || (at->own && at->acknowledged)) return std::nullopt;
    at->acknowledged = true;
    return Acknowledged{at->own, at->source};
}

} // namespace wakeline::call
