// SPDX-License-Identifier: Apache-2.0
#include "push/hosts.h"

namespace wakeline::push {

namespace {

/// "host" of "https://host:port/path"; of IPv6 without brackets.
std::string host_of(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('/'));
    if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
    return std::string(url.substr(0, url.find(':')));
}

} // namespace

std::vector<std::string> hosts_of(const AppConfig& app, const Rules& rules) {
    const std::string& proxy = app.proxy.empty() ? rules.proxy : app.proxy;
    if (!proxy.empty() && proxy != "off") return {host_of(proxy)};
    if (!app.endpoint.empty()) return {host_of(app.endpoint)};
    switch (app.provider) {
    case Provider::Apns: return {host_of(app.sandbox ? kApnsSandbox : kApnsProduction)};
    case Provider::Fcm: return {host_of(kFcm), host_of(kGoogleTokens)};
    case Provider::Webhook: break;
    }
    return {host_of(app.url)};
}

} // namespace wakeline::push
