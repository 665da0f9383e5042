// SPDX-License-Identifier: Apache-2.0
#include "daemon/credential_files.h"

#include <algorithm>

#include "push/credential_file.h"

namespace wakeline::daemon {

namespace {

using Credentials = std::vector<net::Credential>;

using Reader = Result<Credentials> (*)(std::string_view);

Result<Credentials> read(const std::string& file, Reader reader = net::read_certificates) {
    const auto text = push::read_credential_file(file);
    if (!text) return text.error();
    return reader(*text);
}

net::Credential unusable(const std::string& setting, const std::string& file, const Error& error) {
    net::Credential credential;
    credential.name = setting;
    credential.problem = file + ' ' + error.message;
    return credential;
}

/// A chain is as good as the one of its certificates that ends first.
void add_chain(Credentials& out, const std::string& setting, const std::string& file) {
    if (file.empty()) return;
    auto chain = read(file);
    if (!chain) return out.push_back(unusable(setting, file, chain.error()));
    const auto first_to_end = std::ranges::min_element(*chain, {}, &net::Credential::expires);
    first_to_end->name = setting;
    out.push_back(std::move(*first_to_end));
}

/// Of several CAs, or lists of theirs, each may be the one that is needed: all are shown, numbered from the
/// second on.
void add_authorities(Credentials& out, const std::string& setting, const std::string& file,
                     Reader reader = net::read_certificates) {
    if (file.empty()) return;
    auto all = read(file, reader);
    if (!all) return out.push_back(unusable(setting, file, all.error()));
    std::size_t number = 0;
    for (net::Credential& one : *all) {
        one.name = ++number == 1 ? setting : setting + '#' + std::to_string(number);
        out.push_back(std::move(one));
    }
}

} // namespace

std::vector<net::Credential> read_credentials(const config::Config& config) {
    Credentials out;
    for (const auto& [name, profile] : config.certificates) {
        add_chain(out, "certificates." + name + ".chain", profile.chain);
        add_authorities(out, "certificates." + name + ".client_ca", profile.client_ca);
        add_authorities(out, "certificates." + name + ".crl", profile.crl, net::read_revocation_lists);
    }
    for (const auto& [name, trunk] : config.trunks)
        add_authorities(out, "trunks." + name + ".ca", trunk.ca);
    if (config.push.enabled)
        for (const auto& [name, app] : config.push.apps)
            add_authorities(out, "push.apps." + name + ".ca", app.ca);
    return out;
}

std::vector<std::string> credential_files(const config::Config& config) {
    std::vector<std::string> files;
    for (const auto& [name, profile] : config.certificates)
        files.insert(files.end(),
                     {profile.chain, profile.key, profile.passphrase_file, profile.client_ca, profile.crl});
    for (const auto& [name, trunk] : config.trunks)
        files.push_back(trunk.ca);
    for (const auto& [name, app] : config.push.apps)
        files.insert(files.end(), {app.key, app.certificate, app.passphrase_file, app.service_account,
                                   app.secret_file, app.ca});
    std::erase(files, "");
    return files;
}

std::vector<net::Credential> push_credentials(const std::vector<push::AppStatus>& apps) {
    Credentials out;
    for (const push::AppStatus& app : apps)
        out.push_back(app.credential);
    for (const push::Provider provider : {push::Provider::Apns, push::Provider::Fcm}) {
        if (std::ranges::find(apps, provider, &push::AppStatus::provider) != apps.end()) continue;
        net::Credential none;
        none.name = "push.apps (" + std::string(push::word(provider)) + ")";
        none.set = false;
        out.push_back(std::move(none));
    }
    return out;
}

} // namespace wakeline::daemon
