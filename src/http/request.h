// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/timer.h"

namespace wakeline::http {

/// Counts the connections that a client gave up; see Request::avoid.
using Epoch = std::uint64_t; // 0: none

struct Request {
    std::string method = "POST";
    std::string path;                 // from the origin on: "/3/device/..."
    std::vector<std::string> headers; // "name: value"
    std::string body;
    net::Duration timeout = std::chrono::seconds(3); // waiting for a connection included
    Epoch avoid = 0; // not on the connection of this epoch: the service asked for another one
};

struct Response {
    int status = 0;    // 0: no answer came
    std::string error; // why not
    bool timed_out = false;
    std::map<std::string, std::string, std::less<>> headers; // names in lower case
    std::string body;
    Epoch epoch = 0; // of the connection that was used

    bool answered() const noexcept { return status != 0; }
    std::string_view header(std::string_view name) const {
        const auto it = headers.find(name);
        return it == headers.end() ? std::string_view{} : it->second;
    }
};

} // namespace wakeline::http
