// SPDX-License-Identifier: Apache-2.0
#include "config/policy_checks.h"

#include "base/text.h"
#include "call/header_table.h"
#include "config/values.h"

namespace wakeline::config {

namespace {

using std::chrono::milliseconds;

std::string time(milliseconds value) { return Kind<milliseconds>::show(value); }

bool listed(const auto& names, std::string_view name) {
    return std::ranges::any_of(names, [name](std::string_view other) { return iequals(other, name); });
}

/// RFC 3261 25.1 and RFC 8866 9: token.
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("-.!%*_+`'~/").find(c) != std::string_view::npos;
    });
}

void check_codecs(const std::string& path, const media::CodecPolicy& codecs, Findings& findings) {
    for (const auto& [key, names] : {std::pair{"allow", &codecs.allow}, std::pair{"deny", &codecs.deny},
                                     std::pair{"prefer", &codecs.prefer}})
        for (const std::string& name : *names)
            if (!is_token(name))
                findings.error(path + '.' + key,
                               "\"" + name +
                                   "\" is no codec: names are as in SDP, such as PCMA or opus/48000");
    for (const std::string& name : codecs.deny)
        if (listed(codecs.allow, name))
            findings.error(path + ".deny", "\"" + name + "\" is allowed and denied");
    for (const std::string& name : codecs.prefer)
        if (listed(codecs.deny, name))
            findings.warning(path + ".prefer",
                             "\"" + name + "\" is preferred and denied: nobody is offered it");
}

void check_headers(const std::string& path, const call::HeaderRules& headers, Findings& findings) {
    for (const std::string& name : headers.pass) {
        if (!is_token(name)) findings.error(path + ".pass", "\"" + name + "\" is no name of a header field");
        if (listed(call::header_table::kReserved, name))
            findings.error(path + ".pass", "\"" + name +
                                               "\" cannot be passed: it carries a route, an address, "
                                               "credentials or an identity, or is Wakeline's to write");
    }
    for (const std::string& name : headers.remove) {
        if (listed(call::header_table::kNeeded, name))
            findings.error(path + ".remove",
                           "\"" + name + "\" cannot be removed: the message would be misread without it");
        if (listed(headers.pass, name))
            findings.error(path + ".remove", "\"" + name + "\" is passed and removed");
    }
}

void check_side(const std::string& path, const media::SidePolicy& side, media::SrtpMode mode,
                const std::string& mode_path, Findings& findings) {
    check_codecs(path + ".codecs", side.codecs, findings);
    if (side.require_srtp && mode == media::SrtpMode::Off)
        findings.error(path + ".require_srtp",
                       "asks for what " + mode_path + " switches off: every call fails");
}

} // namespace

void check_policies(const Config& config, Findings& findings) {
    check_side("access", config.access, config.media.srtp.mode, "media.srtp.mode", findings);
    check_headers("access.headers", config.access.headers, findings);
    if (config.access.security_truth == media::SecurityTruth::MatchTrunk &&
        (config.media.srtp.mode == media::SrtpMode::SrtpOnly ||
         config.media.srtp.mode == media::SrtpMode::Off))
        findings.warning("access.security_truth",
                         "match_trunk has no effect with a media.srtp.mode of srtp_only "
                         "or off: phones have no choice");
    for (const auto& [name, trunk] : config.trunks) {
        const std::string path = "trunks." + name;
        check_side(path, trunk, config.media.trunk.srtp, "media.trunk.srtp", findings);
        check_headers(path + ".headers", trunk.headers, findings);
        const bool tls =
            trunk.uri.find("transport=tls") != std::string::npos || trunk.uri.starts_with("sips:");
        if (config.media.trunk.srtp == media::SrtpMode::SrtpOnly && !tls && !trunk.allow_keys_over_plain &&
            !trunk.uri.empty())
            findings.error(
                path + ".allow_keys_over_plain",
                "media.trunk.srtp is srtp_only, and its keys would pass through signalling that is "
                "not TLS: use transport=tls, or allow it here");
    }
}

/// SBC-RING-12. What rings for longer than the PBX waits never rings to its end.
void check_ring_plan(const Config& config, Findings& findings) {
    const call::PbxTimers& pbx = config.push.pbx_timers;
    const bool ours = config.routing == call::Routing::RingPlan;
    const call::RingPlanConfig& plan = config.ring_plan;
    milliseconds sum{};
    if (ours && plan.order == call::RingOrder::Simultaneous)
        sum = std::max({plan.mobile, plan.desk, plan.cell});
    else if (ours)
        sum = plan.mobile + plan.desk + plan.cell;
    else
        for (const milliseconds stage : pbx.ring_plan)
            sum += stage;
    const std::string whose = ours ? "ring_plan" : "push.pbx_timers.ring_plan";
    for (const auto& [path, timer] : {std::pair{"push.pbx_timers.ring", ours ? pbx.ring : milliseconds(0)},
                                      std::pair{"push.pbx_timers.no_reply", pbx.no_reply},
                                      std::pair{"push.pbx_timers.recall", pbx.recall}})
        if (timer != milliseconds(0) && sum > timer)
            findings.warning(path, time(timer) + " ends before all stages of " + whose + " have rung (" +
                                       time(sum) + " together)");
    if (!ours) return;
    if (config.push.hold > plan.mobile)
        findings.warning("push.hold", time(config.push.hold) +
                                          " has no effect beyond ring_plan.mobile: after " +
                                          time(plan.mobile) + " the desk phone rings");
    if (plan.cell < std::chrono::seconds(8))
        findings.warning("ring_plan.cell",
                         time(plan.cell) + " may be over before the cell phone has begun to ring");
    if (config.registration.users.empty() && plan.voicemail.empty())
        findings.warning("routing", "ring_plan without registration.users and ring_plan.voicemail: there is "
                                    "nobody to hunt but the mobile devices");
}

} // namespace wakeline::config
