// SPDX-License-Identifier: Apache-2.0
#include "registrar/device.h"

#include <doctest/doctest.h>

using namespace wakeline;
using registrar::Binding;
using registrar::same_device;

namespace {

Binding device(std::string instance, std::string token, std::string call_id = "c1") {
    Binding binding;
    binding.instance_id = std::move(instance);
    if (!token.empty()) binding.push = {"apns", "T.app", Secret(std::move(token))};
    binding.call_id = std::move(call_id);
    binding.contact = "sip:alice@10.0.0.7:40000;transport=tls";
    binding.received = "198.51.100.7:40000";
    return binding;
}

Binding elsewhere(Binding binding) { // another network, another start of the app
    binding.contact = "sip:alice@10.9.9.9:5061;transport=tls";
    binding.received = "203.0.113.9:5061";
    binding.call_id = "c2";
    return binding;
}

} // namespace

TEST_SUITE_BEGIN("registrar/device");

TEST_CASE("a device that moved is the same device") { // proves: SBC-REG-07; scenario 2
    CHECK(same_device(device("urn:uuid:1", ""), elsewhere(device("urn:uuid:1", ""))));
    CHECK(same_device(device("urn:uuid:1", "aa"), elsewhere(device("urn:uuid:1", "aa"))));
    CHECK(same_device(device("", "aa"), elsewhere(device("", "aa"))));
    CHECK(same_device(device("urn:uuid:1", "aa"), elsewhere(device("", "aa"))));
}

TEST_CASE("another instance or another token is another device") { // proves: SBC-REG-06
    CHECK_FALSE(same_device(device("urn:uuid:1", "aa"), elsewhere(device("urn:uuid:2", "bb"))));
    CHECK_FALSE(same_device(device("", "aa"), elsewhere(device("", "bb"))));
    CHECK_FALSE(same_device(device("urn:uuid:1", ""), device("urn:uuid:2", "")));
}

TEST_CASE("an app that was installed again has a new instance and its old token") { // scenario 35
    CHECK(same_device(device("urn:uuid:1", "aa"), elsewhere(device("urn:uuid:2", "aa"))));
}

TEST_CASE("two devices set up from one backup do not evict each other") { // scenario 36
    CHECK_FALSE(same_device(device("urn:uuid:1", "aa"), elsewhere(device("urn:uuid:1", "bb"))));
}

TEST_CASE("a renewed token on the same Call-ID or connection is the same device") { // scenario 37
    CHECK(same_device(device("urn:uuid:1", "aa"), device("urn:uuid:1", "bb")));
    auto known = device("urn:uuid:1", "aa"), fresh = elsewhere(device("urn:uuid:1", "bb"));
    known.flow = fresh.flow = 5;
    CHECK(same_device(known, fresh));
}

TEST_CASE("equal tokens of different services are different devices") { // scenario 44
    auto fcm = elsewhere(device("", "aa"));
    fcm.push.provider = "fcm";
    CHECK_FALSE(same_device(device("", "aa"), fcm));
}

TEST_CASE("two flows of one instance are two bindings (RFC 5626)") {
    auto first = device("urn:uuid:1", "aa"), second = device("urn:uuid:1", "aa");
    first.reg_id = 1;
    second.reg_id = 2;
    CHECK_FALSE(same_device(first, second));
}

TEST_CASE("a plain phone is known by its contact, its host and its Call-ID") {
    const auto known = device("", "");
    CHECK(same_device(known, device("", "")));
    CHECK(same_device(known, device("", "", "c2"))); // restarted
    auto moved = elsewhere(device("", ""));
    CHECK_FALSE(same_device(known, moved));
    moved.call_id = "c1";
    CHECK(same_device(known, moved));
    auto twin = device("", "", "c2"); // another phone with the same private address
    twin.received = "203.0.113.9:1024";
    CHECK_FALSE(same_device(known, twin));
}

TEST_SUITE_END();
