// SPDX-License-Identifier: Apache-2.0
#include "media/fingerprint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wakeline;
using namespace wakeline::media;

namespace {

const std::string kOctets =
    "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF";

} // namespace

TEST_SUITE_BEGIN("media/fingerprint");

TEST_CASE("a fingerprint is read and written as RFC 8122 has it, whatever the case") {
    const auto upper = CertificateFingerprint::parse("sha-256 " + kOctets);
    REQUIRE(upper);
    CHECK(upper->str() == "sha-256 " + kOctets);
    CHECK(CertificateFingerprint::parse(
              "SHA-256 4a:ad:b9:b1:3f:82:18:3b:54:02:12:df:3e:5d:49:6b:19:e5:7c:ab:4a:"
              "ad:b9:b1:3f:82:18:3b:54:02:12:df")
              ->digest == upper->digest);
}

TEST_CASE("hashes that prove nothing, and sizes that are not the hash's, are refused") {
    const std::vector<std::string> bad{"sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB",
                                       "sha-256 4A:AD",
                                       "sha-256",
                                       "",
                                       "sha-384 " + kOctets,
                                       "sha-256 " + kOctets + ":00",
                                       "sha-256 XX" + kOctets.substr(2),
                                       "sha-256 4A:" + kOctets.substr(3, 2) + "1"};
    for (const std::string& value : bad)
        CHECK_FALSE(CertificateFingerprint::parse(value));
}
