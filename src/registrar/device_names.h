// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registrar/binding_table.h"
#include "registrar/sealed_names.h"
#include "sip/uri.h"

namespace wakeline::registrar {

/// The names by which one device can be reached, and no other of its user: GRUUs (RFC 5627), and the
/// registration's reference that wakes it inside a dialog (PURR, RFC 8599 section 6).
class DeviceNames {
public:
    explicit DeviceNames(const Secret& key) : sealed_(key) {}

    /// sip:alice@example.com;gr=urn:uuid:...; for a binding with an instance-id.
    static std::string public_gruu(const Binding& binding);
    /// sip:tgruu.xxxx@example.com;gr: void when the device registers with a new Call-ID (RFC 5627 5.4).
    std::string temporary_gruu(const Binding& binding) const;
    /// For a binding with push data: void when they change.
    std::string purr(const Binding& binding) const;

    /// The bindings of the device that a GRUU of ours names, maybe none; nothing when the URI is no GRUU.
    /// `aor`: the address of record that the URI stands for.
    std::optional<std::vector<Binding>> by_gruu(const sip::Uri& uri, const std::string& aor,
                                                const BindingTable& table) const;
    std::optional<Binding> by_purr(std::string_view purr, const BindingTable& table) const;

private:
    SealedNames sealed_;
};

} // namespace wakeline::registrar
