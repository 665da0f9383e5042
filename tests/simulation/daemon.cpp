// SPDX-License-Identifier: Apache-2.0
#include "simulation/daemon.h"

#include "base/assert.h"

namespace wakeline::simulation {

namespace {

push::AppConfig app_config() {
    push::AppConfig app;
    app.team_id = "TEAM123456";
    app.bundle_id = "com.example.phone";
    return app;
}

registrar::Users the_users() {
    using registrar::User;
    return registrar::Users{
        {{"alice", User{.password = Secret("secret")}}, {"bob", User{.password = Secret("secret")}}}};
}

} // namespace

std::string number_of(const call::CallRecord& record) {
    return record.direction == call::Direction::ToPhone ? record.caller : record.callee;
}

Daemon::Daemon(Scene& scene, Network& network, const Settings& settings, PushService::Deliver deliver)
    : scene_(scene), network_(network), resolver_(scene.timers), media_(scene), users_(the_users()),
      transactions_(scene.timers, network, entrance_, {}) {
    network.attach(transactions_);
    store_.on_commit = [this, delay = settings.store_delay] {
        const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(delay).count();
        if (most > 100) scene_.coverage.saw(Did::StoreSlow);
        scene_.timers.schedule(scene_.chance.between(1, static_cast<std::uint32_t>(most)),
                               [this] { store_.write_one(); });
    };
    bindings_ = std::make_unique<registrar::Bindings>(scene.timers, store_, log_, registrar_metrics_);
    WAKELINE_ASSERT(bindings_->load().has_value());
    if (settings.local) bindings_->set_users(users_);

    auto service = std::make_unique<PushService>(scene, std::move(deliver));
    push_service_ = service.get();
    team_ = std::make_unique<push::ApnsTeam>(scene.timers, std::move(service), nullptr, net::Credential{});
    app_ = std::make_unique<push::Apns>(push::Apns::Parts{scene.timers, log_, push_metrics_, *team_}, "ios",
                                        app_config());

    trunk::TrunkConfig pbx;
    pbx.uri = "sip:10.0.0.5:5060;transport=udp";
    pbx.local = "10.0.0.4:5080";
    pbx.options_interval = std::chrono::duration_cast<std::chrono::milliseconds>(settings.options_interval);
    auto trunks = trunk::ConfiguredPeers::create(
        {{"pbx", pbx}}, {scene.timers, network, transactions_, resolver_, log_, trunk_metrics_});
    WAKELINE_ASSERT(trunks.has_value());
    trunks_ = *std::move(trunks);

    const registrar::Authenticator::Parts asking{scene.timers, domains_, log_, registrar_metrics_};
    authenticator_ = settings.local
                         ? std::make_unique<registrar::Authenticator>(asking, users_, "example.com")
                         : std::make_unique<registrar::Authenticator>(asking);
    registrar::RegistrationConfig registration;
    registration.mode = settings.local ? registrar::Mode::Local : registrar::Mode::Forward;
    registrar_ = std::make_unique<registrar::Registrar>(
        registrar::Registrar::Parts{scene.timers, *this, *bindings_, *authenticator_, domains_, log_,
                                    registrar_metrics_, nullptr},
        registration);

    capacity_ = std::make_unique<call::Capacity>(call::Capacity::Parts{scene.timers, usage_, log_, metrics_},
                                                 call::LimitsConfig{}, std::vector<call::Usage>{});
    const call::Services services{scene.timers, network, transactions_, *bindings_, *this,    media_,
                                  *trunks_,     *this,   *capacity_,    log_,       metrics_, names_};
    call::CallConfig config;
    config.domains = {"example.com"};
    config.own_addresses = {"10.0.0.4", "192.0.2.1"};
    config.hold = settings.hold;
    config.digest_end_to_end = !settings.local;
    calls_.reset(new call::Calls(services, config, *this)); // who lets phones in is a private base
    bindings_->add_listener(*calls_);
    entrance_.open_to(*calls_);
}

std::string Daemon::leftovers() const {
    std::string left;
    const auto count = [&left](const char* what, std::size_t number) {
        if (number > 0) left += std::to_string(number) + " " + what + "; ";
    };
    const auto transactions = transactions_.counts();
    count("calls", calls_->count());
    count("held calls", calls_->held());
    count("media sessions", media_.sessions().size());
    count("INVITE server transactions", transactions.invite_server);
    count("other server transactions", transactions.other_server);
    count("INVITE client transactions", transactions.invite_client);
    count("other client transactions", transactions.other_client);
    count("REGISTERs", registrar_->pending());
    count("pushes", app_->status().under_way);
    count("requests to the push service", push_service_->open_count());
    count("commits", store_.waiting());
    return left;
}

bool Daemon::respond(sip::ServerTx tx, const sip::Builder& answer) {
    return transactions_.respond(tx, answer);
}

bool Daemon::can_push(const registrar::PushData& push) const {
    return supports({push.provider, push.param, push.prid}, push::WakeKind::Call);
}

void Daemon::on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) {
    registrar_->on_register(tx, flow, request);
}

std::optional<sip::Builder> Daemon::check(sip::FlowId flow, const sip::Message& request) {
    return registrar_->check(flow, request);
}

push::WakeId Daemon::wake(const push::Device& device, const push::WakeRequest& request, Sent sent,
                          Finished finished) {
    app_->wake(++last_wake_, device, request, std::move(sent), std::move(finished));
    return last_wake_;
}

bool Daemon::supports(const push::Device& device, push::WakeKind kind) const {
    return kind != push::WakeKind::CallEnded && app_->serves(device, kind);
}

void Daemon::put(call::CallRecord record) {
    scene_.coverage.saw(Did::CallEnded);
    for (const call::TimelineEvent& event : record.timeline)
        if (event.what == "push_sent") scene_.coverage.saw(Did::CallHeld);
    scene_.ledger.recorded(number_of(record));
}

} // namespace wakeline::simulation
