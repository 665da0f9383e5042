// SPDX-License-Identifier: Apache-2.0
#include "registrar/binding_table.h"

#include <algorithm>
#include <functional>

namespace wakeline::registrar {

namespace {

using Text = PackedBinding::Text;

std::uint64_t hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

bool same_push(const PackedBinding& row, const PushData& push) {
    return row.text(Text::PushPrid) == push.prid.reveal() && row.text(Text::PushParam) == push.param &&
           row.text(Text::PushProvider) == push.provider;
}

} // namespace

void BindingTable::put(const Binding& binding, net::WallTime due) {
    erase(binding.id);
    PackedBinding& row = rows_.emplace(binding.id, PackedBinding(binding)).first->second;
    row.due = due;
    link(row);
}

void BindingTable::erase(BindingId id) {
    const auto at = rows_.find(id);
    if (at == rows_.end()) return;
    unlink(at->second);
    rows_.erase(at);
}

void BindingTable::set_due(BindingId id, net::WallTime due) {
    const auto at = rows_.find(id);
    if (at == rows_.end()) return;
    due_.erase({at->second.due, id});
    at->second.due = due;
    due_.insert({due, id});
}

void BindingTable::set_upstream(BindingId id, const UpstreamState& state) {
    const auto at = rows_.find(id);
    if (at == rows_.end()) return;
    PackedBinding& row = at->second;
    if (row.text(Text::Trunk) != state.trunk) {
        Binding moved = row.unpack();
        moved.upstream_trunk = state.trunk;
        const net::WallTime due = row.due;
        row = PackedBinding(moved);
        row.due = due;
    }
    row.upstream_cseq = state.cseq;
    row.upstream_expires = state.expires;
}

void BindingTable::close(sip::FlowId flow) {
    const auto [first, last] = by_flow_.equal_range(flow);
    for (auto at = first; at != last; ++at)
        rows_.at(at->second).flow = 0;
    by_flow_.erase(first, last);
}

std::optional<Binding> BindingTable::find(BindingId id) const {
    const auto at = rows_.find(id);
    return at == rows_.end() ? std::nullopt : std::optional(at->second.unpack());
}

template <class Matches>
std::vector<Binding> BindingTable::all(const Index& index, std::uint64_t key, const Matches& matches) const {
    std::vector<Binding> found;
    const auto [first, last] = index.equal_range(key);
    for (auto at = first; at != last; ++at) {
        const PackedBinding& row = rows_.at(at->second);
        if (matches(row)) found.push_back(row.unpack());
    }
    // An order that a caller, and a test, can rely on.
    std::ranges::sort(found, {}, [](const Binding& b) { return std::pair(b.registered, b.id); });
    return found;
}

std::vector<Binding> BindingTable::of_aor(std::string_view aor) const {
    return all(by_aor_, hash(aor), [aor](const PackedBinding& row) { return row.text(Text::Aor) == aor; });
}

std::vector<Binding> BindingTable::of_push(const PushData& push) const {
    if (!push.usable()) return {};
    return all(by_push_, hash(push.prid.reveal()),
               [&push](const PackedBinding& row) { return same_push(row, push); });
}

std::optional<Binding> BindingTable::of_upstream(std::string_view contact_user) const {
    auto found = all(by_upstream_, hash(contact_user), [contact_user](const PackedBinding& row) {
        return row.text(Text::Upstream) == contact_user;
    });
    return found.empty() ? std::nullopt : std::optional(std::move(found.back()));
}

std::optional<Binding> BindingTable::of_flow(sip::FlowId flow) const {
    auto found = all(by_flow_, flow, [](const PackedBinding&) { return true; });
    return found.empty() ? std::nullopt : std::optional(std::move(found.back()));
}

void BindingTable::each(const std::function<void(const PackedBinding&)>& visit) const {
    for (const auto& [id, row] : rows_)
        visit(row);
}

std::optional<BindingTable::Due> BindingTable::next_due() const {
    return due_.empty() ? std::nullopt : std::optional(*due_.begin());
}

void BindingTable::link(const PackedBinding& row) {
    by_aor_.emplace(hash(row.text(Text::Aor)), row.id);
    if (const auto prid = row.text(Text::PushPrid); !prid.empty()) by_push_.emplace(hash(prid), row.id);
    if (const auto user = row.text(Text::Upstream); !user.empty()) by_upstream_.emplace(hash(user), row.id);
    if (row.flow != 0) by_flow_.emplace(row.flow, row.id);
    due_.insert({row.due, row.id});
}

void BindingTable::unlink(const PackedBinding& row) {
    const auto drop = [&row](Index& index, std::uint64_t key) {
        const auto [first, last] = index.equal_range(key);
        const auto at =
            std::find_if(first, last, [&row](const auto& entry) { return entry.second == row.id; });
        if (at != last) index.erase(at);
    };
    drop(by_aor_, hash(row.text(Text::Aor)));
    drop(by_push_, hash(row.text(Text::PushPrid)));
    drop(by_upstream_, hash(row.text(Text::Upstream)));
    drop(by_flow_, row.flow);
    due_.erase({row.due, row.id});
}

} // namespace wakeline::registrar
