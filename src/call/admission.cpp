// SPDX-License-Identifier: Apache-2.0
#include "call/admission.h"

#include <algorithm>

#include "base/text.h"
#include "call/codec_cost.h"

namespace wakeline::call {

namespace {

/// A Warning's text is a quoted string.
std::string quoted(std::string text) {
    std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
    return '"' + text + '"';
}

} // namespace

bool is_emergency(const EmergencyConfig& config, const sip::Uri& called) {
    if (called.scheme == "urn") return istarts_with(called.host, "service:sos");
    std::string number = called.decoded_user();
    std::erase_if(number, [](char c) { return c == '-' || c == '.' || c == ' '; });
    number.resize(std::min(number.find(';'), number.size()));
    return !number.empty() && std::ranges::find(config.numbers, number) != config.numbers.end();
}

Admission::Admission(Context& context, const CallTable& calls) : context_(context), calls_(calls) {
    configure(context.config.limits);
}

void Admission::configure(const LimitsConfig& limits) {
    context_.upstream.configure(limits.upstream);
    rate_.reset();
    if (limits.calls_per_second != 0) // a second's calls may come together
        rate_.emplace(limits.calls_per_second,
                      std::chrono::nanoseconds(std::chrono::seconds(1)) / limits.calls_per_second);
}

std::optional<Ending> Admission::admit(const Arrival& arrival, Call::Invite& made, bool holds,
                                       trunk::Trunk* trunk) {
    if (made.offer.emergency) {
        const bool pass = context_.config.emergency.policy == EmergencyPolicy::Pass;
        context_.log.warning(pass ? "emergency call" : "emergency call refused: emergency.policy",
                             {{"call", made.record.id},
                              {"from", made.record.caller},
                              {"to", made.record.callee},
                              {"source", arrival.info.remote.str()}});
        if (!pass) return refuse_emergency();
    }
    std::string why = full(made, holds);
    if (why.empty()) why = take_places(arrival, made, trunk);
    if (why.empty()) return std::nullopt;
    return refuse(arrival, why);
}

std::string Admission::full(const Call::Invite& made, bool holds) {
    const LimitsConfig& limits = context_.config.limits;
    if (draining_) return "shutting down";
    if (made.offer.emergency) return {};
    if (holds && context_.held >= limits.held_calls) return "too many held calls";
    if (holds && context_.held_octets + made.offer.octets() > limits.held_octets)
        return "held calls are too large";
    if (rate_ && !rate_->allow(context_.timers.now())) return "too many calls per second";
    if (!context_.capacity.admits_call()) return "too many calls";
    return {};
}

std::string Admission::take_places(const Arrival& arrival, Call::Invite& made, trunk::Trunk* trunk) {
    if (trunk != nullptr && arrival.info.side == sip::Side::Trunk) {
        auto line = trunk->lines().seize();
        if (!line) {
            context_.counters.lines_busy.add();
            return "all lines busy";
        }
        made.line = *std::move(line);
    }
    if (!context_.upstream.limited()) return {};
    const unsigned ways = (context_.config.limits.upstream_phones ? 1U : 0U) +
                          (trunk != nullptr && trunk->internet() ? 1U : 0U);
    auto share = context_.upstream.take(cost_of_offer(made.offer.sdp), ways, made.offer.emergency);
    if (!share) return "no room on the line to the internet";
    made.share = *std::move(share);
    return {};
}

Ending Admission::refuse(const Arrival& arrival, const std::string& why) {
    if (log_limit_.allow(context_.timers.now()))
        context_.log.warning("call refused: " + why, {{"from", arrival.info.remote.str()},
                                                      {"trunk", arrival.peer},
                                                      {"calls", std::to_string(calls_.size())}});
    Ending ending = Ending::ours(503, Outcome::Refused, why);
    ending.relayed.set("Retry-After", "5");
    return ending;
}

Ending Admission::refuse_emergency() const {
    const std::string& hint = context_.config.emergency.hint;
    const auto& domains = context_.config.domains;
    Ending ending = Ending::ours(403, Outcome::Refused, "emergency calls are not carried");
    ending.reason = hint;
    ending.relayed.set("Warning",
                       "399 " + (domains.empty() ? "wakeline" : domains.front()) + ' ' + quoted(hint));
    return ending;
}

} // namespace wakeline::call
