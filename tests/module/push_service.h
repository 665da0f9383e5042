// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "push/config.h"

namespace wakeline::test {

/// tests/peers/push_service.py as a child process, and its control port. Calls block: nothing of ours runs
/// the service. It ends with this object, or with the test's process.
class PushService {
public:
    explicit PushService(std::vector<std::string> options = {});
    ~PushService();
    PushService(const PushService&) = delete;
    PushService& operator=(const PushService&) = delete;

    std::string origin() const { return "https://127.0.0.1:" + std::to_string(port_); }
    std::string file(const std::string& name) const { return folder_ + "/" + name; }
    /// One order to the control port; gives its answer.
    nlohmann::json order(const nlohmann::json& order);
    nlohmann::json stats() { return order({{"do", "stats"}}); }
    int stat(const char* name) { return stats().at(name).get<int>(); }
    /// The process stands still: the kernel takes connections and octets, nobody answers.
    void stop();
    void go_on();
    /// What the service saw so far, of this kind.
    std::vector<nlohmann::json> events(const std::string& kind) const;

    push::AppConfig apns() const;
    push::AppConfig fcm() const;
    push::AppConfig apns_with_certificate() const; // .p12
    push::AppConfig webhook() const;               // for pn-provider "acme"
    std::string proxy() const { return "http://127.0.0.1:" + std::to_string(proxy_port_); }

private:
    std::string folder_, output_;
    pid_t pid_ = 0;
    int stdin_ = -1, control_ = -1;
    std::uint16_t port_ = 0, proxy_port_ = 0;
};

} // namespace wakeline::test
