// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/flow_table.h"
#include "net/timer.h"

namespace wakeline::media {

/// What strangers may cost: packets looked at and SRTP keys tried per second, for each source address (/64 in
/// IPv6) and in all. Memory is fixed; two sources may share an entry, which only makes both poorer.
class SourceBudget {
public:
    static constexpr double kPacketsPerSource = 100, kTrialsPerSource = 1'000;
    static constexpr double kTrials = 20'000; // for sources that a session may expect
    static constexpr double kBlindTrials =
        10'000; // for any other: its own pot, so that it cannot empty the first

    SourceBudget();

    /// False: the packet is dropped unread.
    bool packet(const FlowKey& source, net::TimePoint now) noexcept;
    /// It belonged to somebody: it costs its source nothing.
    void refund(const FlowKey& source) noexcept { entry(source).packets.level += 1; }
    /// False: no more keys are tried for this packet.
    bool trial(const FlowKey& source, bool blind, net::TimePoint now) noexcept;

private:
    /// Refills evenly, up to what one second gives.
    struct Bucket {
        double level = 0;
        net::TimePoint filled{};

        bool take(double per_second, net::TimePoint now) noexcept;
    };
    struct Entry {
        Bucket packets, trials;
    };

    Entry& entry(const FlowKey& source) noexcept;

    std::vector<Entry> entries_;
    std::uint64_t seed_;
    Bucket expected_, blind_;
};

} // namespace wakeline::media
