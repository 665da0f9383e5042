// SPDX-License-Identifier: Apache-2.0
#include "admin/control_api.h"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>

#include "admin/json.h"
#include "admin/metrics_page.h"
#include "admin/words.h"
#include "base/duration.h"
#include "base/text.h"

namespace wakeline::admin {

namespace {

constexpr std::string_view kCallPath = "/v1/calls/";
constexpr std::size_t kMaxPattern = 256, kMaxEnded = 1'000;
constexpr std::int64_t kMostDaysInSlots = 2; // of five minutes each

http::ServerResponse json(std::string body) { return {.body = std::move(body)}; }
http::ServerResponse refused(int status, std::string_view why) {
    return {.status = status, .body = error_json(why)};
}

std::string parameter(const http::ServerRequest& request, std::string_view name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
}

/// Days of local time, both included.
struct Days {
    std::int64_t first, last;
};

std::optional<std::int64_t> day_of(const std::string& text) {
    std::tm date{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%d", &date);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return std::chrono::sys_days{std::chrono::year{date.tm_year + 1900} / static_cast<int>(date.tm_mon + 1) /
                                 date.tm_mday}
        .time_since_epoch()
        .count();
}

std::optional<Days> days_of(const std::string& period, std::int64_t today) {
    if (period.empty()) return Days{today - 6, today};
    const std::size_t dots = period.find("..");
    const auto first = day_of(period.substr(0, dots));
    const auto last = dots == std::string::npos ? first : day_of(period.substr(dots + 2));
    if (!first || !last || *last < *first) return std::nullopt;
    return Days{*first, *last};
}

/// A line for each day, where slots of minutes would be too many to read.
std::vector<call::Usage> maxima_by_day(const std::vector<call::Usage>& slots) {
    std::map<std::pair<std::int64_t, std::string>, call::Usage> days;
    for (const call::Usage& slot : slots) {
        const std::int64_t day = call::local_day(slot.at);
        call::Usage& sum = days[{day, slot.of}];
        sum.at = call::begin_of_day(day);
        sum.of = slot.of;
        sum.maximum = std::max(sum.maximum, slot.maximum);
        sum.refused += slot.refused;
    }
    std::vector<call::Usage> out;
    for (auto& [key, day] : days)
        out.push_back(std::move(day));
    return out;
}

/// "100*" matches the user part, "*@example.com" the whole address of record.
bool matches(const std::string& pattern, std::string_view aor) {
    const auto scheme = aor.find(':');
    const std::string address(scheme == std::string_view::npos ? aor : aor.substr(scheme + 1));
    const std::string user = address.substr(0, address.find('@'));
    return ::fnmatch(pattern.c_str(), address.c_str(), FNM_CASEFOLD) == 0 ||
           ::fnmatch(pattern.c_str(), user.c_str(), FNM_CASEFOLD) == 0;
}

std::string_view state_of(const registrar::Binding& binding, net::WallTime now) {
    return binding.expires <= now ? "expired" : binding.awake() ? "awake" : "asleep";
}

} // namespace

struct ControlApi::Route {
    std::string_view method, path;
    void (ControlApi::*answer)(const http::ServerRequest&, Reply);
    bool for_all = false; // names nobody: any user of this machine may ask
    bool prefix = false;
};

const ControlApi::Route ControlApi::kRoutes[] = {
    {"GET", "/v1/status", &ControlApi::status, true},
    {"GET", "/v1/registrations", &ControlApi::registrations},
    {"GET", "/v1/calls", &ControlApi::calls},
    {"GET", kCallPath, &ControlApi::call, false, true},
    {"GET", "/v1/capacity", &ControlApi::capacity},
    {"GET", "/v1/why", &ControlApi::why},
    {"GET", "/v1/trunks", &ControlApi::trunks, true},
    {"GET", "/v1/number-test", &ControlApi::number_test},
    {"GET", "/v1/number-check", &ControlApi::number_check},
    {"GET", "/metrics", &ControlApi::metrics, true},
    {"POST", "/v1/push-test", &ControlApi::push_test},
    {"POST", "/v1/push-check", &ControlApi::push_check},
    {"POST", "/v1/reload", &ControlApi::reload},
    {"POST", "/v1/log-level", &ControlApi::set_log_level},
    {"POST", "/v1/drain", &ControlApi::drain},
};

void ControlApi::handle(const http::ServerRequest& request, Door door, Reply reply) {
    const auto route = std::ranges::find_if(kRoutes, [&request](const Route& r) {
        return r.prefix ? request.path.starts_with(r.path) : request.path == r.path;
    });
    if (route == std::end(kRoutes)) return reply(refused(404, "there is no " + request.path));
    if (route->method != request.method)
        return reply(refused(405, request.path + " wants " + std::string(route->method)));
    if (door == Door::Anybody && !route->for_all)
        return reply(refused(403, "who calls whom, and commands, are for the control socket alone"));
    (this->*route->answer)(request, std::move(reply));
}

void ControlApi::status(const http::ServerRequest&, Reply reply) { reply(json(to_json(node_.status()))); }

void ControlApi::registrations(const http::ServerRequest& request, Reply reply) {
    const std::string pattern = parameter(request, "match");
    if (pattern.size() > kMaxPattern) return reply(refused(400, "the pattern is too long"));
    auto bindings = node_.registrations();
    const net::WallTime now = node_.status().now;
    const std::string state = parameter(request, "state");
    if (!state.empty() && state != "awake" && state != "asleep" && state != "expired")
        return reply(refused(400, "the state must be awake, asleep or expired"));
    std::erase_if(bindings, [&](const registrar::Binding& b) {
        return (!pattern.empty() && !matches(pattern, b.aor)) ||
               (!state.empty() && state != state_of(b, now));
    });
    std::ranges::sort(bindings, [](const registrar::Binding& a, const registrar::Binding& b) {
        return std::tie(a.aor, a.id) < std::tie(b.aor, b.id);
    });
    reply(json(to_json(bindings, now)));
}

void ControlApi::calls(const http::ServerRequest& request, Reply reply) {
    if (parameter(request, "ended").empty()) return reply(json(to_json(node_.calls())));
    const auto limit = parse_unsigned<std::size_t>(parameter(request, "limit"));
    node_.ended_calls(std::min(limit.value_or(100), kMaxEnded), [reply](auto records) {
        reply(records ? json(to_json(*records)) : refused(500, records.error().message));
    });
}

void ControlApi::call(const http::ServerRequest& request, Reply reply) {
    const std::string id = request.path.substr(kCallPath.size());
    node_.find_call(id, [reply, id](auto record) {
        if (record) return reply(json(to_json(*record)));
        const bool unknown = record.error().code == ErrorCode::NotFound;
        reply(refused(unknown ? 404 : 500, unknown ? "there is no call " + id : record.error().message));
    });
}

/// period=2026-01-31 or 2026-01-01..2026-01-31, days of local time; without it the last week.
void ControlApi::capacity(const http::ServerRequest& request, Reply reply) {
    const auto period = days_of(parameter(request, "period"), call::local_day(node_.status().now));
    if (!period)
        return reply(refused(400, "the period must be a day such as 2026-01-31, or two with .. between"));
    const bool by_day = period->last - period->first >= kMostDaysInSlots;
    node_.capacity(call::begin_of_day(period->first), call::begin_of_day(period->last + 1),
                   [reply, by_day](Result<CapacityReport> report) {
                       if (!report) return reply(refused(500, report.error().message));
                       if (by_day) report->history = maxima_by_day(report->history);
                       reply(json(to_json(*report)));
                   });
}

void ControlApi::why(const http::ServerRequest& request, Reply reply) {
    const std::string user = parameter(request, "user");
    if (user.empty() || user.size() > kMaxPattern)
        return reply(refused(400, "user must be a number or user@domain"));
    node_.why(user, [reply](auto report) {
        reply(report ? json(to_json(*report)) : refused(500, report.error().message));
    });
}

void ControlApi::trunks(const http::ServerRequest&, Reply reply) {
    reply(json(to_json(node_.status().peers)));
}

void ControlApi::number_test(const http::ServerRequest& request, Reply reply) {
    const std::string number = parameter(request, "number");
    if (number.empty() || number.size() > kMaxPattern)
        return reply(refused(400, "number is missing or too long"));
    const auto traces = node_.number_test(parameter(request, "trunk"), number);
    reply(traces ? json(to_json(*traces)) : refused(404, traces.error().message));
}

void ControlApi::number_check(const http::ServerRequest&, Reply reply) {
    reply(json(to_json(node_.number_check())));
}

void ControlApi::push_test(const http::ServerRequest& request, Reply reply) {
    const std::string number = parameter(request, "number");
    if (number.empty()) return reply(refused(400, "number is missing"));
    node_.push_test(number, [reply](auto tests) {
        reply(tests ? json(to_json(*tests)) : refused(404, tests.error().message));
    });
}

void ControlApi::push_check(const http::ServerRequest&, Reply reply) {
    node_.push_check([reply](auto checks) {
        reply(checks ? json(to_json(*checks)) : refused(500, checks.error().message));
    });
}

void ControlApi::reload(const http::ServerRequest&, Reply reply) { reply(json(to_json(node_.reload()))); }

void ControlApi::set_log_level(const http::ServerRequest& request, Reply reply) {
    const auto level = log_level(parameter(request, "level"));
    if (!level) return reply(refused(400, "the level must be off, min, med or max"));
    node_.set_log_level(*level);
    reply(json(to_json(*level)));
}

void ControlApi::drain(const http::ServerRequest& request, Reply reply) {
    const std::string text = parameter(request, "within");
    const auto within = parse_duration(text);
    if (!text.empty() && !within) return reply(refused(400, "the time must be one such as 30s, 10m or 2h"));
    reply(json(drain_json(node_.drain(within))));
}

void ControlApi::metrics(const http::ServerRequest&, Reply reply) {
    reply({.content_type = "text/plain; version=0.0.4", .body = metrics_page(metrics_)});
}

Result<std::unique_ptr<ControlServers>> ControlServers::open(net::EventLoop& loop,
                                                             const ControlConfig& config, ControlApi& api) {
    std::unique_ptr<ControlServers> servers(new ControlServers(api));
    auto socket = http::Server::on_unix_socket(loop, config.socket, 0660, servers->socket_);
    if (!socket) return Error{socket.error().code, "control.socket: " + socket.error().message};
    servers->socket_.serve(*std::move(socket));
    if (config.http == "off") return servers;
    const auto address = net::SocketAddress::parse(config.http);
    if (!address) return Error{address.error().code, "control.http: " + address.error().message};
    auto http = http::Server::on_address(loop, *address, servers->http_);
    if (!http) return Error{http.error().code, "control.http: " + http.error().message};
    servers->http_.serve(*std::move(http));
    return servers;
}

void ControlServers::Entrance::on_request(http::ExchangeId exchange, const http::ServerRequest& request) {
    api_.handle(request, door_, [this, exchange](const http::ServerResponse& response) {
        server_->respond(exchange, response);
    });
}

} // namespace wakeline::admin
