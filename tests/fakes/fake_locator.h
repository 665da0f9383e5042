// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "registrar/locator.h"

namespace wakeline::test {

/// A registrar that knows what the test put into it. `registered` and `removed` change it and tell the
/// listener, as the real one does.
class FakeLocator final : public registrar::Locator {
public:
    std::vector<registrar::Binding> bindings;
    std::set<std::string, std::less<>> users;       // known without a binding
    std::vector<registrar::BindingId> dead;         // token_dead, in order
    registrar::BindingListener* listener = nullptr; // optional

    /// A device that is asleep and can be pushed; change the copy and give it to `registered`.
    static registrar::Binding sleeping(registrar::BindingId id, std::string aor) {
        registrar::Binding binding;
        binding.id = id;
        binding.contact = "sip:device" + std::to_string(id) + "@192.0.2.10:40000;transport=tls";
        binding.instance_id = "urn:uuid:00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + id);
        binding.push = {"apns", "TEAM123456.com.example.phone.voip", Secret("aabb" + std::to_string(id))};
        binding.upstream_contact = "wl-" + std::to_string(id);
        binding.transport = "TLS";
        binding.aor = std::move(aor);
        return binding;
    }

    /// As a successful REGISTER: replaces the binding with the same id, then tells the listener.
    void registered(registrar::Binding binding) {
        std::erase_if(bindings, [&](const auto& other) { return other.id == binding.id; });
        users.insert(binding.aor);
        bindings.push_back(binding);
        if (listener != nullptr) listener->on_registered(binding);
    }
    void removed(registrar::BindingId id, std::string_view why) {
        const auto at = std::ranges::find(bindings, id, &registrar::Binding::id);
        if (at == bindings.end()) return;
        const registrar::Binding gone = std::move(*at);
        bindings.erase(at);
        if (listener != nullptr) listener->on_removed(gone, why);
    }
    void fall_asleep(registrar::BindingId id) {
        for (auto& binding : bindings)
            if (binding.id == id) binding.flow = 0;
    }

    std::vector<registrar::Binding> find(std::string_view aor) const override {
        std::vector<registrar::Binding> found;
        std::ranges::copy_if(bindings, std::back_inserter(found),
                             [&](const auto& binding) { return binding.aor == aor; });
        return found;
    }
    std::optional<registrar::Binding> find(registrar::BindingId id) const override {
        return first([&](const auto& binding) { return binding.id == id; });
    }
    std::optional<registrar::Binding> find_upstream(std::string_view contact_user) const override {
        return first([&](const auto& binding) { return binding.upstream_contact == contact_user; });
    }
    std::optional<registrar::Binding> find_flow(sip::FlowId flow) const override {
        if (flow == 0) return std::nullopt;
        return first([&](const auto& binding) { return binding.flow == flow; });
    }
    std::optional<std::vector<registrar::Binding>> find_gruu(const sip::Uri& uri,
                                                             const std::string& aor) const override {
        const auto instance = uri.params.get("gr");
        if (!instance) return std::nullopt;
        auto found = find(aor);
        std::erase_if(found, [&](const auto& binding) { return binding.instance_id != *instance; });
        return found;
    }
    bool known(std::string_view aor) const override { return users.contains(aor) || !find(aor).empty(); }
    void token_dead(registrar::BindingId id, const registrar::PushData& push, net::WallTime since) override {
        dead.push_back(id);
        for (auto& binding : bindings)
            if (binding.id == id && binding.push == push && binding.registered <= since) binding.push = {};
    }

private:
    std::optional<registrar::Binding> first(const auto& matches) const {
        const auto at = std::ranges::find_if(bindings, matches);
        return at == bindings.end() ? std::nullopt : std::optional(*at);
    }
};

} // namespace wakeline::test
