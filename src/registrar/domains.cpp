// SPDX-License-Identifier: Apache-2.0
#include "registrar/domains.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace wakeline::registrar {

namespace {

constexpr std::size_t kMaxAor = 256;

bool listed(const std::vector<std::string>& hosts, std::string_view host) {
    return std::ranges::any_of(hosts, [host](const std::string& one) { return iequals(one, host); });
}

bool printable(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

} // namespace

Domains::Domains(std::vector<std::string> domains, std::vector<std::string> own_addresses)
    : domains_(std::move(domains)), own_addresses_(std::move(own_addresses)) {}

bool Domains::served(std::string_view host) const {
    return domains_.empty() || listed(domains_, host) || listed(own_addresses_, host);
}

std::optional<std::string> Domains::aor(const sip::Uri& uri) const {
    if (!uri.is_sip() || uri.user.empty() || !served(uri.host)) return std::nullopt;
    const bool by_address = !domains_.empty() && !listed(domains_, uri.host);
    std::string aor = by_address ? "sip:" + uri.decoded_user() + '@' + domains_.front() : uri.aor();
    if (aor.size() > kMaxAor || !printable(aor)) return std::nullopt;
    return aor;
}

std::string uri_of(std::string_view aor) {
    const auto at = aor.rfind('@');
    if (at == std::string_view::npos || !aor.starts_with("sip:")) return std::string(aor);
    std::string uri = "sip:";
    for (const char c : aor.substr(4, at - 4)) { // RFC 3261 25.1, without what looks like the end of the user
        const bool plain = std::string_view("-_.!~*'()&=+$,/").find(c) != std::string_view::npos;
        uri += plain ? std::string(1, c) : percent_encode({&c, 1});
    }
    return uri.append(aor.substr(at));
}

} // namespace wakeline::registrar
