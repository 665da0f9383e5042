// SPDX-License-Identifier: Apache-2.0
#include "push/gateway.h"

#include <algorithm>
#include <utility>

#include "push/apns.h"
#include "push/credential_file.h"
#include "push/fcm.h"
#include "push/fingerprint.h"

namespace wakeline::push {

namespace {

constexpr std::size_t kMostLearned = 10'000;
constexpr MetricInfo kNoProvider{"wakeline_push_no_provider_total", MetricKind::Counter,
                                 "Devices that no configured app can wake"};

Result<std::unique_ptr<App>> make_app(const AppContext& context, const std::string& name,
                                      const AppConfig& config) {
    if (!config.ca.empty())
        if (const auto text = read_credential_file(config.ca); !text)
            return Error{text.error().code, "ca " + config.ca + " " + text.error().message};
    switch (config.provider) {
    case Provider::Apns: return Apns::create(context, name, config);
    case Provider::Fcm: return Fcm::create(context, name, config);
    }
    return Error{ErrorCode::InvalidInput, "unknown provider"};
}

std::string fingerprint_of_files(const AppConfig& config) {
    std::string all;
    for (const std::string* path : {&config.key, &config.service_account, &config.ca}) {
        const auto text = path->empty() ? Result<std::string>(std::string()) : read_credential_file(*path);
        all += fingerprint(text ? *text : text.error().message, 64);
    }
    return all;
}

} // namespace

Gateway::Gateway(const Context& context)
    : context_(context), metrics_{ProviderMetrics(context.metrics, Provider::Apns),
                                  ProviderMetrics(context.metrics, Provider::Fcm)},
      no_provider_(context.metrics.declare(kNoProvider)) {}

Gateway::~Gateway() = default;

Result<std::unique_ptr<Gateway>> Gateway::create(const Context& context, const Apps& apps) {
    std::unique_ptr<Gateway> gateway(new Gateway(context));
    auto table = gateway->make(apps);
    if (!table) return table.error();
    gateway->apps_ = std::move(*table);
    return gateway;
}

Result<Gateway::Table> Gateway::make(const Apps& apps) {
    Table table;
    std::string problems;
    for (const auto& [name, config] : apps) {
        Entry entry{config, fingerprint_of_files(config), nullptr};
        const auto old = apps_.find(name);
        if (old == apps_.end() || old->second.config != config || old->second.files != entry.files) {
            auto& metrics = metrics_[static_cast<std::size_t>(config.provider)];
            auto app = make_app({context_.library, context_.loop, context_.log, metrics}, name, config);
            if (app)
                entry.app = std::move(*app);
            else
                problems +=
                    (problems.empty() ? "push.apps." : "\npush.apps.") + name + ": " + app.error().message;
        }
        table.emplace(name, std::move(entry));
    }
    if (!problems.empty()) return Error{ErrorCode::InvalidInput, std::move(problems)};
    return table;
}

Status Gateway::reload(const Apps& apps) {
    auto table = make(apps);
    if (!table) return table.error();
    for (auto& [name, entry] : *table)
        if (!entry.app) entry.app = std::move(apps_.at(name).app);
    for (auto& [name, entry] : std::exchange(apps_, std::move(*table)))
        if (entry.app) retired_.push_back(std::move(entry.app));
    learned_.clear();
    bury_retired();
    return Done{};
}

WakeId Gateway::wake(const Device& device, const WakeRequest& request, Sent sent, Finished finished) {
    const WakeId id = ++last_id_;
    Wake& wake = wakes_[id];
    wake.device = device;
    wake.request = request;
    wake.finished = std::move(finished);
    if (App* const app = find(device, request.kind)) {
        start(id, *app, std::move(sent));
        return id;
    }
    no_provider_.add();
    wake.timer = std::make_unique<net::Timer>(context_.loop);
    wake.timer->arm({}, [this, id] {
        WakeResult result;
        result.outcome = WakeOutcome::NoProvider;
        result.reason = "no app is configured for this device";
        report(id, result);
    });
    return id;
}

void Gateway::start(WakeId id, App& app, Sent sent) {
    Wake& wake = wakes_.at(id);
    wake.app = &app;
    app.wake(id, wake.device, wake.request, std::move(sent),
             [this, id](const WakeResult& result) { on_finished(id, result); });
}

void Gateway::cancel(WakeId id) {
    const auto node = wakes_.extract(id);
    if (node.empty()) return;
    if (node.mapped().app != nullptr) node.mapped().app->cancel(id);
    bury_retired();
}

App* Gateway::find(const Device& device, WakeKind kind) const {
    if (const auto known = learned_.find(fingerprint(device.token.reveal(), 32)); known != learned_.end()) {
        const auto entry = apps_.find(known->second);
        if (entry != apps_.end() && entry->second.app->serves(device, kind)) return entry->second.app.get();
    }
    for (const auto& [name, entry] : apps_)
        if (entry.app->serves(device, kind)) return entry.app.get();
    return nullptr;
}

/// A token of a development build is bad in production, and the other way round. Where both environments of
/// an app are configured, a second app serves the same device.
App* Gateway::other_environment(const Wake& wake) const {
    for (const auto& [name, entry] : apps_)
        if (entry.app.get() != wake.app && entry.app->serves(wake.device, wake.request.kind))
            return entry.app.get();
    return nullptr;
}

void Gateway::on_finished(WakeId id, const WakeResult& result) {
    const auto it = wakes_.find(id);
    if (it == wakes_.end()) return;
    Wake& wake = it->second;
    const std::string token = fingerprint(wake.device.token.reveal(), 32);
    if (result.reason == "BadDeviceToken" && !learned_.contains(token))
        if (App* const other = other_environment(wake)) {
            if (learned_.size() >= kMostLearned) learned_.clear();
            learned_.emplace(token, other->status().name);
            return start(id, *other, {});
        }
    if (result.outcome == WakeOutcome::TokenDead) learned_.erase(token);
    report(id, result);
}

void Gateway::report(WakeId id, const WakeResult& result) {
    const auto node = wakes_.extract(id);
    bury_retired();
    node.mapped().finished(result);
}

/// An app of before a reload goes when its last push is done; that push may be on the stack.
void Gateway::bury_retired() {
    std::erase_if(retired_, [this](std::unique_ptr<App>& app) {
        const bool busy = std::any_of(wakes_.begin(), wakes_.end(),
                                      [&app](const auto& entry) { return entry.second.app == app.get(); });
        if (!busy) context_.loop.defer_delete(std::move(app));
        return !busy;
    });
}

std::vector<AppStatus> Gateway::status() const {
    std::vector<AppStatus> all;
    for (const auto& [name, entry] : apps_)
        all.push_back(entry.app->status());
    return all;
}

} // namespace wakeline::push
