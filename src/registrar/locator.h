// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registrar/binding.h"
#include "sip/uri.h"

namespace wakeline::registrar {

/// Where a user can be reached now. What the call module asks of the registrar.
class Locator {
public:
    virtual ~Locator() = default;

    /// The devices of an address of record that a call can try: bound, or with push data that still hold.
    /// Copies.
    virtual std::vector<Binding> find(std::string_view aor) const = 0;
    virtual std::optional<Binding> find(BindingId id) const = 0;
    /// The binding behind a Contact user part that we gave to the PBX.
    virtual std::optional<Binding> find_upstream(std::string_view contact_user) const = 0;
    /// The device that uses this flow.
    virtual std::optional<Binding> find_flow(sip::FlowId flow) const = 0;
    /// The devices that a GRUU (RFC 5627) of that address of record names: one device, or none when it is
    /// gone. Nothing when the URI is no GRUU.
    virtual std::optional<std::vector<Binding>> find_gruu(const sip::Uri& uri,
                                                          const std::string& aor) const = 0;
    /// True when that user exists: has or had a binding, or stands in the users file. Unknown ones get 404,
    /// not 480.
    virtual bool known(std::string_view aor) const = 0;
    /// The service declared this token dead at that time: push data go, unless registered again after it.
    virtual void token_dead(BindingId id, const PushData& push, net::WallTime since) = 0;
    /// The PBX answered a call of that device as if it did not know it.
    virtual void doubt(BindingId) {}
};

/// Told what happens to bindings, after the 2xx of the REGISTER was sent and the binding is stored.
class BindingListener {
public:
    /// A REGISTER succeeded: the device is reachable on `binding.flow`. Also for refreshes.
    virtual void on_registered(const Binding& binding) = 0;
    virtual void on_removed(const Binding& binding, std::string_view why) = 0;
    /// The PBX may have lost that registration.
    virtual void on_doubted(const Binding&) {}

protected:
    ~BindingListener() = default;
};

} // namespace wakeline::registrar
