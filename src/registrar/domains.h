// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/uri.h"

namespace wakeline::registrar {

/// Which URIs name our users. Phones outside may know us by address only (SBC-ROLE-08): our own addresses
/// stand for the first domain.
class Domains {
public:
    /// Hosts in lower case, IPv6 in brackets, no ports. Without any domain every host is served as it is.
    Domains(std::vector<std::string> domains, std::vector<std::string> own_addresses);

    bool served(std::string_view host) const;
    /// The address of record that the URI names; nothing when it is not one of ours.
    std::optional<std::string> aor(const sip::Uri& uri) const;

private:
    std::vector<std::string> domains_, own_addresses_;
};

/// The URI that names an address of record: what needs an escape there has one.
std::string uri_of(std::string_view aor);

} // namespace wakeline::registrar
