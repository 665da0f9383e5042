// SPDX-License-Identifier: Apache-2.0
#include "simulation/push_service.h"

#include <utility>

namespace wakeline::simulation {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPath = "/3/device/";

std::string header(const http::Request& request, std::string_view name) {
    for (const std::string& line : request.headers)
        if (line.starts_with(name)) return line.substr(name.size() + 2);
    return {};
}

std::string reason_of(int status) {
    switch (status) {
    case 400: return R"({"reason":"BadDeviceToken"})";
    case 410: return R"({"reason":"Unregistered"})";
    case 429: return R"({"reason":"TooManyRequests"})";
    case 503: return R"({"reason":"ServiceUnavailable"})";
    default: return {};
    }
}

/// The number of the caller is in every push for a call.
std::string call_of(const http::Request& request) {
    const auto at = request.body.find("\"caller-");
    if (at == request.body.npos) return {};
    return request.body.substr(at + 1, request.body.find('"', at + 1) - at - 1);
}

} // namespace

http::Client::Status PushService::status() const {
    return {.connections = 1, .running = open_.size(), .waiting = 0, .proven = true, .opened = 1};
}

http::Client::RequestId PushService::send(http::Request request, Sent sent, Done done) {
    const RequestId id = ++last_id_;
    open_.emplace(id, Open{std::move(sent), std::move(done)});
    const std::string token = request.path.substr(kPath.size());
    const int status = decide(request, token);
    net::Duration wait = scene_.chance.between(20, 120);
    if (status == 200 && scene_.mishap(10, Did::PushDelayed)) wait += scene_.chance.between(500, 1'700);
    scene_.timers.schedule(1ms, [this, id] { write(id); });
    if (status == 200) deliver(request, token);
    if (status == 0) {
        scene_.timers.schedule(request.timeout, [this, id] { answer(id, 0, {}); });
        return id;
    }
    scene_.timers.schedule(wait, [this, id, status] { answer(id, status, reason_of(status)); });
    return id;
}

int PushService::decide(const http::Request& request, const std::string& token) {
    const bool probe = token.find_first_not_of('0') == token.npos;
    if (probe) return 400;
    scene_.trace.note("push service", header(request, "apns-push-type") + " for " + token);
    if (dead_.contains(token)) return scene_.coverage.saw(Did::PushTokenDead), 410;
    if (outage_ != 0 && scene_.rough) {
        scene_.coverage.saw(outage_ == 429 ? Did::PushThrottled : Did::PushUnavailable);
        return outage_;
    }
    if (scene_.mishap(4, Did::PushUnanswered)) return 0;
    if (scene_.mishap(3, Did::PushUnavailable)) return 503;
    scene_.coverage.saw(Did::PushAccepted);
    return 200;
}

void PushService::deliver(const http::Request& request, const std::string& token) {
    const bool voip = header(request, "apns-push-type") == "voip";
    if (voip) scene_.ledger.pushed(token, call_of(request), header(request, "apns-id"));
    for (int times = scene_.mishap(5, Did::PushTwice) ? 2 : 1; times > 0; --times)
        scene_.timers.schedule(scene_.chance.between(30, scene_.mishap(10) ? 3'000 : 300),
                               [this, token, voip] { deliver_(token, voip); });
}

void PushService::write(RequestId id) {
    const auto at = open_.find(id);
    if (at == open_.end()) return;
    if (const Sent sent = std::exchange(at->second.sent, {})) sent();
}

void PushService::answer(RequestId id, int status, const std::string& body) {
    auto node = open_.extract(id);
    if (node.empty()) return;
    http::Response response;
    response.status = status;
    response.body = body;
    response.epoch = 1;
    response.timed_out = status == 0;
    if (status == 0) response.error = "timed out";
    node.mapped().done(response);
}

} // namespace wakeline::simulation
