// SPDX-License-Identifier: Apache-2.0
#include "media/source_budget.h"

#include <algorithm>

#include "base/random.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kEntries = 4'096;

} // namespace

SourceBudget::SourceBudget()
    : entries_(kEntries), seed_(std::uint64_t{random_u32()} << 32 | random_u32() | 1) {}

bool SourceBudget::packet(const FlowKey& source, net::TimePoint now) noexcept {
    return entry(source).packets.take(kPacketsPerSource, now);
}

bool SourceBudget::trial(const FlowKey& source, bool blind, net::TimePoint now) noexcept {
    if (!entry(source).trials.take(kTrialsPerSource, now)) return false;
    return blind ? blind_.take(kBlindTrials, now) : expected_.take(kTrials, now);
}

bool SourceBudget::Bucket::take(double per_second, net::TimePoint now) noexcept {
    const std::chrono::duration<double> passed = now - filled;
    level = std::min(per_second, level + passed.count() * per_second);
    filled = now;
    if (level < 1) return false;
    level -= 1;
    return true;
}

SourceBudget::Entry& SourceBudget::entry(const FlowKey& source) noexcept {
    std::uint64_t network = 0, host = 0;
    std::memcpy(&network, source.ip.data(), 8);
    if (network == 0) std::memcpy(&host, source.ip.data() + 8, 8); // IPv4, mapped
    std::uint64_t hash = (network ^ host ^ seed_) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    return entries_[hash * seed_ >> 52]; // the 12 bits that kEntries takes
}

} // namespace wakeline::media
