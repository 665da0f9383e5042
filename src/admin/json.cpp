// SPDX-License-Identifier: Apache-2.0
#include "admin/json.h"

#include <nlohmann/json.hpp>

#include "admin/explanation.h"
#include "admin/words.h"
#include "registrar/device_name.h"

namespace wakeline::admin {

namespace {

using Json = nlohmann::ordered_json;

/// Peers' octets that are no UTF-8 come out as U+FFFD, not as an exception.
std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json time_or_null(net::WallTime time) { return time == net::WallTime{} ? Json() : Json(rfc3339(time)); }

std::int64_t seconds(net::WallTime::duration span) {
    return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

Json json_of(const trunk::PeerSnapshot& peer) {
    return {{"name", peer.name},
            {"uri", peer.uri},
            {"transport", peer.transport},
            {"address", peer.address},
            {"state", word(peer.state)},
            {"why", peer.why},
            {"since", time_or_null(peer.since)},
            {"calls", peer.calls},
            {"max_calls", peer.max_calls},
            {"priority", peer.priority},
            {"weight", peer.weight},
            {"backup", peer.backup},
            {"registration", peer.registration},
            {"registered", peer.registered},
            {"last_failure", peer.last_failure},
            {"last_failed", time_or_null(peer.last_failed)}};
}

Json json_of(const PushAppStatus& app) {
    return {{"name", app.name},
            {"provider", app.provider},
            {"state", app.state},
            {"endpoint", app.endpoint},
            {"connections", app.connections},
            {"under_way", app.under_way},
            {"accepted", app.accepted},
            {"token_dead", app.token_dead},
            {"refused", app.refused},
            {"unavailable", app.unavailable},
            {"last_status", app.last_status},
            {"last_reason", app.last_reason},
            {"last_answer", time_or_null(app.last_answer)}};
}

Json json_of(const net::Credential& credential, net::WallTime now) {
    const bool ends = credential.expires != net::WallTime{};
    return {{"name", credential.name},
            {"state", net::word(net::state_of(credential, now))},
            {"expires", time_or_null(credential.expires)},
            {"days_left", ends ? Json(net::days_left(credential, now)) : Json()},
            {"subject", credential.subject},
            {"issuer", credential.issuer},
            {"serial", credential.serial},
            {"valid_from", time_or_null(credential.valid_from)},
            {"usage", credential.usage},
            {"names", credential.names},
            {"problem", credential.problem}};
}

Json json_of(const registrar::Binding& binding, net::WallTime now) {
    return {{"aor", binding.aor},
            {"device", registrar::device_name(binding)},
            {"id", std::to_string(binding.id)},
            {"state", binding.awake() ? "awake" : "asleep"},
            {"registered", binding.expires > now},
            {"transport", binding.transport},
            {"received", binding.received},
            {"user_agent", binding.user_agent},
            {"instance", binding.instance_id},
            {"last_register", time_or_null(binding.registered)},
            {"expires", time_or_null(binding.expires)},
            {"expires_in_s", std::max<std::int64_t>(0, seconds(binding.expires - now))},
            {"push", binding.push.provider},
            {"push_expires", time_or_null(binding.push_expires)}};
}

/// By name; null for what has no limit: it is not counted.
Json json_of(const std::vector<call::Quota::Snapshot>& capacity) {
    Json out = Json::object();
    for (const call::Quota::Snapshot& of : capacity)
        out[of.of] = !of.limited ? Json()
                                 : Json{{"allowed", of.allowed},
                                        {"in_use", of.in_use},
                                        {"warn_at", of.warn_at},
                                        {"maximum_today", of.maximum_today},
                                        {"maximum_yesterday", of.maximum_yesterday},
                                        {"refused_today", of.refused_today},
                                        {"refused_yesterday", of.refused_yesterday}};
    return out;
}

Json json_of(const media::DirectionStats& stats) {
    return {{"packets", stats.packets},         {"octets", stats.octets},   {"lost", stats.lost},
            {"auth_failed", stats.auth_failed}, {"dropped", stats.dropped}, {"jitter_ms", stats.jitter_ms}};
}

Json json_of(const media::StreamStats& stream) {
    return {{"kind", stream.kind},
            {"codec", stream.codec},
            {"phone_security", stream.phone_security},
            {"trunk_security", stream.trunk_security},
            {"phone_remote", stream.phone_remote},
            {"trunk_remote", stream.trunk_remote},
            {"from_phone", json_of(stream.from_phone)},
            {"from_trunk", json_of(stream.from_trunk)},
            {"rtcp_from_phone", json_of(stream.rtcp_from_phone)},
            {"rtcp_from_trunk", json_of(stream.rtcp_from_trunk)}};
}

Json json_of(const call::CallRecord& record) {
    Json timeline = Json::array();
    for (const call::TimelineEvent& event : record.timeline)
        timeline.push_back({{"at_ms", static_cast<double>(event.at.count()) / 1'000},
                            {"what", event.what},
                            {"device", event.device},
                            {"detail", event.detail}});
    Json streams = Json::array();
    for (const media::StreamStats& stream : record.media)
        streams.push_back(json_of(stream));
    const bool kept = record.phone_security.empty() && !record.media.empty();
    return {{"id", record.id},
            {"phone_security", kept ? record.media.front().phone_security : record.phone_security},
            {"trunk_security", kept ? record.media.front().trunk_security : record.trunk_security},
            {"direction", word(record.direction)},
            {"state", word(record.state)},
            {"caller", record.caller},
            {"callee", record.callee},
            {"trunk", record.trunk},
            {"started", time_or_null(record.started)},
            {"answered", time_or_null(record.answered)},
            {"ended", time_or_null(record.ended)},
            {"status", record.status},
            {"reason", record.reason},
            {"timeline", std::move(timeline)},
            {"media", std::move(streams)}};
}

} // namespace

std::string to_json(const NodeStatus& status) {
    Json listeners = Json::array(), peers = Json::array(), apps = Json::array(), credentials = Json::array();
    for (const net::Credential& credential : status.credentials)
        credentials.push_back(json_of(credential, status.now));
    for (const ListenerStatus& listener : status.listeners)
        listeners.push_back({{"name", listener.name},
                             {"side", listener.side},
                             {"transport", listener.transport},
                             {"address", listener.address},
                             {"connections", listener.connections}});
    Json names = Json::array();
    for (const NameStatus& name : status.names)
        names.push_back({{"name", name.host},
                         {"setting", name.setting},
                         {"addresses", name.addresses},
                         {"failure", name.failure}});
    for (const trunk::PeerSnapshot& peer : status.peers)
        peers.push_back(json_of(peer));
    for (const PushAppStatus& app : status.push_apps)
        apps.push_back(json_of(app));
    return text_of({{"version", status.version},
                    {"node", status.node},
                    {"config", status.config_file},
                    {"started", time_or_null(status.started)},
                    {"uptime_s", seconds(status.now - status.started)},
                    {"log_level", word(status.log_level)},
                    {"listeners", std::move(listeners)},
                    {"trunks", std::move(peers)},
                    {"push_apps", std::move(apps)},
                    {"credentials", std::move(credentials)},
                    {"names", std::move(names)},
                    {"registrations", {{"devices", status.registrations}, {"awake", status.awake}}},
                    {"calls",
                     {{"held", status.held_calls},
                      {"ringing", status.ringing_calls},
                      {"established", status.established_calls}}},
                    {"capacity", json_of(status.capacity)},
                    {"media", status.media_ports},
                    {"store", status.store},
                    {"warnings", status.warnings}});
}

std::string to_json(const std::vector<registrar::Binding>& bindings, net::WallTime now) {
    Json list = Json::array();
    for (const registrar::Binding& binding : bindings)
        list.push_back(json_of(binding, now));
    return text_of(list);
}

std::string to_json(const call::CallRecord& record) {
    Json json = json_of(record);
    json["explanation"] = explain(record);
    return text_of(json);
}

std::string to_json(const std::vector<call::CallRecord>& records) {
    Json list = Json::array();
    for (const call::CallRecord& record : records)
        list.push_back(json_of(record));
    return text_of(list);
}

std::string to_json(const CapacityReport& report) {
    Json history = Json::array();
    for (const call::Usage& slot : report.history)
        history.push_back({{"from", rfc3339(slot.at)},
                           {"of", slot.of},
                           {"maximum", slot.maximum},
                           {"refused", slot.refused}});
    return text_of({{"now", json_of(report.now)}, {"history", std::move(history)}});
}

std::string to_json(const UserReport& report) {
    Json devices = Json::array();
    for (const UserDevice& device : report.devices) {
        Json one = json_of(device.binding, report.now);
        one["can_be_woken"] = device.can_be_woken;
        devices.push_back(std::move(one));
    }
    return text_of({{"user", report.user},
                    {"known", report.known},
                    {"explanation", explain(report)},
                    {"devices", std::move(devices)},
                    {"call", report.call ? json_of(*report.call) : Json()}});
}

std::string to_json(const std::vector<PushTest>& tests) {
    Json list = Json::array();
    for (const PushTest& test : tests)
        list.push_back({{"device", test.device},
                        {"user_agent", test.user_agent},
                        {"provider", test.provider},
                        {"outcome", word(test.result.outcome)},
                        {"status", test.result.status},
                        {"reason", test.result.reason},
                        {"message_id", test.result.message_id},
                        {"took_ms", test.took.count()}});
    return text_of(list);
}

std::string to_json(const std::vector<PushCheck>& checks) {
    Json list = Json::array();
    for (const PushCheck& check : checks)
        list.push_back({{"app", check.app},
                        {"provider", check.provider},
                        {"endpoint", check.endpoint},
                        {"outcome", word(check.result.outcome)},
                        {"status", check.result.status},
                        {"reason", check.result.reason},
                        {"took_ms", check.took.count()}});
    return text_of(list);
}

std::string to_json(const std::vector<trunk::PeerSnapshot>& trunks) {
    Json list = Json::array();
    for (const trunk::PeerSnapshot& trunk : trunks)
        list.push_back(json_of(trunk));
    return text_of(list);
}

std::string to_json(const std::vector<NumberTrace>& traces) {
    Json list = Json::array();
    for (const NumberTrace& trace : traces) {
        Json steps = Json::array();
        for (const auto& step : trace.steps)
            steps.push_back({{"rule", step.rule}, {"result", step.result}, {"changed", step.changed}});
        list.push_back({{"trunk", trace.trunk},
                        {"direction", trace.direction},
                        {"field", trace.field},
                        {"steps", std::move(steps)},
                        {"result", trace.result}});
    }
    return text_of(list);
}

std::string to_json(const std::vector<NumberFault>& faults) {
    Json list = Json::array();
    for (const NumberFault& fault : faults)
        list.push_back({{"trunk", fault.trunk}, {"user", fault.user}, {"why", fault.why}});
    return text_of(list);
}

std::string to_json(const ReloadReport& report) {
    return text_of({{"applied", report.applied},
                    {"changed", report.changed},
                    {"restart_needed", report.restart},
                    {"problems", report.problems}});
}

std::string to_json(LogLevel level) { return text_of({{"log_level", word(level)}}); }

std::string trace_json(const SipTrace& trace, const std::vector<TracedMessage>& messages) {
    Json list = Json::array();
    for (const TracedMessage& message : messages)
        list.push_back({{"number", message.number},
                        {"at", rfc3339(message.at)},
                        {"received", message.way == sip::Tap::Way::Received},
                        {"side", message.side},
                        {"transport", message.transport},
                        {"local", message.local},
                        {"remote", message.remote},
                        {"text", message.text}});
    return text_of({{"running", trace.running()}, {"messages", std::move(list)}});
}

std::string done_json() { return text_of({{"done", true}}); }

std::string drain_json(std::size_t calls) { return text_of({{"calls", calls}}); }

std::string error_json(std::string_view message) { return text_of({{"error", message}}); }

} // namespace wakeline::admin
