// SPDX-License-Identifier: Apache-2.0
#include "registrar/upstream_keeper.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "registrar/upstream_register.h"

namespace wakeline::registrar {

namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr net::Duration kLongestLead = 10min; // before the end of the PBX's grant
constexpr seconds kRetry = 20s;               // and up to as long again, so that not all come together
constexpr net::Duration kNotAgain = 1min;     // who was registered so lately is not forgotten
constexpr net::Duration kStillLong = 10s;     // of a grant: less ends by itself
constexpr net::Duration kLongestWait = 1min;  // a calendar that is set must not leave phones behind
constexpr int kMostSent = 4;                  // challenge, stale nonce, 423

seconds until(net::WallTime when, net::WallTime now) {
    return std::max(std::chrono::ceil<seconds>(when - now), 0s);
}

/// What the PBX calls the user: as the users file does.
std::string name_of(const UserDirectory& users, std::string_view aor) {
    const std::string_view full = aor.substr(4);
    return std::string(users.find(full) ? full : full.substr(0, full.rfind('@')));
}

} // namespace

UpstreamKeeper::UpstreamKeeper(Parts parts)
    : parts_(std::move(parts)), timer_(parts_.timers), exchange_(parts_.timers, *this) {}

void UpstreamKeeper::take_over() {
    due_.clear();
    due_of_.clear();
    std::vector<Binding> all;
    parts_.bindings.table().each([&](const PackedBinding& row) {
        if (keeps(row.text(PackedBinding::Text::Aor))) all.push_back(row.unpack());
    });
    for (const Binding& binding : all)
        schedule(binding);
    arm();
}

void UpstreamKeeper::doubt(const Binding& binding) {
    const auto now = parts_.timers.wall_now();
    if (!keeps(binding.aor) || now - binding.registered < kNotAgain) return;
    at(now, binding.id);
    arm();
}

void UpstreamKeeper::doubt_all() {
    std::vector<BindingId> ids;
    for (const auto& [id, when] : due_of_)
        ids.push_back(id);
    for (const BindingId id : ids)
        at(parts_.timers.wall_now(), id);
    arm();
}

void UpstreamKeeper::on_registered(const Binding& binding) {
    if (keeps(binding.aor))
        schedule(binding);
    else
        forget(binding.id);
    arm();
}

/// Whoever signed out did so at the PBX, too.
void UpstreamKeeper::on_removed(const Binding& binding, std::string_view why) {
    forget(binding.id);
    const bool still_there = binding.upstream_expires - parts_.timers.wall_now() > kStillLong;
    if (why != kSignedOut && still_there && keeps(binding.aor)) ask(binding, 0s);
}

void UpstreamKeeper::schedule(const Binding& binding) {
    const auto now = parts_.timers.wall_now();
    if (binding.upstream_contact.empty() || !binding.bound(now)) return forget(binding.id);
    const auto left = std::max<net::Duration>(binding.upstream_expires - now, 0s);
    const auto lead = std::min<net::Duration>(left / 4, kLongestLead);
    at(std::min(now + std::chrono::duration_cast<net::WallTime::duration>(left - lead), binding.expires),
       binding.id);
}

void UpstreamKeeper::at(net::WallTime when, BindingId id) {
    forget(id);
    due_.insert({when, id});
    due_of_[id] = when;
}

void UpstreamKeeper::forget(BindingId id) {
    const auto known = due_of_.extract(id);
    if (known) due_.erase({known.mapped(), id});
}

void UpstreamKeeper::arm() {
    if (due_.empty() || attempts_.size() >= kAtATime) return timer_.cancel();
    const auto wait =
        std::chrono::duration_cast<net::Duration>(due_.begin()->when - parts_.timers.wall_now());
    timer_.arm(std::clamp(wait, net::Duration::zero(), kLongestWait), [this] { work(); });
}

void UpstreamKeeper::work() {
    while (!due_.empty() && due_.begin()->when <= parts_.timers.wall_now() && attempts_.size() < kAtATime) {
        const BindingId id = due_.begin()->id;
        forget(id);
        work_on(id);
    }
    arm();
}

void UpstreamKeeper::work_on(BindingId id) {
    const auto binding = parts_.bindings.table().find(id);
    if (!binding || !keeps(binding->aor)) return;
    const auto now = parts_.timers.wall_now();
    if (binding->bound(now)) return ask(*binding, until(binding->expires, now));
    if (binding->upstream_expires - now > kStillLong) ask(*binding, 0s);
}

