// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "call/subscribers.h"
#include "sip/name_addr.h"

namespace wakeline::call {

/// Keeps the addresses of one side from the other: in every URI that passes, a host that says where somebody
/// is becomes the domain. Names of foreign domains stay as they are. pn-* parameters never pass (RFC 8599
/// section 13).
class HostHiding {
public:
    /// `hidden`: names, beside every numeric address, that must not pass (the PBX's own).
    HostHiding(std::string domain, std::vector<std::string> hidden);

    /// Numbers that stay hidden become those that users are known by (SBC-ONS-01). Outlive it.
    HostHiding& hide_numbers_of(const Subscribers& subscribers);
    /// For the PBX's own words on their way back to it: numbers alone.
    HostHiding& keep_hosts();

    const std::string& domain() const noexcept { return domain_; }
    bool reveals(std::string_view host) const;

    sip::Uri hide(sip::Uri uri) const;
    sip::NameAddr hide(sip::NameAddr address) const;
    /// Every URI inside a header value: `"A" <sip:a@192.0.2.1>;x, <sip:b@192.0.2.1>`, or a bare one.
    std::string hide_in(std::string_view value) const;
    /// The agents of a Warning value (RFC 3261 20.43): `399 192.0.2.1 "text"`.
    std::string hide_warning(std::string_view value) const;

private:
    std::string hide_number(std::string_view tel) const;
    std::string hide_uri_text(std::string_view text) const;
    std::string hide_web_address(const std::string& scheme, std::string_view rest) const;

    std::string domain_;
    std::vector<std::string> hidden_;
    const Subscribers* subscribers_ = nullptr;
    bool keeps_hosts_ = false;
};

} // namespace wakeline::call
