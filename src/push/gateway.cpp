// SPDX-License-Identifier: Apache-2.0
#include "push/gateway.h"

#include <algorithm>
#include <utility>

#include "push/apns.h"
#include "push/credential_file.h"
#include "push/fcm.h"
#include "push/fingerprint.h"
#include "push/webhook.h"

namespace wakeline::push {

namespace {

constexpr std::size_t kMostLearned = 10'000;
constexpr net::Duration kCheckPatience = std::chrono::seconds(10);
constexpr MetricInfo kOverBudget{"wakeline_push_over_budget_total", MetricKind::Counter,
                                 "Pushes not sent: too many for one user or device (push.budget)"};
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
    case Provider::Webhook: return Webhook::create(context, name, config);
    }
    return Error{ErrorCode::InvalidInput, "unknown provider"};
}

std::string fingerprint_of_files(const AppConfig& config) {
    std::string all;
    for (const std::string* path : {&config.key, &config.certificate, &config.passphrase_file,
                                    &config.service_account, &config.secret_file, &config.ca}) {
        const auto text = path->empty() ? Result<std::string>(std::string()) : read_credential_file(*path);
        all += fingerprint(text ? *text : text.error().message, 64);
    }
    return all;
}

AppConfig effective(AppConfig config, const Rules& rules) {
    if (config.proxy.empty())
        config.proxy = rules.proxy;
    else if (config.proxy == "off")
        config.proxy.clear();
    return config;
}

/// A message shows no more than the rules allow.
void apply(const Rules& rules, WakeRequest& request) {
    if (request.kind != WakeKind::Message) return;
    if (rules.message_text == MessageText::Hidden) {
        request.caller_name.clear();
        request.caller_number.clear();
    }
    if (rules.message_text != MessageText::Full || request.text.empty()) request.text = rules.message_alert;
}

} // namespace

Gateway::Gateway(const Context& context, const Rules& rules)
    : context_(context), rules_(rules), metrics_{ProviderMetrics(context.metrics, Provider::Apns),
                                                 ProviderMetrics(context.metrics, Provider::Fcm),
                                                 ProviderMetrics(context.metrics, Provider::Webhook)},
      no_provider_(context.metrics.declare(kNoProvider)), over_budget_(context.metrics.declare(kOverBudget)),
      users_(context.loop), devices_(context.loop), teams_(context.library, context.loop) {}

Gateway::~Gateway() = default;

Result<std::unique_ptr<Gateway>> Gateway::create(const Context& context, const Apps& apps,
                                                 const Rules& rules) {
    std::unique_ptr<Gateway> gateway(new Gateway(context, rules));
    auto table = gateway->make(apps, rules);
    if (!table) return table.error();
    gateway->apps_ = std::move(*table);
    return gateway;
}

Result<Gateway::Table> Gateway::make(const Apps& apps, const Rules& rules) {
    Table table;
    std::string problems;
    if (!rules.enabled) return table;
    for (const auto& [name, written] : apps) {
        const AppConfig config = effective(written, rules);
        Entry entry{config, fingerprint_of_files(config), nullptr};
        const auto old = apps_.find(name);
        if (old == apps_.end() || old->second.config != config || old->second.files != entry.files) {
            auto& metrics = metrics_[static_cast<std::size_t>(config.provider)];
            auto app =
                make_app({context_.library, context_.loop, context_.log, metrics, teams_}, name, config);
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

Status Gateway::reload(const Apps& apps, const Rules& rules) {
    auto table = make(apps, rules);
    if (!table) return table.error();
    rules_ = rules;
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
    wakes_[id].finished = std::move(finished);
    App* const app = find(device, request.kind);
    if (app == nullptr) {
        no_provider_.add();
        refuse(id, WakeOutcome::NoProvider, "no app is configured for this device");
    } else if (!within_budget(device, request)) {
        over_budget_.add();
        refuse(id, WakeOutcome::Unavailable, "too many pushes for this user or device");
    } else {
        Again push{device, request};
        apply(rules_, push.request);
        if (other_environment(*app, device, request.kind) != nullptr)
            wakes_.at(id).again = std::make_unique<Again>(push);
        start(id, *app, push, std::move(sent));
    }
    return id;
}

bool Gateway::within_budget(const Device& device, const WakeRequest& request) {
    if (request.kind == WakeKind::CallEnded) return true; // the call's own push was counted
    return (request.aor.empty() || users_.take(request.aor, rules_.user_budget)) &&
           devices_.take(fingerprint(device.token.reveal(), 32), rules_.device_budget);
}

/// Later: never inside the caller's `wake`.
void Gateway::refuse(WakeId id, WakeOutcome outcome, std::string reason) {
    auto& timer = wakes_.at(id).timer;
    timer = std::make_unique<net::Timer>(context_.loop);
    timer->arm({}, [this, id, outcome, reason = std::move(reason)] {
        WakeResult result;
        result.outcome = outcome;
        result.reason = reason;
        report(id, result);
    });
}

void Gateway::start(WakeId id, App& app, const Again& push, Sent sent) {
    wakes_.at(id).app = &app;
    app.wake(id, push.device, push.request, std::move(sent),
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
App* Gateway::other_environment(const App& app, const Device& device, WakeKind kind) const {
    for (const auto& [name, entry] : apps_)
        if (entry.app.get() != &app && entry.app->serves(device, kind)) return entry.app.get();
    return nullptr;
}

void Gateway::on_finished(WakeId id, const WakeResult& result) {
    const auto it = wakes_.find(id);
    if (it == wakes_.end()) return;
    if (!it->second.again) return report(id, result); // and nothing was learned of its token
    const Again& again = *it->second.again;
    const std::string token = fingerprint(again.device.token.reveal(), 32);
    if (result.reason == "BadDeviceToken" && !learned_.contains(token))
        if (App* const other = other_environment(*it->second.app, again.device, again.request.kind)) {
            if (learned_.size() >= kMostLearned) learned_.clear();
            learned_.emplace(token, other->status().name);
            return start(id, *other, again, {});
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
    teams_.sweep();
}

std::vector<AppStatus> Gateway::status() const {
    std::vector<AppStatus> all;
    for (const auto& [name, entry] : apps_)
        all.push_back(entry.app->status());
    return all;
}

void Gateway::check(Checked done) {
    const CheckId id = ++last_check_;
    Checking& run = checks_.try_emplace(id, context_.loop).first->second;
    run.done = std::move(done);
    run.started = context_.loop.now();
    run.open = apps_.size();
    for (const auto& [name, entry] : apps_)
        run.results.push_back({name, {.reason = "no answer within ten seconds"}, kCheckPatience});
    run.patience.arm(apps_.empty() ? net::Duration{} : kCheckPatience, [this, id] { end_check(id); });
    for (const auto& [name, entry] : apps_)
        entry.app->check([this, id, name = name](const WakeResult& result) { on_checked(id, name, result); });
}

void Gateway::on_checked(CheckId id, const std::string& name, const WakeResult& result) {
    const auto run = checks_.find(id);
    if (run == checks_.end()) return;
    for (Check& check : run->second.results)
        if (check.name == name) check = {name, result, context_.loop.now() - run->second.started};
    if (--run->second.open == 0) run->second.patience.arm({}, [this, id] { end_check(id); });
}

void Gateway::end_check(CheckId id) {
    const auto run = checks_.extract(id);
    run.mapped().done(run.mapped().results);
}

} // namespace wakeline::push
