// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "config/loader.h"
#include "config/users_file.h"

using namespace wakeline;
using namespace wakeline::config;
using namespace std::chrono_literals;

namespace {

bool says(const std::string& yaml, std::string_view what) {
    return report("f", load_config(yaml).problems).find(what) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("config/policy_checks");

TEST_CASE("what may pass to a side is read for phones and for each PBX") {
    const Loaded loaded =
        load_config("access: {codecs: {allow: [PCMA, opus], prefer: [opus], ptime: 20ms, video: false}, "
                    "require_srtp: true, "
                    "headers: {pass: [X-Queue], remove: [Subject]}, security_truth: as_leg}\n"
                    "trunks: {pbx: {uri: \"sip:10.0.0.5\", local: \"10.0.0.4:5080\", codecs: {deny: [G729]}, "
                    "allow_keys_over_plain: true, assert_identity: always}}\n");
    REQUIRE(report("f", loaded.problems).find("error") == std::string::npos);
    const AccessConfig& access = loaded.config.access;
    CHECK(access.codecs.allow == std::vector<std::string>{"PCMA", "opus"});
    CHECK(access.codecs.ptime == media::PacketTime::Ms20);
    CHECK_FALSE(access.codecs.video);
    CHECK(access.require_srtp);
    CHECK(access.headers.pass == std::vector<std::string>{"X-Queue"});
    CHECK(access.security_truth == media::SecurityTruth::AsLeg);
    const TrunkConfig& trunk = loaded.config.trunks.at("pbx");
    CHECK(trunk.uri == "sip:10.0.0.5");
    CHECK(trunk.codecs.deny == std::vector<std::string>{"G729"});
    CHECK(trunk.allow_keys_over_plain);
    CHECK(trunk.assert_identity == call::AssertIdentity::Always);
}

TEST_CASE("policies that contradict each other, or would break calls, are named") {
    CHECK(says("access: {codecs: {allow: [PCMA], deny: [pcma]}}\n",
               "access.codecs.deny: \"pcma\" is allowed and denied"));
    CHECK(says("access: {codecs: {allow: [\"G 711\"]}}\n", "access.codecs.allow: \"G 711\" is no codec"));
    CHECK(says("access: {codecs: {ptime: 25ms}}\n",
               "access.codecs.ptime: must be auto, 10ms, 20ms, 30ms, 40ms or 60ms"));
    CHECK(says("access: {headers: {pass: [via]}}\n", "access.headers.pass: \"via\" cannot be passed"));
    CHECK(
        says("access: {headers: {remove: [Event]}}\n", "access.headers.remove: \"Event\" cannot be removed"));
    CHECK(says("access: {require_srtp: true}\nmedia: {srtp: {mode: off}}\n",
               "access.require_srtp: asks for what media.srtp.mode switches off"));
    CHECK(
        says("access: {security_truth: match_trunk}\n", "access.security_truth: match_trunk has no effect"));
    const std::string secure =
        "media: {trunk: {srtp: srtp_only}}\ntrunks: {pbx: {local: \"10.0.0.4:5080\", uri: ";
    CHECK(says(secure + "\"sip:10.0.0.5\"}}\n",
               "trunks.pbx.allow_keys_over_plain: media.trunk.srtp is srtp_only"));
    CHECK_FALSE(says(secure + "\"sip:10.0.0.5;transport=tls\"}}\n", "allow_keys_over_plain"));
}

TEST_CASE("ring times are checked against each other and the PBX's timers: proves SBC-RING-12, SBC-RING-01") {
    const std::string plan = "routing: ring_plan\n";
    CHECK(says(plan + "push: {pbx_timers: {recall: 30s}}\n",
               "push.pbx_timers.recall: 30s ends before all stages of ring_plan have rung (40s together)"));
    CHECK(says(plan + "push: {pbx_timers: {ring: 25s}}\n", "push.pbx_timers.ring: 25s ends before"));
    CHECK_FALSE(
        says(plan + "ring_plan: {order: simultaneous}\npush: {pbx_timers: {recall: 30s}}\n", "recall"));
    CHECK(says(plan + "push: {hold: 20s}\n", "push.hold: 20s has no effect beyond ring_plan.mobile"));
    CHECK(says(plan + "ring_plan: {cell: 3s}\n", "ring_plan.cell: 3s may be over before the cell phone"));
    CHECK(says(plan, "routing: ring_plan without registration.users"));
    CHECK(says("ring_plan: {mobile: 26s}\n", "ring_plan.mobile: must be whole seconds from 1s to 25s"));
    CHECK(says("ring_plan: {desk: 1500ms}\n", "ring_plan.desk: must be whole seconds from 1s to 25s"));
    CHECK(load_config(plan).config.routing == call::Routing::RingPlan);
    CHECK(load_config("").config.ring_plan == call::RingPlanConfig{});
}

TEST_CASE("the users file says where else a user is reached, with a password or without") {
    const LoadedUsers loaded =
        load_users("\"9931234\": {number: \"15619231234\", desk: \"15619231234\", cell: \"+15615550199\", "
                   "use_cell: true, voicemail: \"*98\", ring: {mobile: 20s, order: simultaneous}}\n"
                   "\"1002\": {password: x}\n");
    CHECK(report("u", loaded.problems) == "");
    CHECK_FALSE(loaded.users.contains("9931234"));
    CHECK_FALSE(loaded.subscribers.contains("1002"));
    const call::Subscriber& user = loaded.subscribers.at("9931234");
    CHECK(user.use_cell);
    CHECK(user.ring.mobile == 20s);
    CHECK(user.ring.desk == 0s);
    CHECK(user.ring.order == call::RingOrder::Simultaneous);
    const auto problems = [](std::string_view yaml) { return report("u", load_users(yaml).problems); };
    CHECK(problems("a: {use_cell: true}\n") == "u:1: a.use_cell: needs the number: cell\n");
    CHECK(problems("a: {desk: \"1;x=y\"}\n").find("a.desk: must be a number") != std::string::npos);
    CHECK(problems("a: {password: x, ring: {cell: 30s}}\n").find("a.ring.cell: must be whole seconds") !=
          std::string::npos);
}

TEST_SUITE_END();
