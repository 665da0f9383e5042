// SPDX-License-Identifier: Apache-2.0
#include "call/host_hiding.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/socket_address.h"

namespace wakeline::call {

namespace {

bool is_address(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return net::SocketAddress::parse(host, 0).has_value();
}

/// Where the quoted string that starts at `at` ends (one past its quote).
std::size_t skip_quoted(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at + 1;
    }
    return text.size();
}

/// Says where somebody is: of this site, as far as anybody can see.
bool is_near(std::string_view host, const std::vector<std::string>& hidden) {
    return is_address(host) || iequals(host, "localhost") ||
           std::ranges::any_of(hidden, [host](const auto& name) { return iequals(name, host); });
}

} // namespace

HostHiding::HostHiding(std::string domain, std::vector<std::string> hidden)
    : domain_(std::move(domain)), hidden_(std::move(hidden)) {}

HostHiding& HostHiding::hide_numbers_of(const Subscribers& subscribers) {
    subscribers_ = subscribers.empty() ? nullptr : &subscribers;
    return *this;
}

HostHiding& HostHiding::keep_hosts() {
    keeps_hosts_ = true;
    return *this;
}

bool HostHiding::reveals(std::string_view host) const { return !keeps_hosts_ && is_near(host, hidden_); }

sip::Uri HostHiding::hide(sip::Uri uri) const {
    if (!uri.is_sip()) return uri;
    uri.params.erase_prefix("pn-");
    // A user of another domain may have the same name.
    if (subscribers_ != nullptr && (iequals(uri.host, domain_) || is_near(uri.host, hidden_)))
        if (auto shown = subscribers_->shown(uri.decoded_user())) uri.user = *std::move(shown);
    if (!reveals(uri.host)) return uri;

    uri.host = domain_;
    uri.port = 0;
    for (const char* location : {"transport", "maddr", "received", "rport", "ob", "gr", "lr", "alias"})
        uri.params.erase(location);
    return uri;
}

sip::NameAddr HostHiding::hide(sip::NameAddr address) const {
    address.uri = hide(std::move(address.uri));
    return address;
}

std::string HostHiding::hide_web_address(const std::string& scheme, std::string_view rest) const {
    if (!rest.starts_with("//")) return scheme + ':' + std::string(rest);
    rest.remove_prefix(2);
    const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view host = rest.substr(0, authority_end);
    if (const std::size_t user = host.rfind('@'); user != host.npos) host.remove_prefix(user + 1);
    const bool v6 = host.starts_with('[');
    if (const std::size_t port = host.rfind(':'); port != host.npos && (!v6 || port > host.rfind(']')))
        host = host.substr(0, port);
    const std::string shown = reveals(host) ? domain_ : std::string(rest.substr(0, authority_end));
    return scheme + "://" + shown + std::string(rest.substr(authority_end));
}

/// "tel:+4989123;phone-context=example.com"
std::string HostHiding::hide_number(std::string_view tel) const {
    const std::string_view number = tel.substr(4, tel.find(';') - 4);
    const auto shown = subscribers_ != nullptr ? subscribers_->shown(number) : std::nullopt;
    if (!shown) return std::string(tel);
    return "tel:" + *shown + std::string(tel.substr(4 + number.size()));
}

std::string HostHiding::hide_uri_text(std::string_view text) const {
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return std::string(text);
    const std::string scheme = lower(text.substr(0, colon));
    if (scheme == "tel") return hide_number(text);
    if (scheme == "http" || scheme == "https") return hide_web_address(scheme, text.substr(colon + 1));
    if (scheme != "sip" && scheme != "sips") return std::string(text);
    auto uri = sip::Uri::parse(text);
    if (!uri) return scheme + ':' + domain_; // what we cannot read, we cannot vouch for
    return hide(*std::move(uri)).str();
}

std::string HostHiding::hide_in(std::string_view value) const {
    std::string out;
    bool bracketed = false;
    for (std::size_t at = 0; at < value.size();) {
        if (value[at] == '"') {
            const std::size_t end = skip_quoted(value, at);
            out += value.substr(at, end - at);
            at = end;
        } else if (const std::size_t end = value.find('>', at); value[at] == '<' && end != value.npos) {
            out += '<' + hide_uri_text(value.substr(at + 1, end - at - 1)) + '>';
            at = end + 1;
            bracketed = true;
        } else {
            out += value[at++];
        }
    }
    if (bracketed || value.find('"') != value.npos) return out;
    // RFC 3261 20.10: without angle brackets what follows ';' belongs to the header.
    const std::size_t end = std::min(value.find_first_of(";, \t"), value.size());
    return hide_uri_text(value.substr(0, end)) + std::string(value.substr(end));
}

std::string HostHiding::hide_warning(std::string_view value) const {
    std::string out;
    while (!value.empty()) {
        const std::size_t code_end = std::min(value.find(' '), value.size());
        const std::size_t agent_end = std::min(value.find(' ', code_end + 1), value.size());
        if (agent_end <= code_end) return out + std::string(value);
        std::string_view agent = value.substr(code_end + 1, agent_end - code_end - 1);
        if (const std::size_t port = agent.rfind(':'); !agent.ends_with(']') && port != agent.npos)
            agent = agent.substr(0, port);
        out += value.substr(0, code_end + 1);
        out += reveals(agent) ? domain_ : std::string(agent);
        const std::size_t quote = value.find('"', agent_end);
        const std::size_t end = quote == value.npos ? value.size() : skip_quoted(value, quote);
        const std::size_t next = std::min(value.find_first_not_of(", \t", end), value.size());
        out += value.substr(agent_end, next - agent_end);
        value.remove_prefix(next);
    }
    return out;
}

} // namespace wakeline::call
