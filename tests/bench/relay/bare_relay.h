// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "bench/relay/relay_process.h"

namespace wakeline::bench {

/// The least that a relay on UDP sockets can do: reads and writes batches, and knows neither calls nor keys.
/// What one party of an address sends goes to the other one.
class BareRelay final : public RelayProcess {
public:
    /// 0: woken by every packet.
    explicit BareRelay(std::chrono::microseconds pacing);

    std::string_view name() const override { return "bare"; }
    Result<std::vector<Route>> open(const Work& work) override;
    Status close() override { return Done{}; }

private:
    net::Fd phones_, pbxs_, ports_;
};

} // namespace wakeline::bench
