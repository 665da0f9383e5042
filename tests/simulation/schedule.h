// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <string>

#include "simulation/daemon.h"
#include "simulation/pbx.h"
#include "simulation/phone.h"

namespace wakeline::simulation {

/// One play from one seed: phones register, calls come and go while network and peers misbehave; then all is
/// calm, and every promise is checked.
class Schedule {
public:
    Schedule(std::uint64_t seed, bool printed);

    /// What was broken; empty: nothing.
    std::string run();

    const Coverage& coverage() const { return scene_.coverage; }
    std::uint64_t sum() const { return scene_.trace.sum(); }

private:
    Daemon::Settings settings();
    Network::Weather weather();
    void add_phones();
    void plan();
    void plan_trouble();
    void end_a_call();
    void run_for(net::Duration time);
    void watch_media();
    void check_agreement();
    void check_silence();
    std::size_t idle_timers() const;
    void fail(const std::string& why) { scene_.ledger.broken(why); }

    Scene scene_;
    const bool local_;
    bool watched_ = false; // the trunk, by OPTIONS
    Network network_;
    Pbx pbx_;
    Daemon daemon_;
    std::list<Phone> phones_;
    unsigned calls_ = 0;
};

} // namespace wakeline::simulation
