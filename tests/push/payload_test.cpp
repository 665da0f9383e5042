// SPDX-License-Identifier: Apache-2.0
#include "push/payload.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;
using nlohmann::json;

namespace {

WakeRequest request(std::string name) {
    WakeRequest r;
    r.call = "c-1";
    r.sip_call_id = "abc@host";
    r.uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    r.caller_number = "+4930123456";
    r.caller_name = std::move(name);
    r.deadline = net::WallTime(1'767'225'600s);
    return r;
}

std::string repeat(std::string_view text, int times) {
    std::string out;
    while (times-- > 0)
        out += text;
    return out;
}

} // namespace

TEST_SUITE_BEGIN("push/payload");

TEST_CASE("an Apple payload has the documented keys beside an empty aps") {
    const auto payload = json::parse(apns_payload(request("Ann")));
    CHECK(payload == json{{"aps", json::object()},
                          {"call", "c-1"},
                          {"sip_call_id", "abc@host"},
                          {"uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
                          {"caller_number", "+4930123456"},
                          {"caller_name", "Ann"},
                          {"video", false},
                          {"deadline", 1'767'225'600}});
}

TEST_CASE("a Google message is data only, HIGH, now or never, and every value is a text") {
    // proves: scenario 17 (no reserved keys)
    auto wake = request("Ann");
    wake.video = wake.test = true;
    const auto message = json::parse(fcm_message("tok:1", wake))["message"];
    CHECK(message["token"] == "tok:1");
    CHECK(message["android"]["priority"] == "HIGH");
    CHECK(message["android"]["ttl"] == "0s");
    CHECK_FALSE(message.contains("notification"));
    const auto& data = message["android"]["data"];
    CHECK(data["deadline"] == "1767225600");
    CHECK(data["video"] == "true");
    CHECK(data["test"] == "true");
    for (const auto& [key, value] : data.items()) {
        CHECK(value.is_string());
        CHECK(key != "from");
        CHECK(key != "message_type");
        CHECK(key.find('.') == std::string::npos);
    }
}

TEST_CASE("any display name gives valid JSON within the service's limit") {
    // proves: scenario 18
    const std::string names[] = {"",
                                 "a \"quoted\\\" name",
                                 repeat("📞", 1'000),
                                 repeat("\"\\", 2'000),
                                 std::string(4'000, '\x01'),
                                 std::string("nul\0inside", 10),
                                 repeat("\xff\xfe", 2'000),
                                 "cut \xf0\x9f\x93",
                                 repeat("é", 3'000)};
    for (const std::string& name : names) {
        const std::string apns = apns_payload(request(name)), fcm = fcm_message("t", request(name));
        CHECK(apns.size() <= kApnsLimit);
        CHECK(json::accept(apns));
        CHECK(json::accept(fcm));
        std::size_t size = 0;
        const auto message = json::parse(fcm);
        for (const auto& [key, value] : message["message"]["android"]["data"].items())
            size += key.size() + value.get_ref<const std::string&>().size();
        CHECK(size <= kFcmLimit);
    }
}

TEST_CASE("a message is an alert with its sender and text, and the app runs as well") {
    auto wake = request("Ann");
    wake.kind = WakeKind::Message;
    wake.text = "See you \"there\"";
    auto payload = json::parse(apns_payload(wake));
    CHECK(payload["aps"] == json{{"alert", {{"title", "Ann"}, {"body", "See you \"there\""}}},
                                 {"sound", "default"},
                                 {"content-available", 1}});
    CHECK(payload["kind"] == "message");
    CHECK(payload["sip_call_id"] == "abc@host");
    const auto android = json::parse(fcm_message("t", wake))["message"]["android"];
    CHECK(android["priority"] == "HIGH");
    CHECK(android["data"]["kind"] == "message");
    CHECK(android["data"]["text"] == "See you \"there\"");
    wake.caller_name.clear();
    CHECK(json::parse(apns_payload(wake))["aps"]["alert"]["title"] == "+4930123456");
    wake.text = repeat("\"📞", 2'000);
    CHECK(apns_payload(wake).size() <= kApnsAlertLimit);
    CHECK(json::parse(apns_payload(wake))["aps"]["alert"]["body"].get<std::string>().size() > 1'000);
}

TEST_CASE("the end of a call runs the app and shows nothing") {
    auto wake = request("Ann");
    wake.kind = WakeKind::CallEnded;
    wake.text = "answered elsewhere";
    const auto payload = json::parse(apns_payload(wake));
    CHECK(payload["aps"] == json{{"content-available", 1}});
    CHECK(payload["kind"] == "call_ended");
    CHECK(payload["text"] == "answered elsewhere");
    CHECK(json::parse(fcm_message("t", wake))["message"]["android"]["priority"] == "NORMAL");
}

TEST_CASE("a request that waits runs the app, at once on Android: proves scenario 33") {
    auto wake = request("Ann");
    wake.kind = WakeKind::Request;
    const auto payload = json::parse(apns_payload(wake));
    CHECK(payload["aps"] == json{{"content-available", 1}});
    CHECK(payload["kind"] == "request");
    CHECK(json::parse(fcm_message("t", wake))["message"]["android"]["priority"] == "HIGH");
}

TEST_CASE("a webhook is told which device, and everything that other services' payloads say") {
    auto wake = request("Ann");
    const Device device{"acme", "app-7", Secret("tok:1")};
    auto body = json::parse(webhook_body(device, "id-1", wake));
    CHECK(body == json{{"id", "id-1"},
                       {"kind", "call"},
                       {"provider", "acme"},
                       {"param", "app-7"},
                       {"token", "tok:1"},
                       {"call", "c-1"},
                       {"sip_call_id", "abc@host"},
                       {"uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
                       {"caller_number", "+4930123456"},
                       {"caller_name", "Ann"},
                       {"video", false},
                       {"deadline", 1'767'225'600}});
    wake.kind = WakeKind::Message;
    wake.text = "hello";
    CHECK(json::parse(webhook_body(device, "id-1", wake))["text"] == "hello");
}

TEST_CASE("every other field may be hostile too") {
    auto wake = request("n");
    wake.call = wake.sip_call_id = wake.uuid = wake.caller_number = repeat("\"\xff", 5'000);
    CHECK(apns_payload(wake).size() <= kApnsLimit);
    CHECK(json::accept(apns_payload(wake)));
    CHECK(fcm_message("t", wake).size() <= kFcmLimit + 256);
}

TEST_CASE("a name is cut between characters, and without it the payload is smaller") {
    CHECK(clean_name("äöü", 5) == "äö");
    CHECK(clean_name("📞📞", 7) == "📞");
    CHECK(clean_name("📞", 3).empty());
    CHECK(clean_name("a\tb\x7f", 10) == "a b ");
    CHECK(clean_name("abc", 3) == "abc");
    CHECK(clean_name("abc", 0).empty());
    CHECK(json::parse(apns_payload(request("Ann"), NamePart::None))["caller_name"] == "");
}

TEST_SUITE_END();
