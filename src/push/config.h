// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace wakeline::push {

enum class Provider : std::uint8_t { Apns, Fcm, Webhook };
constexpr std::size_t kProviders = 3;

/// "apns", "fcm", "webhook".
std::string_view word(Provider provider);

/// One app of one push service (`push.apps.<name>`).
struct AppConfig {
    Provider provider = Provider::Apns;
    std::string key;             // apns: .p8 file
    std::string key_id;          // apns: 10 characters
    std::string team_id;         // apns: 10 characters; with a certificate it may be empty: any
    std::string certificate;     // apns, instead of key: .p12 or PEM file
    std::string passphrase_file; // of the certificate
    std::string bundle_id;       // apns: topic without ".voip"
    bool sandbox = false;
    unsigned port = 443;         // apns: of Apple's own hosts
    std::string service_account; // fcm: JSON file
    std::string database_url;    // fcm: of the service that ended in 2024; not used
    std::string url;             // webhook
    std::string secret_file;     // webhook: what requests are signed with
    std::string pn_provider;     // webhook: whose devices, by their pn-provider
    std::string pn_param;        // webhook: and by their pn-param; empty: any
    std::string endpoint;        // https://host:port instead of the service's own, for tests and proxies
    std::string ca;              // PEM file to trust for the endpoint; empty: the system's
    std::string proxy;           // http://host:port; "off"; empty: that of the rules

    bool operator==(const AppConfig&) const = default;
};

using Apps = std::map<std::string, AppConfig>;

/// What a push for a MESSAGE shows.
enum class MessageText : std::uint8_t {
    Hidden, // that there is one
    Sender, // and from whom
    Full,   // and what it says
};

/// What holds for all apps; YAML section `push` but for `apps`.
struct Rules {
    bool enabled = true;
    std::string proxy; // http://host:port; empty: none
    MessageText message_text = MessageText::Sender;
    std::string message_alert = "New message";      // shown where the text is not
    bool tell_call_ended = false;                   // by a push, to a device that was pushed and has not come
    unsigned user_budget = 120, device_budget = 60; // pushes a minute; 0: no limit

    bool operator==(const Rules&) const = default;
};

} // namespace wakeline::push
