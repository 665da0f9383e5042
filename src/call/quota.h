// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call/usage_store.h"

namespace wakeline::call {

/// Something of which only so many may be in use. It counts nothing while no limit is set (SBC-LIC-05).
class Quota {
public:
    static constexpr std::chrono::minutes kSlot{5};

    struct Limits {
        unsigned allowed = 0;       // 0: no limit
        unsigned warn_percent = 95; // of `allowed`
        bool operator==(const Limits&) const = default;
    };
    struct Snapshot {
        std::string of;
        bool limited = false;
        unsigned allowed = 0, warn_at = 0; // warn_at: in use
        unsigned in_use = 0, maximum_today = 0, maximum_yesterday = 0;
        std::uint64_t refused_today = 0, refused_yesterday = 0;
        bool near() const noexcept { return limited && in_use >= warn_at; }
    };

    explicit Quota(std::string of) : of_(std::move(of)) {}

    void configure(const Limits& limits, net::WallTime now);
    /// What was kept of today and yesterday, at start.
    void restore(const std::vector<Usage>& slots, net::WallTime now);

    const Limits& limits() const noexcept { return limits_; }
    unsigned in_use() const noexcept { return in_use_; }
    /// So many in use are worth a warning.
    unsigned warn_at() const noexcept;
    bool limited() const noexcept { return limits_.allowed != 0; }
    bool full() const noexcept { return limited() && in_use_ >= limits_.allowed; }
    void use(unsigned in_use, net::WallTime now);
    void refuse(net::WallTime now);

    Snapshot snapshot(net::WallTime now) const;
    /// What has changed since it was last taken, for the store.
    std::vector<Usage> take_changes(net::WallTime now);

private:
    struct Day {
        std::int64_t number = 0; // of local time, since 1970
        unsigned maximum = 0;
        std::uint64_t refused = 0;
    };

    void turn_to(net::WallTime now);

    std::string of_;
    Limits limits_;
    unsigned in_use_ = 0;
    Day today_, yesterday_;
    Usage slot_; // of now: not stored yet
    bool changed_ = false;
    std::vector<Usage> finished_;
};

/// The number of that day in local time: an administrator's yesterday.
std::int64_t local_day(net::WallTime time);
/// Its first moment.
net::WallTime begin_of_day(std::int64_t local_day);

} // namespace wakeline::call
