// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/log.h"
#include "call/config.h"
#include "call/metrics.h"
#include "call/strays.h"
#include "registrar/binding.h"

namespace wakeline::call {

/// Devices that were pushed for a call and had not come when it was over. One that comes after all is shown
/// the call and its end, an INVITE that is cancelled with the reason, so that its call screen closes; or it
/// is left alone, as the setting says. Nobody rings for a call that is gone (scenario 20).
class LateWakers {
public:
    static constexpr net::Duration kKept = std::chrono::seconds(60);
    static constexpr std::size_t kMost = 20'000;

    struct Missed {
        registrar::BindingId device = 0;
        std::string provider;
        sip::FlowId flow = 0;         // that it had when it was pushed; 0: none
        std::string call;             // our id
        std::string sip_call_id, tag; // that its push named, and the From tag that goes with it
        sip::NameAddr from, to;       // without tags
        std::string reason;           // Reason of the CANCEL
    };

    struct Parts {
        net::TimerQueue& timers;
        sip::Transport& transport;
        sip::Transactions& transactions;
        Strays& strays;
        CallMetrics& counters;
        Log& log;
    };
    explicit LateWakers(const Parts& parts) : parts_(parts), lapse_(parts.timers) {}

    void expect(Missed missed);
    /// A new call is on its way to the device: it shall have that one alone (scenario 22).
    void forget(registrar::BindingId device) { missed_.erase(device); }
    void on_registered(const registrar::Binding& binding, LateAnswer answer);
    std::size_t size() const noexcept { return missed_.size(); }

private:
    struct Due {
        net::TimePoint when;
        registrar::BindingId device;
        std::uint64_t serial;
    };
    struct Entry {
        Missed missed;
        std::uint64_t serial;
    };

    void tell(const Missed& missed, const registrar::Binding& binding);
    void drop_oldest();
    void arm();

    const Parts parts_;
    std::unordered_map<registrar::BindingId, Entry> missed_;
    std::deque<Due> due_; // in order; an entry without its like in `missed_` is void
    std::uint64_t last_ = 0;
    net::Timer lapse_;
};

} // namespace wakeline::call
