// SPDX-License-Identifier: Apache-2.0
#include "admin/control_api.h"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>

#include "admin/json.h"
#include "admin/metrics_page.h"
#include "admin/openapi.h"
#include "admin/status_page.h"
#include "admin/words.h"
#include "base/duration.h"
#include "base/text.h"

namespace wakeline::admin {

namespace {

constexpr std::size_t kMaxPattern = 256, kMaxEnded = 1'000;
constexpr std::chrono::milliseconds kTraceFor = std::chrono::seconds(60);
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

/// A path of the API and who answers there.
struct ControlApi::Route : ApiPath {
    void (ControlApi::*answer)(const http::ServerRequest&, Reply);
};

const ControlApi::Route ControlApi::kRoutes[] = {
    {{"GET", "/", true, "", "", ""}, &ControlApi::page},
    {{"GET", "/page.js", true, "", "", ""}, &ControlApi::page},
    {{"GET", "/page.css", true, "", "", ""}, &ControlApi::page},
    {{"GET", "/metrics", true, "", "", ""}, &ControlApi::metrics},
    {{"GET", "/v1/openapi.json", true, "This description", "", "object"}, &ControlApi::description},
    {{"GET", "/v1/status", true, "Who the daemon is and how it is", "", "object"}, &ControlApi::status},
    {{"GET", "/v1/registrations", false, "The devices that are registered", "match state", "array"},
     &ControlApi::registrations},
    {{"POST", "/v1/registrations/{id}/drop", false, "Forgets a device, until it registers again", "id",
      "object"},
     &ControlApi::drop_registration},
    {{"GET", "/v1/calls", false, "The calls of now, or with ended=1 those of before", "ended limit", "array"},
     &ControlApi::calls},
    {{"GET", "/v1/calls/{id}", false, "One call with its timeline", "id", "object"}, &ControlApi::call},
    {{"POST", "/v1/calls/{id}/end", false, "Ends a call", "id", "object"}, &ControlApi::end_call},
    {{"GET", "/v1/capacity", false, "What is limited, and how much was in use", "period", "object"},
     &ControlApi::capacity},
    {{"GET", "/v1/why", false, "Why a user's phones ring or do not", "user", "object"}, &ControlApi::why},
    {{"GET", "/v1/trunks", true, "The PBXs", "", "array"}, &ControlApi::trunks},
    {{"GET", "/v1/number-test", false, "What the trunks make of a number", "number trunk", "array"},
     &ControlApi::number_test},
    {{"GET", "/v1/number-check", false, "Users whose numbers are no good on a trunk", "", "array"},
     &ControlApi::number_check},
    {{"GET", "/v1/config", false, "The configuration in effect, without secrets", "", "yaml"},
     &ControlApi::config},
    {{"POST", "/v1/push-test", false, "Wakes a user's devices", "number", "array"}, &ControlApi::push_test},
    {{"POST", "/v1/push-check", false, "Asks every push service", "", "array"}, &ControlApi::push_check},
    {{"POST", "/v1/reload", false, "Reads the configuration again", "", "object"}, &ControlApi::reload},
    {{"POST", "/v1/log-level", false, "Sets the log level", "level", "object"}, &ControlApi::set_log_level},
    {{"POST", "/v1/drain", false, "Takes no new calls, and ends with the last one", "within", "object"},
     &ControlApi::drain},
    {{"POST", "/v1/trace", false, "Begins to trace a number's SIP messages", "of for", "object"},
     &ControlApi::start_trace},
    {{"POST", "/v1/trace-stop", false, "Ends the trace", "", "object"}, &ControlApi::stop_trace},
    {{"GET", "/v1/trace-messages", false, "The messages of the trace", "after", "object"},
     &ControlApi::trace},
};

/// /api/v1 is the name for programs, /v1 that of older ones.
void ControlApi::handle(const http::ServerRequest& request, Door door, Reply reply) {
    http::ServerRequest asked = request;
    if (asked.path.starts_with("/api/v1/")) asked.path.erase(0, 4);
    const auto route =
        std::ranges::find_if(kRoutes, [&asked](const Route& r) { return r.matches(asked.path); });
    if (route == std::end(kRoutes)) return reply(refused(404, "there is no " + request.path));
    if (route->method != request.method)
        return reply(refused(405, request.path + " wants " + std::string(route->method)));
    if (door == Door::Anybody && !route->for_all)
        return reply(refused(403,
                             "who calls whom, and orders, are for the control socket, or for who has the "
                             "token of control.token_file"));
    if (const auto id = route->id_in(asked.path)) asked.query["id"] = *id;
    (this->*route->answer)(asked, std::move(reply));
}

void ControlApi::page(const http::ServerRequest& request, Reply reply) {
    if (request.path == "/page.js") return reply({.content_type = "text/javascript", .body = page_script()});
    if (request.path == "/page.css") return reply({.content_type = "text/css", .body = page_style()});
    reply({.content_type = "text/html; charset=utf-8", .body = page_markup()});
}

void ControlApi::description(const http::ServerRequest&, Reply reply) {
    reply(json(openapi({std::begin(kRoutes), std::end(kRoutes)})));
}

void ControlApi::end_call(const http::ServerRequest& request, Reply reply) {
    const std::string id = parameter(request, "id");
    reply(node_.end_call(id) ? json(done_json()) : refused(404, "there is no call " + id));
}

void ControlApi::drop_registration(const http::ServerRequest& request, Reply reply) {
    const auto id = parse_unsigned<registrar::BindingId>(parameter(request, "id"));
    if (!id) return reply(refused(400, "id must be the number of a registration"));
    node_.drop_registration(
        *id, [reply](auto done) { reply(done ? json(done_json()) : refused(404, done.error().message)); });
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
    const std::string id = parameter(request, "id");
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

void ControlApi::config(const http::ServerRequest&, Reply reply) {
    reply({.content_type = "application/yaml", .body = node_.config_text()});
}

/// of=NUMBER or the id of a call; for=60s.
void ControlApi::start_trace(const http::ServerRequest& request, Reply reply) {
    const std::string of = parameter(request, "of"), length = parameter(request, "for");
    const auto time = length.empty() ? std::optional(kTraceFor) : parse_duration(length);
    if (of.empty() || of.size() > kMaxPattern) return reply(refused(400, "of must be a number or a call"));
    if (!time || *time <= std::chrono::milliseconds(0) || *time > SipTrace::kLongest)
        return reply(refused(400, "the time must be one such as 60s, and at most 10m"));
    node_.find_call(of, [this, of, time = *time, reply](auto record) {
        std::string number = of.substr(0, of.find('@'));
        if (record) number = record->direction == call::Direction::ToPhone ? record->callee : record->caller;
        node_.trace().start(number, time);
        reply(json(trace_json(node_.trace(), {})));
    });
}

void ControlApi::stop_trace(const http::ServerRequest&, Reply reply) {
    node_.trace().stop();
    reply(json(trace_json(node_.trace(), {})));
}

/// after=NUMBER of the last message that the asker has.
void ControlApi::trace(const http::ServerRequest& request, Reply reply) {
    const auto after = parse_unsigned<std::uint64_t>(parameter(request, "after")).value_or(0);
    reply(json(trace_json(node_.trace(), node_.trace().after(after))));
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

} // namespace wakeline::admin
