// SPDX-License-Identifier: Apache-2.0
#include "trunk/health.h"

#include <algorithm>

#include "trunk/targets.h"

namespace wakeline::trunk {

namespace {

constexpr int kRequestTimeout = 408, kServiceUnavailable = 503;

} // namespace

Health::Health(const Environment& environment, Owner& owner, net::Duration interval)
    : environment_(environment), owner_(owner), interval_(interval), timer_(environment.timers) {}

Health::~Health() {
    for (const auto& [tx, target] : asked_)
        environment_.transactions.forget(tx);
}

void Health::ask() {
    if (interval_ <= net::Duration::zero()) return;
    timer_.arm(interval_, [this] { ask(); });
    for (const sip::FlowTarget& target : owner_.watched()) {
        if (waiting_for(target)) continue;
        const sip::FlowId flow = environment_.transport.open(target, sip::Side::Trunk);
        asked_.emplace(environment_.transactions.send(flow, owner_.options(), *this), target);
    }
}

void Health::on_response(sip::ClientTx tx, const sip::Message& response) {
    const int status = response.status();
    if (status < 200) return;
    if (status == kRequestTimeout || status == kServiceUnavailable)
        return missing(tx, "OPTIONS was answered " + std::to_string(status) + " " +
                               std::string(response.reason()));
    const auto target = asked_.extract(tx);
    if (target) owner_.on_there(target.mapped());
}

void Health::on_failure(sip::ClientTx tx, sip::TxFailure why) {
    missing(tx, why == sip::TxFailure::Timeout ? "no answer to OPTIONS" : "no connection");
}

void Health::missing(sip::ClientTx tx, const std::string& why) {
    environment_.metrics.options_failed.add();
    const auto target = asked_.extract(tx);
    if (target) owner_.on_missing(target.mapped(), why);
}

bool Health::waiting_for(const sip::FlowTarget& target) const {
    return std::ranges::any_of(asked_, [&](const auto& asked) { return same(asked.second, target); });
}

} // namespace wakeline::trunk
