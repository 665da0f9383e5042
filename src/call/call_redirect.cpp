// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "call/call.h"
#include "call/new_calls.h"
#include "call/trunk_branch.h"

namespace wakeline::call {

namespace {

constexpr std::size_t kMostTargets = 5; // of one call, the first one too

} // namespace

/// Each target is called once, so no two parties can send a caller to and fro.
bool Call::follow(const Branch& branch, const sip::Message& redirect) {
    if (redirect.status() < 300 || redirect.status() > 399) return false;
    if (context_.config.rules.redirects != Redirects::Follow) return false;
    const auto key = [](const sip::Uri& uri) { return uri.is_sip() ? uri.aor() : uri.str(); };
    if (const auto first = sip::Uri::parse(offer_.request_uri); first && targets_.empty())
        targets_.push_back(key(*first));
    const bool to_pbx = branch.party().side == sip::Side::Trunk;
    bool followed = false;
    for (const sip::NameAddr& target : redirect.contacts()) {
        if (!target.uri.is_sip() && target.uri.scheme != "tel") continue;
        if (targets_.size() >= kMostTargets || std::ranges::find(targets_, key(target.uri)) != targets_.end())
            continue;
        targets_.push_back(key(target.uri));
        const bool called = to_pbx ? call_at_pbx(target.uri) : call_user(target.uri);
        if (called) timeline_.note("redirected", branch.party().name, number_of(target.uri));
        followed = followed || called;
    }
    return followed;
}

bool Call::call_at_pbx(const sip::Uri& target) {
    const auto trunks = context_.peers.choose({.aor = user_aor_, .granted_by = record().trunk});
    if (trunks.empty() || !trunks.front()->available()) return false;
    offer_.request_uri = target.str(); // the branch that had the one before is dead
    const auto binding = context_.locator.find(legs_.caller().party().device);
    add_trunks(ways_over(trunks), context_.names.token(), context_.names.token(),
               binding ? binding->upstream_contact : offer_.from.uri.user);
    return start_last();
}

/// Another user of ours. Whom we do not know the PBX has to call: the redirect passes.
bool Call::call_user(const sip::Uri& target) {
    const Destination destination = find_destination(context_, target);
    if (destination.devices.empty()) return false;
    owner_.on_call_redirected(*this, further_users_.emplace_back(destination.aor));
    const std::string uuid = context_.names.uuid();
    hold_.arm(context_.config.hold.hold, [this] {
        fork_.on_hold_end();
        settle();
    });
    push_deadline_ =
        std::max<net::WallTime>(push_deadline_, context_.timers.wall_now() + context_.config.hold.hold);
    bool called = false;
    for (const registrar::Binding& device : destination.devices) {
        add_device(device, uuid);
        called = start_last() || called;
    }
    return called;
}

bool Call::start_last() {
    Branch& branch = fork_.last();
    if (auto usable = branch.prepare_media(); !usable) {
        fork_.ended(branch,
                    Ending::ours(488, Outcome::Refused, "SDP cannot be used", usable.error().message));
        return false;
    }
    fork_.start();
    return true;
}

} // namespace wakeline::call
