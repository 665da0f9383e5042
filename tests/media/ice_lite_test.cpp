// SPDX-License-Identifier: Apache-2.0
#include "media/ice_lite.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::media;

namespace {

const StunTransaction kTransaction{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const IcePlan kPlan{.ours = {"OurFrag1", "OurPasswordOfTwentyFour+"}, .their_ufrag = "them"};
const auto kSource = *net::SocketAddress::parse("198.51.100.7:40000");

struct Check {
    std::string username = "OurFrag1:them", password = kPlan.ours.password;
    bool controlled = false, nominates = false, fingerprint = true;
    std::uint16_t more = 0; // another attribute

    IceCheck answer() const {
        StunWriter writer(StunClass::Request, StunMessage::kBinding, kTransaction);
        writer.add(StunAttribute::Username, username).add_u32(StunAttribute::Priority, 1);
        writer.add(controlled ? StunAttribute::IceControlled : StunAttribute::IceControlling, "12345678");
        if (nominates) writer.add(StunAttribute::UseCandidate, ByteView());
        if (more != 0) writer.add_u32(static_cast<StunAttribute>(more), 0);
        writer.add_integrity(password);
        if (fingerprint) writer.add_fingerprint();
        return IceCheck::answer(*StunMessage::parse(writer.bytes()), kPlan, kSource);
    }
};

} // namespace

TEST_SUITE_BEGIN("media/ice_lite");

TEST_CASE("a check that knows the password proves its address, and is told it: proves SBC-RTP-13") {
    const auto check = Check{}.answer();
    CHECK(check.verdict == IceCheck::Verdict::Valid);
    const auto response = StunMessage::parse(check.response);
    REQUIRE(response);
    CHECK(response->kind() == StunClass::Success);
    CHECK(response->transaction() == kTransaction);
    CHECK(response->mapped_address() == kSource);
    CHECK(response->integrity_good(kPlan.ours.password));
    CHECK(response->fingerprint_good());
}

TEST_CASE("USE-CANDIDATE nominates") {
    CHECK(Check{.nominates = true}.answer().verdict == IceCheck::Verdict::Nominated);
}

TEST_CASE("who does not know the password gets no answer at all") {
    for (const Check& check : {Check{.username = "OurFrag2:them"}, Check{.username = "OurFrag1:other"},
                               Check{.username = "OurFrag1"}, Check{.username = ""},
                               Check{.password = "OurPasswordOfTwentyFour-"}, Check{.fingerprint = false}}) {
        const auto answer = check.answer();
        CHECK(answer.verdict == IceCheck::Verdict::Dropped);
        CHECK(answer.response.empty());
    }
}

TEST_CASE("a peer that thinks itself controlled is told of the role conflict: RFC 8445 section 7.3.1.1") {
    const auto answer = Check{.controlled = true, .nominates = true}.answer();
    CHECK(answer.verdict == IceCheck::Verdict::Refused);
    CHECK(StunMessage::parse(answer.response)->error_code() == 487);
}

TEST_CASE("what must be understood and is not is named in a 420") {
    const auto answer = Check{.more = 0x7001}.answer();
    CHECK(answer.verdict == IceCheck::Verdict::Refused);
    const auto response = StunMessage::parse(answer.response);
    CHECK(response->error_code() == 420);
    CHECK(hex(*response->attribute(StunAttribute::UnknownAttributes)) == "7001");
    CHECK(Check{.more = 0x8055}.answer().verdict == IceCheck::Verdict::Valid);
}

TEST_CASE("our credentials are of ice-chars, long enough and never the same") {
    const auto one = IceCredentials::random(), two = IceCredentials::random();
    CHECK(one.acceptable());
    CHECK(one.ufrag != two.ufrag);
    CHECK(one.password != two.password);
    CHECK_FALSE(IceCredentials{"abc", "1234567890123456789012"}.acceptable());
    CHECK_FALSE(IceCredentials{"abcd", "123456789012345678901"}.acceptable());
    CHECK_FALSE(IceCredentials{"ab d", "1234567890123456789012"}.acceptable());
}
