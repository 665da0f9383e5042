// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "net/credential.h"
#include "net/timer.h"
#include "push/config.h"

namespace wakeline::push {

/// One app as an administrator sees it (`wakelinectl status`). Times that did not happen are 0.
struct AppStatus {
    std::string name; // of push.apps
    Provider provider = Provider::Apns;
    std::string service; // whose devices it wakes, by their pn-provider: "apns", "fcm", ...
    std::string endpoint;
    std::size_t connections = 0; // 0: none is open
    bool ready = false;          // connected, and the service took our credentials
    std::string problem;         // why not, in the service's words or ours; empty when all is well
    net::Credential credential;
    net::WallTime credential_made{}; // of what was made from it: a provider token, an access token
    int last_status = 0;             // the last answer to a push
    std::string last_reason;
    net::WallTime last_answer{};
    std::size_t under_way = 0;
    std::uint64_t accepted = 0, token_dead = 0, refused = 0, unavailable = 0;
};

} // namespace wakeline::push
