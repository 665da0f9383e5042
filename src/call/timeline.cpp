// SPDX-License-Identifier: Apache-2.0
#include "call/timeline.h"

namespace wakeline::call {

namespace {

/// A peer can re-INVITE for ever; the record stays readable and small.
constexpr std::size_t kMostEvents = 200;
/// Octets: peers may write a number or a reason as long as a header.
constexpr std::size_t kMostText = 256;

std::string shortened(std::string text) {
    if (text.size() > kMostText) text.resize(kMostText);
    return text;
}

} // namespace

Timeline::Timeline(net::TimerQueue& timers, Log& log, CallRecord record)
    : timers_(timers), log_(log), start_(timers.now()), record_(std::move(record)) {
    record_.caller = shortened(std::move(record_.caller));
    record_.callee = shortened(std::move(record_.callee));
    record_.started = timers.wall_now();
}

void Timeline::note(std::string_view what, std::string device, std::string detail) {
    if (log_.enabled(Severity::Debug))
        log_.debug(
            "call step",
            {{"call", record_.id}, {"step", std::string(what)}, {"device", device}, {"detail", detail}});
    if (record_.timeline.size() >= kMostEvents && what != "ended") return;
    record_.timeline.push_back({age(), std::string(what), std::move(device), shortened(std::move(detail))});
}

void Timeline::answered(std::string device) {
    record_.answered = timers_.wall_now();
    record_.status = 200;
    record_.state = CallState::Established;
    note("answered", std::move(device));
}

void Timeline::ended(int status, std::string reason, bool told) {
    if (record_.state == CallState::Ended) return;
    record_.state = CallState::Ended;
    record_.ended = timers_.wall_now();
    record_.status = status;
    record_.reason = shortened(std::move(reason));
    note("ended", {}, std::to_string(status) + (record_.reason.empty() ? "" : " " + record_.reason));
    if (!told) return;
    log_.info("call ended", {{"call", record_.id},
                             {"caller", record_.caller},
                             {"callee", record_.callee},
                             {"status", std::to_string(status)},
                             {"reason", record_.reason}});
}

bool Timeline::security(const std::string& phone, const std::string& trunk) {
    if (record_.phone_security == phone && record_.trunk_security == trunk) return false;
    record_.phone_security = phone;
    record_.trunk_security = trunk;
    return true;
}

std::chrono::microseconds Timeline::age() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(timers_.now() - start_);
}

} // namespace wakeline::call
