// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "registrar/packed_binding.h"

namespace wakeline::registrar {

/// The bindings in memory, found by everything that names one. Gives copies.
class BindingTable {
public:
    /// Inserts, or replaces the one with the same id. `due`: when it next needs attention.
    void put(const Binding& binding, net::WallTime due);
    void erase(BindingId id);
    void set_due(BindingId id, net::WallTime due);
    void set_upstream(BindingId id, const UpstreamState& state);
    /// Whatever used that flow is asleep now.
    void close(sip::FlowId flow);

    std::optional<Binding> find(BindingId id) const;
    std::vector<Binding> of_aor(std::string_view aor) const;
    std::vector<Binding> of_push(const PushData& push) const;
    std::optional<Binding> of_upstream(std::string_view contact_user) const;
    /// The one registered last, when a connection carries several.
    std::optional<Binding> of_flow(sip::FlowId flow) const;
    void each(const std::function<void(const PackedBinding&)>& visit) const;

    struct Due {
        net::WallTime when;
        BindingId id;
        auto operator<=>(const Due&) const = default;
    };
    std::optional<Due> next_due() const;
    std::size_t size() const noexcept { return rows_.size(); }
    std::size_t awake() const noexcept { return by_flow_.size(); }

private:
    // By hash: a row keeps the text itself, and every hit is compared with it.
    using Index = std::unordered_multimap<std::uint64_t, BindingId>;

    template <class Matches>
    std::vector<Binding> all(const Index& index, std::uint64_t key, const Matches& matches) const;
    void link(const PackedBinding& row);
    void unlink(const PackedBinding& row);

    std::unordered_map<BindingId, PackedBinding> rows_;
    Index by_aor_, by_push_, by_upstream_, by_flow_; // no entry for what a binding does not have
    std::set<Due> due_;
};

} // namespace wakeline::registrar
