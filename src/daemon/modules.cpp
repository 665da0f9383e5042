// SPDX-License-Identifier: Apache-2.0
#include "daemon/modules.h"

#include <malloc.h>

#include "base/text.h"
#include "daemon/credential_files.h"
#include "daemon/own_addresses.h"
#include "push/credential_file.h"

namespace wakeline::daemon {

namespace {

/// Domains as the registrar wants them.
std::vector<std::string> lower_case(std::vector<std::string> names) {
    for (std::string& name : names)
        name = lower(name);
    return names;
}

media::MediaConfig media_config(const config::Config& config) {
    media::MediaConfig media = config.media;
    media.dscp = config.qos.rtp_dscp.value;
    media.video_dscp = config.qos.video_dscp.value;
    media.phones = config.access;
    media.security_truth = config.access.security_truth;
    for (const auto& [name, trunk] : config.trunks)
        media.trunks[name] = trunk;
    return media;
}

trunk::Trunks peers_of(const config::Config& config) { return {config.trunks.begin(), config.trunks.end()}; }

call::CallConfig call_config(const config::Config& config, std::vector<std::string> own_addresses) {
    call::CallConfig calls{.domains = config.domains,
                           .own_addresses = std::move(own_addresses),
                           .hold = config.push,
                           .limits = config.limits,
                           .emergency = config.emergency,
                           .digest_end_to_end = config.registration.mode == registrar::Mode::Forward,
                           .rules = config.call,
                           .to_phones = config.access.headers,
                           .indicate_security =
                               config.access.security_truth == media::SecurityTruth::Indicate,
                           .routing = config.routing,
                           .ring_plan = config.ring_plan};
    for (const auto& [name, trunk] : config.trunks) {
        calls.to_trunks[name] = trunk.headers;
        calls.assert_identity[name] = trunk.assert_identity;
    }
    return calls;
}

sip::TransportsConfig transports_config(const config::Config& config, const TlsContexts& tls) {
    sip::TransportsConfig transports{
        .access = config.access, .certificates = {}, .trunks = {}, .dscp = config.qos.sip_dscp.value};
    for (const auto& [name, profile] : config.certificates)
        transports.certificates[name] = tls.server(name);
    for (const auto& [name, trunk] : config.trunks)
        if (const auto local = net::SocketAddress::parse(trunk.local))
            transports.trunks.push_back({.name = name,
                                         .local = *local,
                                         .server = tls.server(trunk.certificate),
                                         .keepalive = trunk.keepalive,
                                         .client = tls.client(name)});
    return transports;
}

Result<trunk::ConfiguredPeers::Passwords> trunk_passwords(const trunk::Trunks& trunks) {
    trunk::ConfiguredPeers::Passwords passwords;
    for (const auto& [name, trunk] : trunks) {
        auto password = push::read_secret_file(trunk.registration.password_file);
        if (!password)
            return Error{ErrorCode::InvalidInput,
                         "trunks." + name + ".register.password_file: " + password.error().message};
        passwords[name] = *std::move(password);
    }
    return passwords;
}

} // namespace

Modules::Modules(const Ground& ground, const config::Config& config)
    : ground_(ground), from_store_(ground.loop), registrar_metrics_(ground.metrics),
      own_addresses_(own_addresses(config)), domains_(lower_case(config.domains), own_addresses_),
      trunk_metrics_(ground.metrics) {}

// Nobody is called any more while the calls, and then what they stand on, go.
Modules::~Modules() {
    entrance_.close();
    ground_.http.set_lookup(nullptr);
}

Result<std::unique_ptr<Modules>> Modules::build(const Ground& ground, const config::Config& config) {
    std::unique_ptr<Modules> modules(new Modules(ground, config));
    for (const auto step : {&Modules::open_names, &Modules::open_store, &Modules::open_push,
                            &Modules::open_signalling, &Modules::open_calls})
        if (auto done = (modules.get()->*step)(config); !done) return done.error();
    return modules;
}

Status Modules::open_names(const config::Config& config) {
    auto resolver = net::Resolver::create(ground_.loop, resolver_options(config.dns));
    if (!resolver) return resolver.error();
    resolver_ = *std::move(resolver);
    names_of_others_ =
        std::make_unique<Names>(Names::Parts{ground_.loop, *resolver_, ground_.log, ground_.metrics});
    names_of_others_->watch(config);
    ground_.http.set_lookup(
        [&names = *names_of_others_](const std::string& host) { return names.addresses(host); });
    return Done{};
}

Status Modules::open_store(const config::Config& config) {
    auto database = store::Sqlite::open(config.store.path);
    if (!database) return database.error();
    store_ = std::make_unique<store::Worker>(*std::move(database), from_store_);
    records_ = std::make_unique<call::SqliteRecordStore>(*store_, ground_.log, ground_.metrics);
    if (auto opened = records_->open(); !opened) return opened.error();
    binding_store_ = std::make_unique<registrar::SqliteBindingStore>(*store_);
    bindings_ =
        std::make_unique<registrar::Bindings>(ground_.loop, *binding_store_, ground_.log, registrar_metrics_);
    if (auto loaded = bindings_->load(); !loaded) return loaded;
    ::malloc_trim(0); // what reading took on the way
    return open_capacity(config.limits);
}

Status Modules::open_capacity(const call::LimitsConfig& limits) {
    usage_ = std::make_unique<call::SqliteUsageStore>(*store_, ground_.log);
    const auto yesterday = call::begin_of_day(call::local_day(ground_.loop.wall_now()) - 1);
    auto kept = usage_->open(yesterday);
    if (!kept) return kept.error();
    capacity_ = std::make_unique<call::Capacity>(
        call::Capacity::Parts{ground_.loop, *usage_, ground_.log, ground_.metrics}, limits, *kept);
    count_numbers();
    return Done{};
}

/// Those that are registered already when the limit comes.
void Modules::count_numbers() {
    if (!capacity_->counts_numbers()) return;
    const auto now = ground_.loop.wall_now();
    bindings_->table().each([&](const registrar::PackedBinding& row) {
        const registrar::Binding binding = row.unpack();
        if (binding.bound(now)) capacity_->on_registered(binding.aor, binding.expires);
    });
}

Status Modules::open_push(const config::Config& config) {
    auto gateway = push::Gateway::create({ground_.http, ground_.loop, ground_.log, ground_.metrics},
                                         config.push.apps, config.push);
    if (!gateway) return gateway.error();
    push_ = *std::move(gateway);
    credentials_ = std::make_unique<Credentials>(ground_.loop, ground_.log, ground_.metrics,
                                                 [this] { return push_credentials(push_->status()); });
    credentials_->read(config);
    return Done{};
}

Status Modules::open_signalling(const config::Config& config) {
    if (auto opened = tls_.open(config); !opened) return opened.error();
    auto transports =
        sip::Transports::open(ground_.loop, ground_.log, ground_.metrics, transports_config(config, tls_));
    if (!transports) return transports.error();
    transports_ = *std::move(transports);
    transactions_ = std::make_unique<sip::Transactions>(
        ground_.loop, *transports_, entrance_,
        sip::TransactionConfig{.server = "Wakeline/" WAKELINE_VERSION, .metrics = &ground_.metrics});
    transports_->start(*transactions_);
    const auto passwords = trunk_passwords(peers_of(config));
    if (!passwords) return passwords.error();
    auto trunks = trunk::ConfiguredPeers::create(
        peers_of(config),
        {ground_.loop, *transports_, *transactions_, *resolver_, ground_.log, trunk_metrics_}, *passwords);
    if (!trunks) return trunks.error();
    trunks_ = *std::move(trunks);
    return Done{};
}

Status Modules::open_calls(const config::Config& config) {
    phones_ = std::make_unique<Phones>(Phones::Parts{.timers = ground_.loop,
                                                     .transport = *transports_,
                                                     .transactions = *transactions_,
                                                     .bindings = *bindings_,
                                                     .domains = domains_,
                                                     .trunks = *trunks_,
                                                     .push = *push_,
                                                     .capacity = *capacity_,
                                                     .log = ground_.log,
                                                     .metrics = registrar_metrics_},
                                       config);
    if (auto loaded = phones_->load_users(config.registration.users); !loaded) return loaded.error();
    media_ = std::make_unique<media::Sessions>(media_config(config), ground_.srtp, ground_.loop, ground_.log,
                                               ground_.metrics);
    const call::Services services{ground_.loop, *transports_, *transactions_,  *bindings_,
                                  *push_,       *media_,      *trunks_,        *records_,
                                  *capacity_,   ground_.log,  ground_.metrics, names_};
    calls_ = std::make_unique<call::Calls>(services, call_config(config, own_addresses_), *phones_);
    calls_->configure(config.routing, config.ring_plan, phones_->subscribers());
    bindings_->add_listener(*calls_);
    if (config.registration.mode == registrar::Mode::Forward)
        upstream_watch_ =
            std::make_unique<UpstreamWatch>(UpstreamWatch::Parts{.timers = ground_.loop,
                                                                 .transport = *transports_,
                                                                 .bindings = *bindings_,
                                                                 .users = phones_->users(),
                                                                 .trunks = *trunks_,
                                                                 .calls = *calls_,
                                                                 .log = ground_.log,
                                                                 .metrics = registrar_metrics_});
    entrance_.open_to(*calls_);
    return media_->start(*calls_);
}

std::vector<std::string> Modules::reload_credentials(const config::Config& config) {
    std::vector<std::string> failures = tls_.reload(config);
    if (const Status done = push_->reload(config.push.apps, config.push); !done)
        failures.push_back(done.error().message);
    credentials_->read(config);
    return failures;
}

std::vector<std::string> Modules::apply(const config::Config& config) {
    std::vector<std::string> failures = reload_credentials(config);
    if (const Status done = phones_->load_users(config.registration.users); !done)
        failures.push_back(done.error().message);
    phones_->configure(config.registration);
    if (upstream_watch_) upstream_watch_->reload();
    names_of_others_->watch(config);
    const bool counted = capacity_->counts_numbers();
    capacity_->configure(config.limits);
    if (!counted) count_numbers();
    calls_->configure(config.push, config.limits, config.call);
    calls_->configure(config.routing, config.ring_plan, phones_->subscribers());
    return failures;
}

} // namespace wakeline::daemon
