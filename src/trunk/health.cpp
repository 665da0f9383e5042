// SPDX-License-Identifier: Apache-2.0
#include "trunk/health.h"

#include <algorithm>

#include "trunk/targets.h"

namespace wakeline::trunk {

namespace {

constexpr int kRequestTimeout = 408, kServiceUnavailable = 503;

} // namespace

Health::Health(const Environment& environment, Owner& owner, Pace pace)
    : environment_(environment), owner_(owner), pace_(pace), timer_(environment.timers),
      patience_(environment.timers) {}

Health::~Health() {
    for (const auto& [tx, asked] : asked_)
        environment_.transactions.forget(tx);
}

void Health::ask() {
    if (pace_.interval <= net::Duration::zero()) return;
    if (!timer_.armed()) timer_.arm(pace_.interval, [this] { ask(); });
    for (const sip::FlowTarget& target : owner_.watched()) {
        if (waiting_for(target)) continue;
        const sip::FlowId flow = environment_.transport.open(target, sip::Side::Trunk);
        asked_.emplace(environment_.transactions.send(flow, owner_.options(), *this),
                       Asked{target, environment_.timers.now() + pace_.patience});
    }
    if (!patience_.armed()) patience_.arm(pace_.patience, [this] { end_waits(); });
}

void Health::end_waits() {
    const net::TimePoint now = environment_.timers.now();
    std::vector<sip::ClientTx> silent;
    net::TimePoint next = net::TimePoint::max();
    for (const auto& [tx, asked] : asked_)
        if (asked.until <= now)
            silent.push_back(tx);
        else
            next = std::min(next, asked.until);
    if (next != net::TimePoint::max()) patience_.arm(next - now, [this] { end_waits(); });
    for (const sip::ClientTx tx : silent) {
        environment_.transactions.forget(tx);
        missing(tx, "no answer to OPTIONS");
    }
}

void Health::on_response(sip::ClientTx tx, const sip::Message& response) {
    const int status = response.status();
    if (status < 200) return;
    if (status == kRequestTimeout || status == kServiceUnavailable)
        return missing(tx, "OPTIONS was answered " + std::to_string(status) + " " +
                               std::string(response.reason()));
    const auto asked = asked_.extract(tx);
    if (asked) owner_.on_there(asked.mapped().target);
}

void Health::on_failure(sip::ClientTx tx, sip::TxFailure why) {
    missing(tx, why == sip::TxFailure::Timeout ? "no answer to OPTIONS" : "no connection");
}

void Health::missing(sip::ClientTx tx, const std::string& why) {
    environment_.metrics.options_failed.add();
    const auto asked = asked_.extract(tx);
    if (asked) owner_.on_missing(asked.mapped().target, why);
}

bool Health::waiting_for(const sip::FlowTarget& target) const {
    return std::ranges::any_of(asked_, [&](const auto& asked) { return same(asked.second.target, target); });
}

} // namespace wakeline::trunk
