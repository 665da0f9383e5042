// SPDX-License-Identifier: Apache-2.0
#include "daemon/tls_contexts.h"

#include "base/text.h"
#include "sip/uri.h"

namespace wakeline::daemon {

namespace {

bool is_tls(const std::string& text) {
    const auto uri = sip::Uri::parse(text);
    return uri && (uri->scheme == "sips" || iequals(uri->params.get("transport").value_or(""), "tls"));
}

net::TlsVerify verify_of(trunk::Verify verify) {
    switch (verify) {
    case trunk::Verify::None: return net::TlsVerify::None;
    case trunk::Verify::Chain: return net::TlsVerify::Optional;
    case trunk::Verify::Name: return net::TlsVerify::Required;
    }
    return net::TlsVerify::Required;
}

/// What we show a PBX, and whom we take for it.
net::TlsProfile client_profile(const config::Config& config, const trunk::TrunkConfig& trunk) {
    net::TlsProfile profile;
    if (const auto own = config.certificates.find(trunk.certificate); own != config.certificates.end())
        profile = own->second;
    profile.client_ca = trunk.ca;
    profile.crl.clear();
    profile.verify = verify_of(trunk.verify);
    return profile;
}

Error at(const std::string& setting, const Error& error) {
    return {error.code, setting + ": " + error.message};
}

} // namespace

Status TlsContexts::open(const config::Config& config) {
    for (const auto& [name, profile] : config.certificates) {
        auto context = net::TlsContext::server(profile);
        if (!context) return at("certificates." + name, context.error());
        servers_[name] = *std::move(context);
    }
    for (const auto& [name, trunk] : config.trunks) {
        if (!is_tls(trunk.uri) && !is_tls(trunk.registration.registrar)) continue;
        auto context = net::TlsContext::client(client_profile(config, trunk));
        if (!context) return at("trunks." + name, context.error());
        clients_[name] = *std::move(context);
    }
    return Done{};
}

std::vector<std::string> TlsContexts::reload(const config::Config& config) {
    std::vector<std::string> failures;
    const auto reload_one = [&failures](net::TlsContext& context, const net::TlsProfile& profile,
                                        const std::string& setting) {
        if (const auto done = context.reload(profile); !done)
            failures.push_back(setting + ": " + done.error().message);
    };
    for (const auto& [name, context] : servers_)
        if (const auto profile = config.certificates.find(name); profile != config.certificates.end())
            reload_one(*context, profile->second, "certificates." + name);
    for (const auto& [name, context] : clients_)
        if (const auto trunk = config.trunks.find(name); trunk != config.trunks.end())
            reload_one(*context, client_profile(config, trunk->second), "trunks." + name);
    return failures;
}

net::TlsContext* TlsContexts::server(const std::string& certificate) const {
    const auto found = servers_.find(certificate);
    return found == servers_.end() ? nullptr : found->second.get();
}

net::TlsContext* TlsContexts::client(const std::string& trunk) const {
    const auto found = clients_.find(trunk);
    return found == clients_.end() ? nullptr : found->second.get();
}

} // namespace wakeline::daemon
