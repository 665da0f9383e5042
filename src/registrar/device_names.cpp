// SPDX-License-Identifier: Apache-2.0
#include "registrar/device_names.h"

#include "base/text.h"
#include "registrar/domains.h"

namespace wakeline::registrar {

namespace {

constexpr std::string_view kTemporary = "tgruu.";

std::uint32_t stamp_of_push(const PushData& push) {
    return stamp_of(push.provider + '\n' + push.param + '\n' + push.prid.reveal());
}

/// As a parameter's value (RFC 3261 25.1).
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = std::string_view("-_.!~*'()[]/:&+$").find(c) != std::string_view::npos;
        out += plain ? std::string(1, c) : percent_encode({&c, 1});
    }
    return out;
}

std::string_view at_host_of(std::string_view aor) { return aor.substr(aor.rfind('@')); }

std::vector<Binding> of_instance(std::string_view aor, std::string_view instance, const BindingTable& table) {
    auto found = table.of_aor(aor);
    std::erase_if(found, [&](const Binding& binding) {
        return binding.instance_id.empty() || !iequals(binding.instance_id, instance);
    });
    return found;
}

} // namespace

std::string DeviceNames::public_gruu(const Binding& binding) {
    return uri_of(binding.aor) + ";gr=" + escaped(binding.instance_id);
}

std::string DeviceNames::temporary_gruu(const Binding& binding) const {
    return "sip:" + std::string(kTemporary) +
           sealed_.seal(SealedNames::Kind::TemporaryGruu, binding.id, stamp_of(binding.call_id)) +
           std::string(at_host_of(binding.aor)) + ";gr";
}

std::string DeviceNames::purr(const Binding& binding) const {
    return sealed_.seal(SealedNames::Kind::Purr, binding.id, stamp_of_push(binding.push));
}

std::optional<std::vector<Binding>> DeviceNames::by_gruu(const sip::Uri& uri, const std::string& aor,
                                                         const BindingTable& table) const {
    const auto gr = uri.params.get("gr");
    if (!gr) return std::nullopt;
    if (!gr->empty()) return of_instance(aor, percent_decode(*gr).value_or(std::string(*gr)), table);
    if (!uri.user.starts_with(kTemporary)) return std::nullopt;
    const auto opened =
        sealed_.open(SealedNames::Kind::TemporaryGruu, std::string_view(uri.user).substr(kTemporary.size()));
    const auto binding = opened ? table.find(opened->id) : std::nullopt;
    if (!binding || stamp_of(binding->call_id) != opened->stamp) return std::vector<Binding>{};
    return of_instance(binding->aor, binding->instance_id, table);
}

std::optional<Binding> DeviceNames::by_purr(std::string_view purr, const BindingTable& table) const {
    const auto opened = sealed_.open(SealedNames::Kind::Purr, purr);
    auto binding = opened ? table.find(opened->id) : std::nullopt;
    if (!binding || !binding->push.usable() || stamp_of_push(binding->push) != opened->stamp)
        return std::nullopt;
    return binding;
}

} // namespace wakeline::registrar
