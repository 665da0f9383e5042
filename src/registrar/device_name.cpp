// SPDX-License-Identifier: Apache-2.0
#include "registrar/device_name.h"

#include <cstdio>

namespace wakeline::registrar {

namespace {

constexpr std::size_t kLongestProduct = 40;

/// The first product of a User-Agent (RFC 3261 20.41); what follows are its libraries and comments.
std::string product(const std::string& user_agent) {
    return user_agent.substr(0, std::min(user_agent.find_first_of(" ;("), kLongestProduct));
}

} // namespace

std::string short_id(BindingId id) {
    char text[8];
    std::snprintf(text, sizeof text, "#%04x", static_cast<unsigned>(id & 0xffffU));
    return text;
}

std::string device_name(const Binding& binding) {
    const std::string name = product(binding.user_agent);
    return (name.empty() ? "device" : name) + ' ' + short_id(binding.id);
}

} // namespace wakeline::registrar