void UpstreamKeeper::ask(const Binding& binding, seconds expires) {
    const auto user = find_owner(parts_.users, binding.aor);
    Attempt attempt{.binding = binding,
                    .expires = expires,
                    .digest = {name_of(parts_.users, binding.aor), user.value_or(User{})}};
    const Id id = ++last_id_;
    if (!send(id, attempts_.emplace(id, std::move(attempt)).first->second))
        later(attempts_.extract(id).mapped());
}

bool UpstreamKeeper::send(Id id, Attempt& attempt) {
    Binding& binding = attempt.binding;
    const std::string call_id = upstream::call_id(binding.upstream_contact);
    const auto hops = parts_.upstreams(
        {.aor = binding.aor,
         .granted_by = attempt.expires == 0s ? std::string_view(binding.upstream_trunk) : std::string_view(),
         .call_id = call_id});
    if (hops.empty()) return false;
    ++attempt.sent;
    // The phone may have registered meanwhile.
    if (const auto now = parts_.bindings.table().find(binding.id))
        binding.upstream_cseq = std::max(binding.upstream_cseq, now->upstream_cseq);
    ++binding.upstream_cseq;
    parts_.bindings.note_upstream(binding.id,
                                  {binding.upstream_cseq, binding.upstream_expires, binding.upstream_trunk});
    std::vector<UpstreamWay> ways;
    for (sip::NextHop* hop : hops) {
        ways.push_back({hop, upstream::own_request(binding, attempt.expires, *hop)});
        attempt.digest.authorize(ways.back().request);
    }
    exchange_.send(id, std::move(ways));
    return true;
}

void UpstreamKeeper::on_upstream_answer(Id id, const sip::NextHop& hop, const sip::Message& answer) {
    Attempt& attempt = attempts_.at(id);
    if (try_again(id, attempt, answer)) return;
    const auto node = attempts_.extract(id);
    if (answer.status() < 300)
        granted(node.mapped(), hop, answer);
    else if (answer.status() >= 500 && answer.status() < 600)
        later(node.mapped());
    else
        refused(node.mapped(), answer);
    arm();
}

bool UpstreamKeeper::try_again(Id id, Attempt& attempt, const sip::Message& answer) {
    if (attempt.sent >= kMostSent) return false;
    const int status = answer.status();
    if (status == 423) {
        const auto least = parse_unsigned<std::uint32_t>(answer.header("Min-Expires").value_or(""));
        if (!least || attempt.expires == 0s || seconds(*least) <= attempt.expires) return false;
        attempt.expires = seconds(*least);
    } else if ((status != 401 && status != 407) || !attempt.digest.take_challenge(answer)) {
        return false;
    }
    return send(id, attempt);
}

void UpstreamKeeper::granted(const Attempt& attempt, const sip::NextHop& hop, const sip::Message& answer) {
    parts_.metrics.upstream_refreshes.add();
    auto binding = parts_.bindings.table().find(attempt.binding.id);
    if (!binding) return;
    binding->upstream_expires =
        parts_.timers.wall_now() + upstream::grant(answer, binding->upstream_contact, attempt.expires);
    binding->upstream_trunk = hop.name();
    parts_.bindings.note_upstream(
        binding->id, {binding->upstream_cseq, binding->upstream_expires, binding->upstream_trunk});
    schedule(*binding);
}

/// The phone must come itself; it is told at its next contact what the PBX says.
void UpstreamKeeper::refused(const Attempt& attempt, const sip::Message& answer) {
    parts_.metrics.upstream_refresh_failures.add();
    if (log_limit_.allow(parts_.timers.now()))
        parts_.log.warning(
            "the PBX refuses to refresh a registration with the password in registration.users",
            {{"aor", attempt.binding.aor},
             {"status", std::to_string(answer.status())},
             {"reason", std::string(answer.reason())}});
}

void UpstreamKeeper::on_upstream_failure(Id id, sip::TxFailure) {
    const auto node = attempts_.extract(id);
    later(node.mapped());
    arm();
}

/// Who signs out is not tried again: what the PBX granted ends by itself.
void UpstreamKeeper::later(const Attempt& attempt) {
    if (attempt.expires == 0s || !parts_.bindings.table().find(attempt.binding.id)) return;
    at(parts_.timers.wall_now() + kRetry + seconds(random_u32() % kRetry.count()), attempt.binding.id);
}

} // namespace wakeline::registrar
