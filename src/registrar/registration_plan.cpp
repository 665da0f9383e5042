// SPDX-License-Identifier: Apache-2.0
#include "registrar/registration_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/random.h"
#include "registrar/device.h"
#include "registrar/registration_answer.h"

namespace wakeline::registrar {

namespace {

/// Random, not counted: ids stay unique over restarts and between nodes. 53 bits: exact in any JSON reader.
BindingId new_id() {
    const std::uint64_t random = std::uint64_t{random_u32()} << 32 | random_u32();
    return (random >> 11) | 1;
}

bool seen_later(const Binding& known, const RegisterRequest& request) {
    return known.call_id == request.call_id && request.cseq <= known.cseq;
}

bool concerns(const Binding& known, const Binding& fresh, const ContactUpdate& contact) {
    // Who signs out may have lost everything but the contact.
    return same_device(known, fresh) || (contact.leaving() && known.contact == fresh.contact);
}

class Planner {
public:
    Planner(const RegistrationFacts& facts, const RegistrationConfig& config)
        : facts_(facts), config_(config) {}

    bool apply(const ContactUpdate& contact, std::chrono::seconds granted) {
        Binding fresh = candidate(facts_, contact);
        const Binding* same = nullptr;
        for (const Binding& known : facts_.existing) {
            if (taken_.contains(known.id) || !concerns(known, fresh, contact)) continue;
            if (seen_later(known, facts_.request)) return false;
            taken_.insert(known.id);
            if (same == nullptr && granted > std::chrono::seconds::zero())
                same = &known;
            else
                remove(known.id, granted > std::chrono::seconds::zero()
                                     ? std::string_view("the same device registered again")
                                     : kSignedOut);
        }
        if (granted > std::chrono::seconds::zero()) put(std::move(fresh), same, granted);
        return true;
    }

    bool apply_star() {
        for (const Binding& known : facts_.existing) {
            if (seen_later(known, facts_.request)) return false;
            remove(known.id, kSignedOut);
        }
        return true;
    }

    /// The oldest devices go when there are too many; those of which only a token is left, before they count.
    Bindings::Update finish() {
        std::size_t count = update_.put.size() + others();
        for (const Binding& known : facts_.existing) {
            if (count <= config_.max_devices) break;
            if (taken_.contains(known.id)) continue;
            remove(known.id, kTooManyDevices);
            --count;
        }
        return std::move(update_);
    }

    std::size_t bound_others() const {
        return static_cast<std::size_t>(std::ranges::count_if(facts_.existing, [this](const Binding& known) {
            return !taken_.contains(known.id) && known.bound(facts_.now);
        }));
    }
    /// Devices that would be there after this request and are not there now.
    std::size_t made() const {
        return static_cast<std::size_t>(std::ranges::count_if(update_.put, [this](const Binding& fresh) {
            return std::ranges::none_of(facts_.existing, [&](const Binding& known) {
                return known.id == fresh.id && known.bound(facts_.now);
            });
        }));
    }
    std::size_t kept() const { return update_.put.size() - made(); }

private:
    std::size_t others() const { return facts_.existing.size() - taken_.size(); }

    void remove(BindingId id, std::string_view why) { update_.remove.push_back({id, std::string(why)}); }

    void put(Binding fresh, const Binding* same, std::chrono::seconds granted) {
        fresh.id = same == nullptr ? new_id() : same->id;
        fresh.expires = facts_.now + spread(granted, fresh);
        fresh.push_expires = fresh.push.usable() ? fresh.expires + config_.keep_token : fresh.expires;
        update_.put.push_back(std::move(fresh));
    }

    std::chrono::seconds spread(std::chrono::seconds granted, const Binding& fresh) const {
        if (granted < kSpreadFrom || config_.spread == 0) return granted;
        const auto most = static_cast<std::uint64_t>(granted.count()) * config_.spread / 100;
        const std::chrono::seconds less(static_cast<long>(most * random_u32() >> 32));
        const auto least = std::chrono::duration_cast<std::chrono::seconds>(config_.min_expiry);
        return std::max(granted - less,
                        std::min(granted, fresh.push.usable() ? std::max(least, kPushMinimum) : least));
    }

    const RegistrationFacts& facts_;
    const RegistrationConfig& config_;
    std::set<BindingId> taken_; // existing ones that this request is about
    Bindings::Update update_;
};

} // namespace

Binding candidate(const RegistrationFacts& facts, const ContactUpdate& contact) {
    Binding binding;
    binding.aor = facts.request.aor;
    binding.contact = contact.uri;
    binding.instance_id = contact.instance_id;
    binding.reg_id = contact.reg_id;
    binding.call_id = facts.request.call_id;
    binding.cseq = facts.request.cseq;
    binding.path = facts.request.path;
    if (contact.push.data.usable()) binding.push = contact.push.data;
    binding.user_agent = facts.request.user_agent;
    binding.transport = facts.origin.transport;
    binding.received = facts.origin.received;
    binding.upstream_contact = contact.upstream;
    binding.upstream_cseq = facts.request.upstream_cseq;
    if (contact.upstream_grant.count() > 0) binding.upstream_expires = facts.now + contact.upstream_grant;
    binding.upstream_trunk = facts.request.upstream_trunk;
    binding.registered = facts.now;
    binding.flow = facts.origin.flow;
    return binding;
}

std::optional<Rejection> refuse_surplus(const RegistrationFacts& facts, const RegistrationConfig& config) {
    if (config.when_full == WhenFull::Replace) return std::nullopt;
    Planner planner(facts, config);
    for (const ContactUpdate& contact : facts.request.contacts)
        if (!planner.apply(contact, std::chrono::seconds(contact.leaving() ? 0 : 1))) return std::nullopt;
    const std::size_t after = planner.bound_others() + planner.kept() + planner.made();
    if (planner.made() == 0 || after <= config.max_devices) return std::nullopt;
    return Rejection{.status = 403,
                     .reason = "Registered Elsewhere",
                     .detail = "the user has " + std::to_string(config.max_devices) +
                               " devices, and registration.when_full is refuse"};
}

std::variant<Bindings::Update, Rejection> plan_registration(const RegistrationFacts& facts,
                                                            std::span<const std::chrono::seconds> granted,
                                                            const RegistrationConfig& config) {
    Planner planner(facts, config);
    bool in_order = !facts.request.star || planner.apply_star();
    for (std::size_t i = 0; in_order && i < facts.request.contacts.size(); ++i)
        in_order = planner.apply(facts.request.contacts[i], granted[i]);
    if (!in_order) return Rejection{500, "CSeq Out of Order"};
    if (auto refused = refuse_surplus(facts, config)) return *std::move(refused);
    return planner.finish();
}

} // namespace wakeline::registrar
