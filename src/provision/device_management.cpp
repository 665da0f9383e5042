// SPDX-License-Identifier: Apache-2.0
#include "provision/device_management.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/bytes.h"
#include "base/text.h"

namespace wakeline::provision {

namespace {

enum class Of : std::uint8_t { Text, Flag, Level };
struct Known {
    std::string_view key, standard;
    Of kind;
};
constexpr std::array kKeys{
    Known{"serverUserName", "", Of::Text},         Known{"serverUrl", "", Of::Text},
    Known{"serverPassword", "", Of::Text},         Known{"osv_cellular_number_option", "", Of::Text},
    Known{"log_state_pref", "Med", Of::Level},     Known{"disableCallQualityWarning", "false", Of::Flag},
    Known{"cell_routing_pref", "false", Of::Flag}, Known{"base64Cert", "", Of::Text},
    Known{"base64CertPassword", "", Of::Text},     Known{"autoSave", "false", Of::Flag},
    Known{"allowInvCert", "false", Of::Flag},      Known{"allow_cdn_calls", "false", Of::Flag},
    Known{"3g_routing", "false", Of::Flag},        Known{"disableChatFeature", "false", Of::Flag},
};
constexpr std::string_view kLock = "Enabled";

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

const Known* find(std::string_view key) {
    const auto known = std::ranges::find(kKeys, key, &Known::key);
    return known == kKeys.end() ? nullptr : &*known;
}

bool is_flag(std::string_view value) { return value == "true" || value == "false"; }

Status check(const std::string& key, const std::string& value) {
    const Known* known = find(key);
    const bool lock = known == nullptr && key.ends_with(kLock) &&
                      find(std::string_view(key).substr(0, key.size() - kLock.size())) != nullptr;
    if (known == nullptr && !lock) return wrong(key + " is no key that the app knows");
    if ((lock || known->kind == Of::Flag) && !is_flag(value)) return wrong(key + " must be true or false");
    constexpr std::array kLevels{"Off", "Min", "Med", "Max"};
    if (!lock && known->kind == Of::Level && std::ranges::find(kLevels, value) == kLevels.end())
        return wrong(key + " must be Off, Min, Med or Max");
    return Done{};
}

using Values = std::map<std::string, std::string, std::less<>>;

Status check_together(const Values& values) {
    for (const char* key : {"serverUserName", "serverUrl", "serverPassword"})
        if (values.at(key).empty()) return wrong(std::string(key) + " must be given");
    if (!values.at("base64Cert").empty() && values.at("base64CertPassword").empty())
        return wrong("base64CertPassword must be given with base64Cert: the app opens no package without");
    if (values.at("allow_cdn_calls") == "true" && values.at("3g_routing") == "false")
        return wrong("3g_routing must not be false while allow_cdn_calls is true");
    return Done{};
}

} // namespace

Result<std::string> management_file(const Management& wish) {
    Values values, locks;
    for (const Known& known : kKeys)
        values[std::string(known.key)] = known.standard;
    values["serverUserName"] = wish.sign_in.username;
    values["serverUrl"] = wish.sign_in.server_url;
    values["serverPassword"] = base64(as_bytes(wish.password.reveal()));
    values["osv_cellular_number_option"] = wish.sign_in.cell;
    values["base64Cert"] = wish.certificate;
    values["base64CertPassword"] = wish.certificate_password.reveal();
    for (const auto& [key, value] : wish.chosen) {
        if (const Status good = check(key, value); !good) return good.error();
        (find(key) != nullptr ? values : locks)[key] = value;
    }
    if (const Status good = check_together(values); !good) return good.error();
    std::string out;
    for (const Known& known : kKeys)
        if (const std::string& value = values.find(known.key)->second; !value.empty())
            ((out += known.key) += '=') += value + '\n';
    for (const auto& [key, value] : locks)
        out += key + '=' + value + '\n';
    return out;
}

std::string user_sheet(const SignIn& sign_in) {
    // The app completes an https address by itself (:8443/axis/services): the host is enough to type.
    std::string host = sign_in.server_url;
    if (istarts_with(host, "https://")) host = host.substr(8, host.find('/', 8) - 8);
    std::string out = "How to sign in with the phone\n\n"
                      "1. Install the app, and open it.\n"
                      "2. Scan the QR code, or type:\n\n"
                      "     user     " +
                      sign_in.username + "\n     server   " + host + '\n';
    if (!sign_in.cell.empty()) out += "     cell     " + sign_in.cell + '\n';
    return out + "\n3. Type the password. It comes to you by another way than this sheet: by letter, or in "
                 "person.\n"
                 "4. Let the app send notifications and use the microphone; without them it does not ring.\n";
}

} // namespace wakeline::provision
