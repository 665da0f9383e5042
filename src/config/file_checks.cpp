// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "config/checks.h"
#include "config/loader.h"

namespace wakeline::config {

namespace {

struct Named {
    std::string path; // of the setting
    std::string file; // empty: not given
};

std::vector<Named> named_files(const Config& config) {
    std::vector<Named> files{{"registration.users", config.registration.users}};
    for (const auto& [name, profile] : config.certificates) {
        const std::string at = "certificates." + name;
        files.insert(files.end(), {{at + ".chain", profile.chain},
                                   {at + ".key", profile.key},
                                   {at + ".passphrase_file", profile.passphrase_file},
                                   {at + ".client_ca", profile.client_ca},
                                   {at + ".crl", profile.crl}});
    }
    for (const auto& [name, app] : config.push.apps) {
        const std::string at = "push.apps." + name;
        files.insert(
            files.end(),
            {{at + ".key", app.key}, {at + ".service_account", app.service_account}, {at + ".ca", app.ca}});
    }
    for (const auto& [name, trunk] : config.trunks)
        files.push_back({"trunks." + name + ".ca", trunk.ca});
    return files;
}

} // namespace

void check_files(const Config& config, const Node& document, Problems& problems) {
    for (const Named& named : named_files(config)) {
        if (named.file.empty() || std::ranges::find(problems, named.path, &Problem::path) != problems.end())
            continue;
        if (const auto text = read_file(named.file); !text)
            problems.push_back({line_of(document, named.path), named.path, text.error().message});
    }
}

} // namespace wakeline::config
