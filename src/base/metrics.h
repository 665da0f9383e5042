// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace wakeline {

enum class MetricKind : std::uint8_t { Counter, Gauge };

/// One line of a module's metric table. Names are `wakeline_<module>_<noun>_<unit|total>`; labels, if any,
/// are part of the declaration (`{transport="udp"}`): what can be counted is known at compile time.
struct MetricInfo {
    std::string_view name;
    MetricKind kind;
    std::string_view help;
    std::string_view labels = {};
};

/// A number that any thread may change and any thread may read.
class Metric {
public:
    explicit Metric(const MetricInfo& info) : info_(info) {}

    void add(std::int64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }
    const MetricInfo& info() const noexcept { return info_; }

private:
    MetricInfo info_;
    std::atomic<std::int64_t> value_{0};
};

/// All metrics of one daemon. Modules declare theirs in one struct of references, built from this registry:
///     struct SipMetrics { explicit SipMetrics(Metrics& m); Metric& requests; ... };
class Metrics {
public:
    /// The same name and labels give the same metric. The reference is good as long as the registry.
    Metric& declare(const MetricInfo& info);

    struct Sample {
        MetricInfo info;
        std::int64_t value;
    };
    std::vector<Sample> snapshot() const;

private:
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<Metric>> metrics_;
};

} // namespace wakeline
