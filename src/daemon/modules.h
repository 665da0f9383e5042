// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "call/calls.h"
#include "call/sqlite_record_store.h"
#include "call/sqlite_usage_store.h"
#include "config/config.h"
#include "daemon/credentials.h"
#include "daemon/entrance.h"
#include "daemon/names.h"
#include "daemon/phones.h"
#include "daemon/tls_contexts.h"
#include "daemon/upstream_watch.h"
#include "http/library.h"
#include "media/sessions.h"
#include "media/srtp_session.h"
#include "net/event_loop.h"
#include "net/mailbox.h"
#include "net/resolver.h"
#include "push/gateway.h"
#include "registrar/bindings.h"
#include "registrar/sqlite_binding_store.h"
#include "sip/transports.h"
#include "store/worker.h"
#include "trunk/configured_peers.h"

namespace wakeline::daemon {

/// What every module is built on.
struct Ground {
    net::EventLoop& loop;
    Log& log;
    Metrics& metrics;
    http::Library& http;
    const media::SrtpLibrary& srtp;
};

/// The modules of the running daemon, wired to each other: built in the order of their dependence, taken down
/// in the reverse one.
class Modules {
public:
    /// An error is for the person who starts the daemon: an address in use, a file that cannot be opened.
    static Result<std::unique_ptr<Modules>> build(const Ground& ground, const config::Config& config);
    ~Modules();

    /// Puts the settings that can change live into force. Errors are lines for a person; what failed keeps
    /// its old settings.
    std::vector<std::string> apply(const config::Config& config);
    /// Reads certificates, revocation lists and push credentials again; connections stay. Errors as above.
    std::vector<std::string> reload_credentials(const config::Config& config);

    const Names& names() const { return *names_of_others_; }
    const Phones& phones() const { return *phones_; }
    sip::Transports& transports() { return *transports_; }
    const trunk::ConfiguredPeers& trunks() const { return *trunks_; }
    registrar::Bindings& bindings() { return *bindings_; }
    push::Gateway& push() { return *push_; }
    const Credentials& credentials() const { return *credentials_; }
    const media::Sessions& media() const { return *media_; }
    call::Calls& calls() { return *calls_; }
    call::RecordStore& records() { return *records_; }
    call::Capacity& capacity() { return *capacity_; }

private:
    explicit Modules(const Ground& ground, const config::Config& config);

    Status open_names(const config::Config& config);
    Status open_store(const config::Config& config);
    Status open_capacity(const call::LimitsConfig& limits);
    void count_numbers();
    Status open_push(const config::Config& config);
    Status open_signalling(const config::Config& config);
    Status open_calls(const config::Config& config);

    Ground ground_;
    net::Mailbox from_store_;
    std::unique_ptr<net::Resolver> resolver_;
    std::unique_ptr<Names> names_of_others_;
    std::unique_ptr<store::Worker> store_;
    std::unique_ptr<registrar::SqliteBindingStore> binding_store_;
    std::unique_ptr<call::SqliteRecordStore> records_;
    registrar::RegistrarMetrics registrar_metrics_;
    std::unique_ptr<registrar::Bindings> bindings_;
    std::unique_ptr<call::SqliteUsageStore> usage_;
    std::unique_ptr<call::Capacity> capacity_;
    std::unique_ptr<push::Gateway> push_;
    std::unique_ptr<Credentials> credentials_;

    const std::vector<std::string> own_addresses_;
    const registrar::Domains domains_;
    TlsContexts tls_;
    Entrance entrance_;
    std::unique_ptr<sip::Transports> transports_;
    std::unique_ptr<sip::Transactions> transactions_;
    trunk::TrunkMetrics trunk_metrics_;
    std::unique_ptr<trunk::ConfiguredPeers> trunks_;

    std::unique_ptr<Phones> phones_;
    std::unique_ptr<media::Sessions> media_;
    call::RandomNames names_;
    std::unique_ptr<call::Calls> calls_;
    std::unique_ptr<UpstreamWatch> upstream_watch_; // mode forward
};

} // namespace wakeline::daemon
