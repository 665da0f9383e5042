// SPDX-License-Identifier: Apache-2.0
#include "push/apns_device.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::push;

namespace {

std::string read(std::string provider, std::string param, std::string token) {
    const auto device = ApnsDevice::parse({std::move(provider), std::move(param), Secret(std::move(token))});
    if (!device) return "none";
    return device->team + " " + device->bundle + " " + device->voip_token + "/" + device->alert_token +
           (device->sandbox ? " sandbox" : "");
}

} // namespace

TEST_SUITE_BEGIN("push/apns_device");

TEST_CASE("the push parameters of RFC 8599 and of Linphone name team, bundle and tokens") {
    // proves: SBC-PUSH-04
    CHECK(read("apns", "TEAM123456.com.example.phone.voip", "00ff") == "TEAM123456 com.example.phone 00ff/");
    CHECK(read("apns", "TEAM123456.com.example.phone", "00ff") == "TEAM123456 com.example.phone 00ff/00ff");
    CHECK(read("apns", "T.com.example.remote&voip", "aa:remote&bb:voip") == "T com.example bb/aa");
    CHECK(read("apns", "T.com.example.voip&remote", "aa:voip&bb:remote") == "T com.example aa/bb");
    CHECK(read("apns", "T.com.example.voip", "aa:voip") == "T com.example aa/");
    CHECK(read("apns.dev", "T.com.example.voip", "aa") == "T com.example aa/ sandbox");
}

TEST_CASE("a device with a token for alerts alone can get messages and no calls") {
    CHECK(read("apns", "T.com.example.remote", "aa:remote") == "T com.example /aa");
    CHECK(read("apns", "T.com.example.remote", "aa") == "T com.example /aa");
    CHECK(read("apns", "T.com.example.remote&voip", "aa") == "T com.example aa/aa");
}

TEST_CASE("what cannot get any push is not Apple's device for us") {
    CHECK(read("fcm", "T.com.example.voip", "aa") == "none");
    CHECK(read("apns", "no-dot", "aa") == "none");
    CHECK(read("apns", "T.com.example.voip", "aa:remote") == "none");
    for (const char* token : {"", "abc", "xyz0", "aa/../bb", "aa bb"})
        CHECK(read("apns", "T.com.example.voip", token) == "none");
    CHECK(read("apns", "T.com.example.voip", std::string(200, 'a')) != "none");
    CHECK(read("apns", "T.com.example.voip", std::string(202, 'a')) == "none");
}

TEST_SUITE_END();
