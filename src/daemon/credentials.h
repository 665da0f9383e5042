// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "config/config.h"
#include "net/credential.h"
#include "net/timer.h"

namespace wakeline::daemon {

/// Every certificate and push key of the configuration with the time that it has left: for the status and the
/// metrics, and in the log at each change and once a day while somebody has to act.
class Credentials {
public:
    /// What push services say of their credentials; asked anew each time.
    using OfPush = std::function<std::vector<net::Credential>()>;

    Credentials(net::TimerQueue& timers, Log& log, Metrics& metrics, OfPush of_push);

    /// Reads the certificates' files, at start and at each reload.
    void read(const config::Config& config);
    std::vector<net::Credential> list() const;

private:
    struct Told {
        net::CredentialState state = net::CredentialState::Active;
        std::string problem;
        net::TimePoint at{};
    };

    void look();
    void tell(const net::Credential& credential);
    void say(const net::Credential& credential, net::CredentialState state);
    void count(const std::vector<net::Credential>& all);

    net::TimerQueue& timers_;
    Log& log_;
    const OfPush of_push_;
    std::array<Metric*, 5> in_state_; // by CredentialState
    Metric& days_left_;
    std::vector<net::Credential> from_files_;
    std::map<std::string, Told> told_;
    net::Timer next_look_;
};

} // namespace wakeline::daemon
