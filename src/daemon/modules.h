// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "admin/node.h"
#include "base/log.h"
#include "base/metrics.h"
#include "config/config.h"
#include "http/library.h"
#include "net/event_loop.h"
#include "net/mailbox.h"
#include "push/gateway.h"
#include "registrar/bindings.h"
#include "registrar/sqlite_binding_store.h"
#include "store/worker.h"

namespace wakeline::daemon {

/// What every module is built on.
struct Ground {
    net::EventLoop& loop;
    Log& log;
    Metrics& metrics;
    const http::Library& http;
};

/// The modules of the running daemon, wired to each other: built in the order of their dependence, taken down
/// in the reverse one.
class Modules {
public:
    /// An error is for the person who starts the daemon: an address in use, a file that cannot be opened.
    static Result<std::unique_ptr<Modules>> build(const Ground& ground, const config::Config& config);

    /// Puts the settings that can change live into force. Errors are lines for a person; what failed keeps
    /// its old settings.
    std::vector<std::string> apply(const config::Config& config);

    registrar::Bindings& bindings() { return *bindings_; }
    push::Gateway& push() { return *push_; }

private:
    explicit Modules(const Ground& ground);

    Status open_store(const config::Config& config);
    Status open_push(const config::Config& config);

    Ground ground_;
    net::Mailbox from_store_;
    std::unique_ptr<store::Worker> store_;
    std::unique_ptr<registrar::SqliteBindingStore> binding_store_;
    registrar::RegistrarMetrics registrar_metrics_;
    std::unique_ptr<registrar::Bindings> bindings_;
    std::unique_ptr<push::Gateway> push_;
};

} // namespace wakeline::daemon
