// SPDX-License-Identifier: Apache-2.0
#include "daemon/names.h"

#include <algorithm>
#include <utility>

#include "push/hosts.h"

namespace wakeline::daemon {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration kAgain = 60s, kAgainSoon = 10s;
constexpr net::Duration kCheckPatience = 6s, kLook = 10ms;

std::string text_of(const net::SocketAddress& address) { return address.ip(); }

bool is_numeric(const std::string& host) { return net::SocketAddress::parse(host, 0).has_value(); }

template <class T, class Text>
Result<std::vector<std::string>> texts(const Result<std::vector<T>>& found, const Text& text) {
    if (!found) return found.error();
    std::vector<std::string> all;
    for (const T& one : *found)
        all.push_back(text(one));
    return all;
}

} // namespace

Names::Names(const Parts& parts)
    : parts_(parts), failing_(parts.metrics.declare({"wakeline_daemon_names_failing", MetricKind::Gauge,
                                                     "Names of trunks and push services that DNS does not "
                                                     "answer for"})) {}

void Names::watch(const config::Config& config) {
    earlier_ = std::exchange(names_, {});
    for (const auto& [trunk, settings] : config.trunks)
        if (const auto uri = sip::Uri::parse(settings.uri))
            add("trunks." + trunk + ".uri", uri->host, settings.uri);
    for (const auto& [trunk, settings] : config.trunks)
        if (const auto uri = sip::Uri::parse(settings.registration.registrar))
            add("trunks." + trunk + ".register.registrar", uri->host, settings.registration.registrar);
    for (const auto& [app, settings] : config.push.apps)
        for (const std::string& host : push::hosts_of(settings, config.push))
            add("push.apps." + app, host, {});
    earlier_.clear();
    failing_.set(std::ranges::count_if(names_, [](const auto& name) { return !name->failure.empty(); }));
}

void Names::add(std::string setting, std::string host, std::string uri) {
    const auto same = [&](const auto& name) { return name->host == host && name->uri == uri; };
    if (is_numeric(host) || std::ranges::any_of(names_, same)) return;
    const auto before = std::ranges::find_if(earlier_, same);
    if (before != earlier_.end()) {
        (*before)->setting = std::move(setting);
        return names_.splice(names_.end(), earlier_, before);
    }
    Name& name = *names_.emplace_back(std::make_unique<Name>(parts_));
    name.setting = std::move(setting);
    name.host = std::move(host);
    name.uri = std::move(uri);
    ask(name);
}

void Names::ask(Name& name) {
    if (name.uri.empty()) {
        // A name that goes takes its question along.
        name.query = parts_.resolver.addresses(
            name.host, [this, &name](auto found) { answered(name, texts(found, text_of)); });
        return;
    }
    auto search = sip::Locate::start(parts_.resolver, *sip::Uri::parse(name.uri), [this, &name](auto found) {
        answered(name, texts(found, [](const sip::FlowTarget& target) { return target.remote.str(); }));
    });
    if (search)
        name.search = *std::move(search);
    else
        answered(name, search.error());
}

void Names::answered(Name& name, Result<std::vector<std::string>> addresses) {
    const bool failed = !name.failure.empty();
    name.answered = true;
    if (addresses) {
        name.known = *std::move(addresses);
        name.failure.clear();
    } else {
        name.failure = addresses.error().message;
    }
    name.again.arm(addresses ? kAgain : kAgainSoon, [this, &name] { ask(name); });
    if (failed == !name.failure.empty()) return;
    failing_.add(failed ? -1 : 1);
    if (failed)
        parts_.log.info("a name is found again", {{"name", name.host}, {"setting", name.setting}});
    else
        parts_.log.warning("a name cannot be found",
                           {{"name", name.host},
                            {"setting", name.setting},
                            {"reason", name.failure},
                            {"earlier", name.known.empty() ? "none" : name.known.front()}});
}

std::string Names::addresses(std::string_view host) const {
    std::string all;
    for (const auto& name : names_) {
        if (name->host != host || !name->uri.empty()) continue;
        for (const std::string& address : name->known)
            (all += all.empty() ? "" : ",") += address;
        break;
    }
    return all;
}

bool Names::settled() const {
    return std::ranges::all_of(names_, [](const auto& name) { return name->answered; });
}

std::vector<admin::NameStatus> Names::snapshot() const {
    std::vector<admin::NameStatus> all;
    for (const auto& name : names_)
        all.push_back({name->host, name->setting, name->known, name->failure});
    return all;
}

net::Resolver::Options resolver_options(const net::DnsConfig& config) {
    net::Resolver::Options options{.timeout = config.timeout};
    for (const std::string& server : config.servers)
        options.servers += (options.servers.empty() ? "" : ",") + server;
    return options;
}

config::Problems names_not_found(const config::Loaded& loaded) {
    const config::Config& config = loaded.config;
    net::EventLoop loop;
    NullSink sink;
    Log log(sink);
    Metrics metrics;
    auto resolver = net::Resolver::create(loop, resolver_options(config.dns));
    if (!resolver) return {{0, "dns", resolver.error().message, config::Gravity::Warning}};
    Names names({loop, **resolver, log, metrics});
    names.watch(config);
    const net::TimePoint end = loop.now() + kCheckPatience;
    net::Timer look(loop);
    const std::function<void()> wait = [&] {
        if (names.settled() || loop.now() >= end) return loop.stop();
        look.arm(kLook, wait);
    };
    wait();
    if (!names.settled()) loop.run();
    config::Problems problems;
    for (const admin::NameStatus& name : names.snapshot())
        if (name.addresses.empty())
            problems.push_back({config::line_of(loaded.document, name.setting), name.setting,
                                name.host + " cannot be found: " +
                                    (name.failure.empty() ? "no DNS server answers" : name.failure),
                                config::Gravity::Warning});
    return problems;
}

} // namespace wakeline::daemon
