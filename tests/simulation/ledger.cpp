// SPDX-License-Identifier: Apache-2.0
#include "simulation/ledger.h"

namespace wakeline::simulation {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration kTrying = 200ms;
constexpr net::Duration kOther = 32s;
/// Hold time, then what a device that came in time gets to say something, and its repetition.
constexpr net::Duration kHeld = 15s + 6s + 6s + 1s;
constexpr net::Duration kRinging = 240s; // the longest plans of two peers

/// Of a response: "branch METHOD".
std::string key_of(const sip::Message& message) {
    return std::string(message.top_via().branch) + ' ' + std::string(message.cseq().method);
}

/// Of a message as it stands on the wire: what follows `before`, up to one of `stop`.
std::string field(std::string_view text, std::string_view before, std::string_view stop) {
    const auto at = text.find(before);
    if (at == text.npos) return {};
    const auto from = at + before.size();
    return std::string(text.substr(from, text.find_first_of(stop, from) - from));
}
std::string branch_of(std::string_view text) { return field(text, ";branch=", ";,\r"); }

} // namespace

void Ledger::request_arrived(sip::FlowId flow, const sip::Message& request) {
    if (request.method() == "ACK") return;
    const std::pair key(flow, key_of(request));
    if (paid_.contains(key)) return;
    Debt debt{std::string(request.method()), timers_.now()};
    if (debt.method == "INVITE" && request.to_tag().empty()) {
        const std::string& caller = request.from().uri.user;
        debt.call = caller.starts_with("caller-") ? caller : request.request_uri().user;
    }
    if (debts_.try_emplace(key, debt).second && !debt.call.empty()) records_.try_emplace(debt.call, 0);
}

void Ledger::cancel_left(std::string_view text) { cancelled_.insert(branch_of(text)); }

void Ledger::response_left(sip::FlowId flow, std::string_view text) {
    const std::string cseq = field(text, "\r\nCSeq: ", "\r");
    const std::pair key(flow, branch_of(text) + cseq.substr(cseq.find(' ')));
    const auto found = debts_.find(key);
    if (found == debts_.end()) return;
    const Debt& debt = found->second;
    const net::Duration waited = timers_.now() - debt.since;
    if (debt.method == "INVITE" && !debt.heard && waited > kTrying)
        broken("an INVITE had its first answer after more than 200 ms");
    found->second.heard = true;
    if (text.substr(8, 1) == "1") return;
    if (debt.method != "INVITE" && waited > kOther)
        broken(debt.method + " had its final answer after more than 32 s");
    const bool held = debt.call.starts_with("caller-") && !rang_.contains(debt.call);
    if (debt.method == "INVITE" && waited > (held ? kHeld : kRinging))
        broken("the INVITE of " + debt.call + " had its final answer too late");
    // A challenge is no call.
    if (!debt.call.empty() && (text.substr(8, 3) == "401" || text.substr(8, 3) == "407"))
        records_.erase(debt.call);
    debts_.erase(found);
    paid_.insert(key);
}

void Ledger::response_arrived(const sip::Message& response) {
    if (response.status() > 100) rung_.emplace(response.top_via().branch);
    const std::string& caller = response.from().uri.user;
    if (response.method() == "INVITE" && caller.starts_with("caller-")) rang_.insert(caller);
}

/// Nobody is left to answer to.
void Ledger::flow_gone(sip::FlowId flow) {
    debts_.erase(debts_.lower_bound({flow, {}}), debts_.lower_bound({flow + 1, {}}));
    gone_.insert(flow);
}

/// A second one is right only where the first did not ring that the daemon could hear, and its connection is
/// gone, or a CANCEL has followed it.
void Ledger::invited(const std::string& device, const std::string& call, sip::FlowId flow,
                     const std::string& branch) {
    auto& invites = invites_[{device, call}];
    for (const auto& [other, where] : invites)
        if (other != branch &&
            (rung_.contains(other) || (!gone_.contains(where) && !cancelled_.contains(other))))
            broken(device + " got a second INVITE for call " + call);
    invites.emplace(branch, flow);
}

void Ledger::pushed(const std::string& device, const std::string& call, const std::string& push) {
    auto& pushes = pushes_[{device, call}];
    pushes.insert(push);
    if (pushes.size() > 1) broken(device + " was pushed twice for call " + call);
}

void Ledger::recorded(const std::string& call) {
    const auto found = records_.find(call);
    if (found == records_.end()) return broken("a record of a call that nobody made: " + call);
    if (++found->second > 1) broken("call " + call + " has two records");
}

void Ledger::settle() {
    for (const auto& [key, debt] : debts_)
        broken(debt.method + " (" + key.second + ") never had its final answer");
    for (const auto& [call, count] : records_)
        if (count == 0) broken("call " + call + " has no record");
}

} // namespace wakeline::simulation
