// SPDX-License-Identifier: Apache-2.0
#include "call/record_text.h"

#include <nlohmann/json.hpp>

namespace wakeline::call::record_text {

namespace {

using Json = nlohmann::json;

/// Names and reasons come from peers: what is no UTF-8 is replaced, never thrown about.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json to_json(const media::DirectionStats& d) {
    return {{"packets", d.packets},         {"octets", d.octets},   {"lost", d.lost},
            {"auth_failed", d.auth_failed}, {"dropped", d.dropped}, {"jitter_ms", d.jitter_ms}};
}

media::DirectionStats read_direction(const Json& json) {
    media::DirectionStats d;
    d.packets = json.value("packets", d.packets);
    d.octets = json.value("octets", d.octets);
    d.lost = json.value("lost", d.lost);
    d.auth_failed = json.value("auth_failed", d.auth_failed);
    d.dropped = json.value("dropped", d.dropped);
    d.jitter_ms = json.value("jitter_ms", d.jitter_ms);
    return d;
}

TimelineEvent read_event(const Json& json) {
    TimelineEvent event;
    event.at = std::chrono::microseconds(json.value("us", std::int64_t{0}));
    event.what = json.value("what", "");
    event.device = json.value("device", "");
    event.detail = json.value("detail", "");
    return event;
}

media::StreamStats read_stream(const Json& json) {
    const auto direction = [&json](const char* name) {
        return read_direction(json.value(name, Json::object()));
    };
    media::StreamStats stream;
    stream.kind = json.value("kind", "");
    stream.codec = json.value("codec", "");
    stream.phone_security = json.value("phone_security", "");
    stream.trunk_security = json.value("trunk_security", "");
    stream.phone_remote = json.value("phone_remote", "");
    stream.trunk_remote = json.value("trunk_remote", "");
    stream.from_phone = direction("from_phone");
    stream.from_trunk = direction("from_trunk");
    stream.rtcp_from_phone = direction("rtcp_from_phone");
    stream.rtcp_from_trunk = direction("rtcp_from_trunk");
    return stream;
}

template <class T>
Result<std::vector<T>> read_list(std::string_view text, T (*read_one)(const Json&)) {
    const Error damaged{ErrorCode::Io, "a call record in the database is damaged"};
    const Json list = Json::parse(text, nullptr, false);
    if (!list.is_array()) return damaged;
    std::vector<T> all;
    try {
        for (const Json& one : list)
            all.push_back(read_one(one));
    } catch (const Json::exception&) {
        return damaged;
    }
    return all;
}

} // namespace

std::string write(const std::vector<TimelineEvent>& timeline) {
    Json list = Json::array();
    for (const TimelineEvent& e : timeline)
        list.push_back({{"us", e.at.count()}, {"what", e.what}, {"device", e.device}, {"detail", e.detail}});
    return dump(list);
}

std::string write(const media::MediaStats& media) {
    Json list = Json::array();
    for (const media::StreamStats& s : media)
        list.push_back({{"kind", s.kind},
                        {"codec", s.codec},
                        {"phone_security", s.phone_security},
                        {"trunk_security", s.trunk_security},
                        {"phone_remote", s.phone_remote},
                        {"trunk_remote", s.trunk_remote},
                        {"from_phone", to_json(s.from_phone)},
                        {"from_trunk", to_json(s.from_trunk)},
                        {"rtcp_from_phone", to_json(s.rtcp_from_phone)},
                        {"rtcp_from_trunk", to_json(s.rtcp_from_trunk)}});
    return dump(list);
}

Result<std::vector<TimelineEvent>> read_timeline(std::string_view text) {
    return read_list(text, read_event);
}
Result<media::MediaStats> read_media(std::string_view text) { return read_list(text, read_stream); }

} // namespace wakeline::call::record_text
