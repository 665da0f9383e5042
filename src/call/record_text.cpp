// SPDX-License-Identifier: Apache-2.0
#include "call/record_text.h"

#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace wakeline::call::record_text {

namespace {

using Json = nlohmann::json;

void write_direction(JsonText& out, std::string_view name, const media::DirectionStats& d) {
    const auto count = [&out](std::string_view what, std::uint64_t n) {
        if (n != 0) out.number(what, static_cast<long long>(n)); // what is not there is read as 0
    };
    out.open(name);
    count("packets", d.packets);
    count("octets", d.octets);
    count("lost", d.lost);
    count("auth_failed", d.auth_failed);
    count("dropped", d.dropped);
    if (d.jitter_ms != 0) out.real("jitter_ms", d.jitter_ms);
    out.close();
}

void write_stream(JsonText& out, const media::StreamStats& s) {
    out.open().text("kind", s.kind).text("codec", s.codec);
    out.text("phone_security", s.phone_security).text("trunk_security", s.trunk_security);
    out.text("phone_remote", s.phone_remote).text("trunk_remote", s.trunk_remote);
    write_direction(out, "from_phone", s.from_phone);
    write_direction(out, "from_trunk", s.from_trunk);
    write_direction(out, "rtcp_from_phone", s.rtcp_from_phone);
    write_direction(out, "rtcp_from_trunk", s.rtcp_from_trunk);
    out.close();
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
    JsonText out;
    out.open_list();
    for (const TimelineEvent& e : timeline) {
        out.open().number("us", e.at.count()).text("what", e.what);
        out.text("device", e.device).text("detail", e.detail).close();
    }
    return out.close_list().take();
}

std::string write(const media::MediaStats& media) {
    JsonText out;
    out.open_list();
    for (const media::StreamStats& stream : media)
        write_stream(out, stream);
    return out.close_list().take();
}

Result<std::vector<TimelineEvent>> read_timeline(std::string_view text) {
    return read_list(text, read_event);
}
Result<media::MediaStats> read_media(std::string_view text) { return read_list(text, read_stream); }

} // namespace wakeline::call::record_text
