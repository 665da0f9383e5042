// SPDX-License-Identifier: Apache-2.0
#include "daemon/modules.h"

namespace wakeline::daemon {

Modules::Modules(const Ground& ground)
    : ground_(ground), from_store_(ground.loop), registrar_metrics_(ground.metrics) {}

Result<std::unique_ptr<Modules>> Modules::build(const Ground& ground, const config::Config& config) {
    std::unique_ptr<Modules> modules(new Modules(ground));
    for (const auto step : {&Modules::open_store, &Modules::open_push})
        if (auto done = (modules.get()->*step)(config); !done) return done.error();
    return modules;
}

Status Modules::open_store(const config::Config& config) {
    auto database = store::Sqlite::open(config.store.path);
    if (!database) return database.error();
    store_ = std::make_unique<store::Worker>(*std::move(database), from_store_);
    binding_store_ = std::make_unique<registrar::SqliteBindingStore>(*store_);
    bindings_ =
        std::make_unique<registrar::Bindings>(ground_.loop, *binding_store_, ground_.log, registrar_metrics_);
    return bindings_->load();
}

Status Modules::open_push(const config::Config& config) {
    auto gateway =
        push::Gateway::create({ground_.http, ground_.loop, ground_.log, ground_.metrics}, config.push.apps);
    if (!gateway) return gateway.error();
    push_ = *std::move(gateway);
    return Done{};
}

std::vector<std::string> Modules::apply(const config::Config& config) {
    std::vector<std::string> failures;
    if (const auto reloaded = push_->reload(config.push.apps); !reloaded)
        failures.push_back(reloaded.error().message);
    return failures;
}

} // namespace wakeline::daemon
