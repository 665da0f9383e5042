// SPDX-License-Identifier: Apache-2.0
#include "admin/media_advice.h"

#include <doctest/doctest.h>

// proves: SBC-TRB-05

using namespace wakeline;
using namespace wakeline::admin;
using namespace std::chrono_literals;

namespace {

struct Heard {
    std::uint64_t packets = 0, not_authentic = 0;
};

call::CallRecord call_with(Heard phone, Heard pbx, std::chrono::seconds talked = 10s) {
    call::CallRecord record;
    record.trunk = "pbx";
    record.answered = net::WallTime(1h);
    record.ended = record.answered + talked;
    media::StreamStats audio;
    audio.kind = "audio";
    audio.from_phone.packets = phone.packets;
    audio.from_phone.auth_failed = phone.not_authentic;
    audio.from_trunk.packets = pbx.packets;
    audio.from_trunk.auth_failed = pbx.not_authentic;
    record.media = {audio};
    return record;
}

std::string first(const call::CallRecord& record) {
    const auto all = media_advice(record);
    return all.empty() ? "" : all.front().substr(0, all.front().find_first_of(".:"));
}

} // namespace

TEST_SUITE_BEGIN("admin/media_advice");

TEST_CASE("which side was not heard is told, and what to open") {
    CHECK(first(call_with({500}, {500})) == "");
    CHECK(first(call_with({0}, {500})) == "No audio came from the phone, so the other side heard nothing");
    CHECK(first(call_with({500}, {0})) == "No audio came from the PBX pbx, so the phone heard nothing");
    CHECK(first(call_with({0}, {0})) == "No audio came from either side");
    CHECK(media_advice(call_with({0}, {0})).size() == 1);
    for (const auto& record : {call_with({0}, {9}), call_with({9}, {0}), call_with({0}, {0})})
        CHECK(media_advice(record).front().find("wakelinectl firewall") != std::string::npos);
}

TEST_CASE("packets with other keys are no silence") {
    CHECK(first(call_with({0, 400}, {500})) == "No audio of the phone could be used");
    CHECK(media_advice(call_with({0, 400}, {500})).front().find("all 400 SRTP packets") != std::string::npos);
    CHECK(media_advice(call_with({0, 400}, {0})).size() == 2);
    CHECK(media_advice(call_with({9, 3}, {9})).empty());
}

TEST_CASE("a short call, one on hold and one that nobody answered prove nothing") {
    CHECK(media_advice(call_with({0}, {0}, 2s)).empty());
    call::CallRecord held = call_with({0}, {5});
    held.timeline = {{1s, "hold", "pbx", ""}};
    CHECK(media_advice(held).empty());
    call::CallRecord unanswered = call_with({0}, {0});
    unanswered.answered = {};
    CHECK(media_advice(unanswered).empty());
}
