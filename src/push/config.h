// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace wakeline::push {

enum class Provider : std::uint8_t { Apns, Fcm };

/// One app of one push service (`push.apps.<name>`).
struct AppConfig {
    Provider provider = Provider::Apns;
    std::string key;       // apns: .p8 file
    std::string key_id;    // apns: 10 characters
    std::string team_id;   // apns: 10 characters
    std::string bundle_id; // apns: topic without ".voip"
    bool sandbox = false;
    std::string service_account; // fcm: JSON file
    std::string endpoint;        // https://host:port instead of the service's own, for tests and proxies
    std::string ca;              // PEM file to trust for the endpoint; empty: the system's

    bool operator==(const AppConfig&) const = default;
};

using Apps = std::map<std::string, AppConfig>;

} // namespace wakeline::push
