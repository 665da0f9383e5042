// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "http/client.h"
#include "simulation/scene.h"

namespace wakeline::simulation {

/// Apple's push service, as the HTTP client of push::Apns sees it: accepts, delays, delivers twice, refuses
/// a token, throttles, fails, or says nothing.
class PushService final : public http::Client {
public:
    /// A push reaches the device with that token; `voip`: for a call.
    using Deliver = std::function<void(const std::string& token, bool voip)>;

    PushService(Scene& scene, Deliver deliver) : scene_(scene), deliver_(std::move(deliver)) {}

    /// From now on that token is dead (the app was deleted).
    void kill(const std::string& token) { dead_.insert(token); }
    /// Everything is answered so for a while; 0: as usual.
    void set_outage(int status) { outage_ = status; }

    RequestId send(http::Request request, Sent sent, Done done) override;
    void cancel(RequestId id) override { open_.erase(id); }
    void set_events(Events) override {}
    Status status() const override;
    std::size_t open_count() const { return open_.size(); }

private:
    struct Open {
        Sent sent;
        Done done;
    };

    void write(RequestId id);
    void answer(RequestId id, int status, const std::string& body);
    int decide(const http::Request& request, const std::string& token);
    void deliver(const http::Request& request, const std::string& token);

    Scene& scene_;
    const Deliver deliver_;
    std::set<std::string> dead_;
    int outage_ = 0;
    std::map<RequestId, Open> open_;
    RequestId last_id_ = 0;
};

} // namespace wakeline::simulation
