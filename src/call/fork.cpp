// SPDX-License-Identifier: Apache-2.0
#include "call/fork.h"

#include <algorithm>
#include <utility>

namespace wakeline::call {

namespace {

/// RFC 3261 16.7: within a class, what tells the caller how to try again.
bool asks_for_something(int status) {
    return status == 401 || status == 407 || status == 415 || status == 420 || status == 484;
}

} // namespace

bool better(const Ending& a, const Ending& b) {
    const auto rank = [](const Ending& e) {
        const int status_class = e.status >= 600 ? 0 : e.status / 100;
        return std::tuple(status_class, e.is_ours(), !asks_for_something(e.status));
    };
    return rank(a) < rank(b);
}

Branch& Fork::add(std::unique_ptr<Branch> branch) {
    fresh_.push_back(branch.get());
    return *alive_.emplace_back(std::move(branch));
}

std::vector<Branch*> Fork::all() const {
    std::vector<Branch*> branches;
    for (const auto& branch : alive_)
        branches.push_back(branch.get());
    return branches;
}

void Fork::start() {
    busy_ = true;
    for (Branch* branch : std::exchange(fresh_, {}))
        branch->start();
    busy_ = false;
}

void Fork::stop(const Branch* but, std::string_view why) {
    std::erase_if(fresh_, [but](const Branch* branch) { return branch != but; });
    for (auto& branch : alive_) {
        if (branch.get() == but) continue;
        branch->stop(why);
        bury(branch);
    }
    std::erase(alive_, nullptr);
}

void Fork::time_over(Ending ending, std::string_view why) {
    if (!best_ || better(ending, *best_)) best_ = std::make_unique<Ending>(std::move(ending));
    stop(nullptr, why);
}

std::vector<std::string> Fork::names() const {
    std::vector<std::string> names;
    for (const auto& branch : alive_)
        names.push_back(branch->party().name);
    return names;
}

bool Fork::has(registrar::BindingId device) const {
    return std::ranges::any_of(alive_, [device](const auto& b) { return b->party().device == device; });
}

void Fork::on_hold_end() {
    busy_ = true;
    for (Branch* branch : all())
        branch->on_hold_end();
    busy_ = false;
}

void Fork::on_registered(const registrar::Binding& binding) {
    for (Branch* branch : all())
        if (branch->party().device == binding.id) branch->on_registered(binding);
}

void Fork::ended(Branch& branch, Ending ending) {
    if (!best_ || better(ending, *best_)) best_ = std::make_unique<Ending>(std::move(ending));
    replaced(branch);
}

void Fork::replaced(Branch& branch) {
    std::erase(fresh_, &branch);
    const auto at = std::ranges::find_if(alive_, [&](const auto& b) { return b.get() == &branch; });
    if (at == alive_.end()) return;
    bury(*at);
    alive_.erase(at);
}

void Fork::bury(std::unique_ptr<Branch>& branch) {
    branch->media().close({}); // now, and not when the object goes
    graveyard_.bury(std::move(branch));
}

Ending Fork::best() const {
    return best_ ? *best_ : Ending::ours(480, Outcome::Unreachable, "no device is registered");
}

bool Fork::held() const {
    return !alive_.empty() && std::ranges::all_of(alive_, [](const auto& branch) { return branch->held(); });
}

} // namespace wakeline::call
