// SPDX-License-Identifier: Apache-2.0
#include "media/crypto_line.h"

#include <doctest/doctest.h>

#include <string>

using namespace wakeline;
using namespace wakeline::media;

namespace {

const std::string kKey30 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const std::string kKey46 = base64(Bytes(46, 7));

std::string refusal(const std::string& value) {
    const auto line = CryptoLine::parse(value);
    return line ? "accepted" : line.error().message;
}

std::string line(const std::string& suite, const std::string& rest) {
    return "1 " + suite + " inline:" + rest;
}

} // namespace

TEST_SUITE_BEGIN("media/crypto_line");

TEST_CASE("a line is read and written as RFC 4568 has it: proves SBC-SRTP-02, SBC-SRTP-03") {
    const auto parsed = CryptoLine::parse(line("AES_CM_128_HMAC_SHA1_80", kKey30 + "|2^20|1:4"));
    REQUIRE(parsed.has_value());
    CHECK(parsed->tag == 1);
    CHECK(parsed->key.suite == SrtpSuite::AesCm128Sha1_80);
    CHECK(parsed->key.key_and_salt.size() == 30);
    CHECK(parsed->key.mki == Bytes{0, 0, 0, 1});
    const auto ours = CryptoLine::of(3, SrtpKey::random(SrtpSuite::AesCm256Sha1_80, false));
    CHECK(ours.str().starts_with("3 AES_256_CM_HMAC_SHA1_80 inline:"));
    CHECK(ours.str().ends_with(" UNENCRYPTED_SRTCP"));
    CHECK(CryptoLine::parse(ours.str())->key == ours.key);
}

TEST_CASE("suites are known under every spelling, and answered in the same") {
    CHECK(suite_named("aes_cm_128_hmac_sha1_32") == SrtpSuite::AesCm128Sha1_32);
    CHECK(suite_named("AES_CM_256_HMAC_SHA1_80") == SrtpSuite::AesCm256Sha1_80);
    CHECK(CryptoLine::parse(line("AES_CM_256_HMAC_SHA1_80", kKey46))
              ->str()
              .starts_with("1 AES_CM_256_HMAC_SHA1_80 "));
    CHECK_FALSE(suite_named("F8_128_HMAC_SHA1_80").has_value());
    CHECK_FALSE(suite_named("").has_value());
}

TEST_CASE("lines that cannot be used are refused, with the reason") {
    const std::string suite = "AES_CM_128_HMAC_SHA1_80";
    CHECK(refusal("1 " + suite) == "a=crypto with fewer than three fields");
    CHECK(refusal("0000000001 " + suite + " inline:" + kKey30) == "a=crypto whose tag is not 1 to 9 digits");
    CHECK(refusal("x " + suite + " inline:" + kKey30) == "a=crypto whose tag is not 1 to 9 digits");
    CHECK(refusal(line("NULL_HMAC_SHA1_80", kKey30)) == "a=crypto with a suite we do not do");
    CHECK(refusal(line(suite, kKey46)) == "a=crypto whose key does not fit its suite");
    CHECK(refusal(line(suite, "!!!!")) == "a=crypto whose key does not fit its suite");
    CHECK(refusal("1 " + suite + " uri:" + kKey30) == "a=crypto whose key is not inline");
    CHECK(refusal(line(suite, kKey30 + "|1:4;inline:" + kKey30 + "|2:4")) == "a=crypto with several keys");
    CHECK(refusal(line(suite, kKey30 + "|2^49")) == "a=crypto with a bad lifetime");
    CHECK(refusal(line(suite, kKey30 + "|0")) == "a=crypto with a bad lifetime");
    CHECK(refusal(line(suite, kKey30 + "|2^20|1:200")) == "a=crypto with a bad MKI");
    CHECK(refusal(line(suite, kKey30 + "|256:1")) == "a=crypto with an MKI longer than it says");
    CHECK(refusal(line(suite, kKey30 + "|2^20|1:4|1")) ==
          "a=crypto with more than lifetime and MKI after the key");
}

TEST_CASE("mandatory session parameters that we do not do make a line unusable; others may be ignored") {
    const auto with = [](const std::string& parameter) {
        return line("AES_CM_128_HMAC_SHA1_80", kKey30 + " " + parameter);
    };
    for (const char* bad : {"KDR=1", "UNENCRYPTED_SRTP", "UNAUTHENTICATED_SRTP", "FEC_ORDER=FEC_SRTP",
                            "FEC_KEY=inline:x", "WSH=63", "WSH=x", "NEW_THING"})
        CHECK_FALSE(CryptoLine::parse(with(bad)).has_value());
    for (const char* good : {"WSH=64", "KDR=0", "-NEW_THING"})
        CHECK(CryptoLine::parse(with(good))->key.srtcp_encrypted);
    CHECK_FALSE(CryptoLine::parse(with("UNENCRYPTED_SRTCP"))->key.srtcp_encrypted);
}

TEST_SUITE_END();
