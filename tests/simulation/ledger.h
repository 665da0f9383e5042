// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "net/timer.h"
#include "sip/message.h"
#include "sip/transport.h"

namespace wakeline::simulation {

/// Keeps count of what the daemon owes: one INVITE and one push per device and call, one record per call, an
/// answer in time to every request. The first broken promise is what a schedule fails for.
class Ledger {
public:
    explicit Ledger(const net::TimerQueue& timers) : timers_(timers) {}

    void broken(const std::string& what) {
        if (why_.empty()) why_ = what;
    }
    const std::string& why() const noexcept { return why_; }

    // What the daemon hears and says.
    void request_arrived(sip::FlowId flow, const sip::Message& request);
    void response_left(sip::FlowId flow, std::string_view text);
    /// A CANCEL of its own leaves.
    void cancel_left(std::string_view text);
    /// An answer to a request of its own.
    void response_arrived(const sip::Message& response);
    /// Nothing passes any more, whether the daemon knows or not.
    void flow_gone(sip::FlowId flow);

    // What a device and a call got. A call is its number, that only it has.
    void invited(const std::string& device, const std::string& call, sip::FlowId flow,
                 const std::string& branch);
    void pushed(const std::string& device, const std::string& call, const std::string& push);
    void recorded(const std::string& call);
    bool is_over(const std::string& call) const {
        const auto found = records_.find(call);
        return found != records_.end() && found->second > 0;
    }
    /// How many have answered it by now.
    int answered(const std::string& call) { return ++answers_[call]; }

    /// At the end, when nothing is under way any more.
    void settle();

private:
    struct Debt {
        std::string method;
        net::TimePoint since;
        std::string call = {}; // INVITE outside of dialogs
        bool heard = false;    // any answer
    };
    using DeviceCall = std::pair<std::string, std::string>;

    const net::TimerQueue& timers_;
    std::string why_;
    std::map<std::pair<sip::FlowId, std::string>, Debt> debts_; // by flow, and branch with method
    std::set<std::pair<sip::FlowId, std::string>> paid_;
    std::map<DeviceCall, std::map<std::string, sip::FlowId>> invites_; // by branch
    std::map<DeviceCall, std::set<std::string>> pushes_;
    std::set<std::string> rung_, cancelled_; // branches of the daemon's requests: had more than 100
    std::set<std::string> rang_;             // calls that a phone has answered somehow
    std::set<sip::FlowId> gone_;
    std::map<std::string, int> records_, answers_;
};

} // namespace wakeline::simulation
