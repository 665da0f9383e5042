// SPDX-License-Identifier: Apache-2.0
#include "call/upstream.h"

namespace wakeline::call {

namespace {

constexpr MetricInfo kUsed{"wakeline_call_upstream_bits", MetricKind::Gauge,
                           "Bits a second of the line to the internet that calls take, as their codecs say"};
constexpr MetricInfo kRefused{"wakeline_call_upstream_refused_total", MetricKind::Counter,
                              "Calls refused because limits.upstream has no room for them"};

} // namespace

Upstream::Upstream(Metrics& metrics) : used_(metrics.declare(kUsed)), refused_(metrics.declare(kRefused)) {}

std::optional<Upstream::Share> Upstream::take(std::uint64_t cost, unsigned ways, bool emergency) {
    if (limited() && !emergency && in_use_ + cost * ways > allowed_) {
        refused_.add();
        return std::nullopt;
    }
    Share share(*this, ways);
    share.settle(cost);
    return share;
}

Upstream::Share& Upstream::Share::operator=(Share&& other) noexcept {
    std::swap(line_, other.line_);
    std::swap(bits_, other.bits_);
    std::swap(ways_, other.ways_);
    return *this;
}

void Upstream::Share::resize(std::uint64_t bits) {
    if (line_ == nullptr) return;
    line_->in_use_ = line_->in_use_ + bits - bits_;
    line_->used_.set(static_cast<std::int64_t>(line_->in_use_));
    bits_ = bits;
}

} // namespace wakeline::call
