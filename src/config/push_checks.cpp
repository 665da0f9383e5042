// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/text.h"
#include "config/findings.h"

namespace wakeline::config {

namespace {

constexpr std::string_view kRetired =
    "2195 was the port of Apple's binary service, which ended in 2021: 443 is used";

/// A key, or a certificate.
void check_apns(const std::string& path, const push::AppConfig& app, Findings& findings) {
    if (app.provider != push::Provider::Apns) return;
    if (app.key.empty() && app.certificate.empty())
        findings.error(path + ".key", "must be given, or certificate: provider apns needs one of them");
    if (!app.key.empty() && !app.certificate.empty())
        findings.error(path + ".certificate", "must not be given beside key: Apple takes one of them");
    for (const auto& [key, value] : {std::pair{".key_id", &app.key_id}, {".team_id", &app.team_id}})
        if (!app.key.empty() && value->empty())
            findings.error(path + key, "must be given: a .p8 key needs it");
    if (app.certificate.empty() && !app.passphrase_file.empty())
        findings.error(path + ".passphrase_file", "is for a certificate: a .p8 key has no passphrase");
    if (app.bundle_id.ends_with(".voip"))
        findings.error(path + ".bundle_id", "must be the bundle id itself: .voip is added to it");
    if (app.port == 2195) findings.warning(path + ".port", std::string(kRetired));
    if (app.endpoint.ends_with(":2195")) findings.warning(path + ".endpoint", std::string(kRetired));
}

} // namespace

void check_push_app(const std::string& path, const push::AppConfig& app, Findings& findings) {
    using enum push::Provider;
    struct Belongs {
        const char* key;
        const std::string& value;
        push::Provider provider;
        bool needed;
    };
    const std::array settings{Belongs{"key", app.key, Apns, false},
                              Belongs{"key_id", app.key_id, Apns, false},
                              Belongs{"team_id", app.team_id, Apns, false},
                              Belongs{"certificate", app.certificate, Apns, false},
                              Belongs{"passphrase_file", app.passphrase_file, Apns, false},
                              Belongs{"bundle_id", app.bundle_id, Apns, true},
                              Belongs{"service_account", app.service_account, Fcm, true},
                              Belongs{"database_url", app.database_url, Fcm, false},
                              Belongs{"url", app.url, Webhook, true},
                              Belongs{"secret_file", app.secret_file, Webhook, true},
                              Belongs{"pn_provider", app.pn_provider, Webhook, true},
                              Belongs{"pn_param", app.pn_param, Webhook, false}};
    for (const Belongs& setting : settings) {
        const std::string provider(push::word(setting.provider));
        if (setting.needed && setting.provider == app.provider && setting.value.empty())
            findings.error(path + '.' + setting.key, "must be given: provider " + provider + " needs it");
        if (setting.provider != app.provider && !setting.value.empty())
            findings.error(path + '.' + setting.key, "is for provider " + provider + " only");
    }
    check_apns(path, app, findings);
    if (!app.database_url.empty())
        findings.warning(path + ".database_url",
                         "is not used: FCM's HTTP v1 takes the project from service_account");
    if (app.pn_provider != lower(app.pn_provider))
        findings.error(path + ".pn_provider", "must be in lower case, as phones' pn-provider is compared");
    if (app.provider == Webhook && !app.endpoint.empty())
        findings.error(path + ".endpoint", "is not for provider webhook: set url");
    if (!app.ca.empty() && app.endpoint.empty() && app.url.empty())
        findings.error(path + ".ca", "is for an endpoint of your own: set endpoint too");
}

} // namespace wakeline::config
