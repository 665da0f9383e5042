// SPDX-License-Identifier: Apache-2.0
#include "push/payload.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wakeline::push {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxName = 1024;
constexpr std::size_t kMaxOther = 256; // numbers and ids; no real one is longer

/// Display names come from anywhere: what is not UTF-8 is replaced, not refused.
std::string encode(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

long long epoch_seconds(net::WallTime time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

json keys_of(const WakeRequest& request, const std::string& name) {
    json keys = {
        {"call", clean_name(request.call, kMaxOther)},
        {"sip_call_id", clean_name(request.sip_call_id, kMaxOther)},
        {"uuid", clean_name(request.uuid, kMaxOther)},
        {"caller_number", clean_name(request.caller_number, kMaxOther)},
        {"caller_name", name},
        {"video", request.video},
        {"deadline", epoch_seconds(request.deadline)},
    };
    if (request.test) keys["test"] = true;
    return keys;
}

std::size_t data_size(const json& data) {
    std::size_t size = 0;
    for (const auto& [key, value] : data.items())
        size += key.size() + encode(value).size() - 2; // without its quotes
    return size;
}

/// FCM takes texts only.
json as_texts(const json& keys) {
    json texts = json::object();
    for (const auto& [key, value] : keys.items())
        texts[key] = value.is_string() ? value.get<std::string>() : encode(value);
    return texts;
}

/// The keys with the longest name for which `size` is within the limit.
template <class Shape, class Size>
json fitting(const WakeRequest& request, NamePart part, std::size_t limit, Shape shape, Size size) {
    std::string name = part == NamePart::None ? "" : clean_name(request.caller_name, kMaxName);
    for (;;) {
        json out = shape(keys_of(request, name));
        const std::size_t octets = size(out);
        if (octets <= limit || name.empty()) return out;
        name = clean_name(name, name.size() - std::min(name.size(), octets - limit));
    }
}

} // namespace

std::string clean_name(std::string_view name, std::size_t size) {
    const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    if (name.size() > size) {
        // Back to the start of the character that would be cut; no UTF-8 character is longer than four.
        for (int i = 0; i < 4 && size > 0 && is_continuation(name[size]); ++i)
            --size;
        name = name.substr(0, size);
    }
    std::string out(name);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
    return out;
}

std::string apns_payload(const WakeRequest& request, NamePart name) {
    const auto shape = [](json keys) {
        keys["aps"] = json::object();
        return keys;
    };
    return encode(fitting(request, name, kApnsLimit, shape, [](const json& v) { return encode(v).size(); }));
}

std::string fcm_message(std::string_view token, const WakeRequest& request, NamePart name) {
    const json data = fitting(request, name, kFcmLimit, as_texts, data_size);
    const json android = {{"priority", "HIGH"}, {"ttl", "0s"}, {"data", data}};
    return encode({{"message", {{"token", token}, {"android", android}}}});
}

std::string fcm_probe() {
    const json android = {{"priority", "HIGH"}, {"ttl", "0s"}};
    return encode({{"validateOnly", true}, {"message", {{"token", "wakeline-probe"}, {"android", android}}}});
}

} // namespace wakeline::push
