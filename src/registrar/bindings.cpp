// SPDX-License-Identifier: Apache-2.0
#include "registrar/bindings.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "base/random.h"

namespace wakeline::registrar {

namespace {

// A calendar that is set must not leave bindings for long behind their time.
constexpr net::Duration kLongestWait = std::chrono::minutes(1);
constexpr int kExpiriesPerTurn = 1'000; // calls go on while a hundred thousand phones lapse together

std::uint64_t user_hash(std::string_view aor) { return std::hash<std::string_view>{}(aor); }

bool can_push(const Binding& binding, net::WallTime now) {
    return binding.push.usable() && binding.push_expires > now;
}

} // namespace

Bindings::Bindings(net::TimerQueue& timers, BindingStore& store, Log& log, RegistrarMetrics& metrics)
    : timers_(timers), store_(store), log_(log), metrics_(metrics), key_(random_token(128)), names_(key_),
      expiry_(timers) {}

Status Bindings::load() {
    auto kept = store_.load();
    if (!kept) return kept.error();
    key_ = std::move(kept->key);
    names_ = DeviceNames(key_);
    const auto now = timers_.wall_now();
    std::vector<BindingId> ended;
    for (Binding& binding : kept->bindings) {
        binding.flow = 0;
        if (binding.bound(now) || can_push(binding, now))
            put(binding);
        else
            ended.push_back(binding.id);
    }
    for (const std::string& user : kept->users)
        known_.insert(user_hash(user));
    log_.info("bindings loaded", {{"bindings", std::to_string(table_.size())},
                                  {"ended_meanwhile", std::to_string(ended.size())},
                                  {"users", std::to_string(known_.size())}});
    forget_in_store(std::move(ended));
    arm();
    return Done{};
}

void Bindings::reopen_udp(const OpenFlow& open) {
    const auto udp = sip::via_name(sip::TransportKind::Udp);
    for (Binding& binding : snapshot()) { // copies: `put` changes the table
        if (binding.awake() || binding.transport != udp || !binding.bound(timers_.wall_now())) continue;
        const auto address = net::SocketAddress::parse(binding.received);
        if (!address) continue;
        binding.flow = open(*address);
        if (binding.awake()) put(binding);
    }
}

void Bindings::commit(Update update, DoneCallback done) {
    take_from_others(update);
    BindingStore::Changes changes{update.put, {}};
    for (const Removal& removal : update.remove)
        changes.remove.push_back(removal.id);
    for (const Binding& binding : update.put)
        if (!known_.contains(user_hash(binding.aor))) changes.users.push_back(binding.aor);
    const auto id = ++last_commit_;
    pending_.emplace(id, Pending{std::move(update), std::move(done)});
    store_.commit(std::move(changes), [this, id](const Status& status) { on_stored(id, status); });
}

void Bindings::take_from_others(Update& update) const {
    for (const Binding& binding : update.put)
        for (const Binding& other : table_.of_push(binding.push))
            if (other.aor != binding.aor)
                update.remove.push_back({other.id, "the device now belongs to " + binding.aor});
}

void Bindings::on_stored(std::uint64_t id, const Status& status) {
    auto node = pending_.extract(id);
    if (node.empty()) return;
    const Pending& pending = node.mapped();
    note_store(status);
    if (!status) return pending.done(status);

    const auto removed = apply(pending.update);
    pending.done(status);
    for (const auto& [binding, why] : removed)
        tell_removed(binding, why);
    for (const Binding& binding : pending.update.put)
        for (BindingListener* listener : listeners_)
            listener->on_registered(binding);
}

void Bindings::tell_removed(const Binding& binding, std::string_view why) {
    for (BindingListener* listener : listeners_)
        listener->on_removed(binding, why);
}

void Bindings::note_upstream(BindingId id, const UpstreamState& state) {
    table_.set_upstream(id, state);
    // What a REGISTER of the phone is about to write is newer.
    for (const auto& [commit, pending] : pending_)
        if (std::ranges::find(pending.update.put, id, &Binding::id) != pending.update.put.end()) return;
    if (const auto binding = table_.find(id))
        store_.commit({{*binding}, {}}, [this](const Status& status) { note_store(status); });
}

std::vector<std::pair<Binding, std::string>> Bindings::apply(const Update& update) {
    std::vector<std::pair<Binding, std::string>> removed;
    for (const Removal& removal : update.remove)
        if (auto binding = table_.find(removal.id)) {
            table_.erase(removal.id);
            log_.debug("binding removed",
                       {{"aor", binding->aor}, {"device", binding->instance_id}, {"why", removal.why}});
            removed.emplace_back(*std::move(binding), removal.why);
        }
    for (const Binding& binding : update.put)
        put(binding);
    arm();
    return removed;
}

void Bindings::put(const Binding& binding) {
    table_.put(binding, binding.bound(timers_.wall_now()) ? binding.expires : binding.push_expires);
    known_.insert(user_hash(binding.aor));
    count();
}

void Bindings::on_flow_closed(sip::FlowId flow) {
    table_.close(flow);
    for (auto& [id, pending] : pending_)
        for (Binding& binding : pending.update.put)
            if (binding.flow == flow) binding.flow = 0;
    count();
}

std::optional<Binding> Bindings::reachable(std::optional<Binding> binding) const {
    const auto now = timers_.wall_now();
    if (binding && !binding->bound(now) && !can_push(*binding, now)) return std::nullopt;
    return binding;
}

std::vector<Binding> Bindings::find(std::string_view aor) const {
    const auto now = timers_.wall_now();
    auto found = table_.of_aor(aor);
    std::erase_if(found, [now](const Binding& b) { return !b.bound(now) && !can_push(b, now); });
    return found;
}

std::optional<Binding> Bindings::find(BindingId id) const { return reachable(table_.find(id)); }

std::optional<Binding> Bindings::find_upstream(std::string_view contact_user) const {
    return contact_user.empty() ? std::nullopt : reachable(table_.of_upstream(contact_user));
}

std::optional<Binding> Bindings::find_flow(sip::FlowId flow) const {
    return flow == 0 ? std::nullopt : reachable(table_.of_flow(flow));
}

std::optional<std::vector<Binding>> Bindings::find_gruu(const sip::Uri& uri, const std::string& aor) const {
    auto found = names_.by_gruu(uri, aor, table_);
    if (found) std::erase_if(*found, [this](const Binding& binding) { return !reachable(binding); });
    return found;
}

bool Bindings::known(std::string_view aor) const {
    return known_.contains(user_hash(aor)) || (users_ != nullptr && find_owner(*users_, aor));
}

void Bindings::token_dead(BindingId id, const PushData& push, net::WallTime since) {
    auto binding = table_.find(id);
    if (!binding || binding->push != push || binding->registered > since) return;
    metrics_.tokens_dead.add();
    log_.debug("push token dropped", {{"aor", binding->aor}, {"provider", push.provider}});
    binding->push = {};
    binding->push_expires = binding->expires;
    const bool bound = binding->bound(timers_.wall_now());
    // In memory at once, whatever the store says: nobody shall push there again.
    if (bound)
        put(*binding);
    else
        table_.erase(id);
    BindingStore::Changes changes;
    if (bound)
        changes.put.push_back(*binding);
    else
        changes.remove.push_back(id);
    store_.commit(std::move(changes), [this](const Status& status) { note_store(status); });
    arm();
    count();
    if (!bound) tell_removed(*binding, "push token dead");
}

void Bindings::doubt(BindingId id) {
    const auto binding = table_.find(id);
    if (!binding) return;
    for (BindingListener* listener : listeners_)
        listener->on_doubted(*binding);
}

std::vector<Binding> Bindings::snapshot() const {
    const auto now = timers_.wall_now();
    std::vector<Binding> all;
    all.reserve(table_.size());
    table_.each([&](const PackedBinding& row) { all.push_back(row.unpack()); });
    std::erase_if(all, [now](const Binding& b) { return !b.bound(now) && !can_push(b, now); });
    std::ranges::sort(all, {}, [](const Binding& b) { return std::tie(b.aor, b.registered, b.id); });
    return all;
}

void Bindings::expire() {
    std::vector<Binding> gone;
    for (int n = 0; n < kExpiriesPerTurn; ++n) {
        const auto due = table_.next_due();
        if (!due || due->when > timers_.wall_now()) break;
        expire_one(*due, gone);
    }
    std::vector<BindingId> ids;
    for (const Binding& binding : gone)
        ids.push_back(binding.id);
    forget_in_store(std::move(ids));
    arm();
    count();
    for (const Binding& binding : gone)
        tell_removed(binding, "expired");
}

void Bindings::expire_one(BindingTable::Due due, std::vector<Binding>& gone) {
    auto binding = table_.find(due.id);
    if (binding->expires == due.when) metrics_.expired.add();
    if (can_push(*binding, timers_.wall_now())) return table_.set_due(due.id, binding->push_expires);
    table_.erase(due.id);
    log_.debug("binding expired", {{"aor", binding->aor}, {"device", binding->instance_id}});
    gone.push_back(*std::move(binding));
}

void Bindings::forget_in_store(std::vector<BindingId> ids) {
    if (ids.empty()) return;
    store_.commit({{}, std::move(ids)}, [this](const Status& status) { note_store(status); });
}

void Bindings::note_store(const Status& status) {
    if (!status) metrics_.store_failures.add();
    if (status.has_value() == store_works_) return;
    store_works_ = status.has_value();
    if (store_works_)
        log_.info("the store takes bindings again");
    else
        log_.error("bindings cannot be stored; phones are answered 500 until they can",
                   {{"reason", status.error().message}});
}

void Bindings::arm() {
    const auto due = table_.next_due();
    if (!due) return expiry_.cancel();
    const auto wait = std::chrono::duration_cast<net::Duration>(due->when - timers_.wall_now());
    expiry_.arm(std::clamp(wait, net::Duration::zero(), kLongestWait), [this] { expire(); });
}

void Bindings::count() {
    metrics_.bindings.set(static_cast<std::int64_t>(table_.size()));
    metrics_.awake.set(static_cast<std::int64_t>(table_.awake()));
}

} // namespace wakeline::registrar
