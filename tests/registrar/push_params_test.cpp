// SPDX-License-Identifier: Apache-2.0
#include "registrar/push_params.h"

#include <doctest/doctest.h>

#include "sip/uri.h"

using namespace wakeline;
using registrar::PushParams;
using registrar::take_push_params;
using Form = PushParams::Form;

namespace {

struct Taken {
    Result<PushParams> push;
    std::string left; // of the URI
};

Taken take(const std::string& params) {
    auto uri = sip::Uri::parse("sip:alice@192.0.2.7:40000" + params);
    REQUIRE(uri);
    auto push = take_push_params(uri->params);
    return {std::move(push), uri->str()};
}

/// "provider param token", or why not.
std::string read(const std::string& params) {
    const auto taken = take(params);
    CHECK(taken.left.find("pn-") == std::string::npos);
    CHECK(taken.left.find("app-id") == std::string::npos);
    if (!taken.push) return taken.push.error().message;
    const auto& data = taken.push->data;
    return data.provider + ' ' + data.param + ' ' + data.prid.reveal();
}

} // namespace

TEST_SUITE_BEGIN("registrar/push_params");

TEST_CASE("RFC 8599 parameters are read, unescaped and taken out of the URI") { // proves: SBC-PUSH-01
    const auto taken = take(";transport=tls;pn-provider=APNS;PN-PARAM=TEAM123456.com.example.phone.voip"
                            ";pn-prid=%61abb%3D%3B;ob");
    CHECK(taken.left == "sip:alice@192.0.2.7:40000;transport=tls;ob");
    REQUIRE(taken.push);
    CHECK(taken.push->form == Form::Full);
    CHECK(taken.push->data.provider == "apns");
    CHECK(taken.push->data.param == "TEAM123456.com.example.phone.voip");
    CHECK(taken.push->data.prid.reveal() == "aabb=;");
    CHECK(taken.push->data.usable());
}

TEST_CASE("a token keeps the characters that need no escape") {
    CHECK(read(";pn-provider=fcm;pn-param=proj;pn-prid=fcm:APA91b_-x") == "fcm proj fcm:APA91b_-x");
}

TEST_CASE("without a token it is a question") { // scenario 42
    CHECK(take(";pn-provider").push->form == Form::Query);
    CHECK(take(";pn-provider").push->data.provider.empty());
    CHECK(take(";pn-provider=apns;pn-param=x").push->form == Form::Query);
    CHECK_FALSE(take(";pn-provider=apns;pn-param=x").push->data.usable());
    CHECK(take("").push->form == Form::None);
}

TEST_CASE("the older Linphone parameters mean the same") { // scenario 42
    CHECK(read(";app-id=org.example.phone.voip.dev;pn-type=apple;pn-tok=AABB") ==
          "apns.dev .org.example.phone.voip AABB");
    CHECK(read(";app-id=org.example.phone.voip.prod;pn-type=apple;pn-tok=AABB") ==
          "apns .org.example.phone.voip AABB");
    CHECK(read(";app-id=org.example.phone.voip;pn-type=apple;pn-tok=AABB") ==
          "apns .org.example.phone.voip AABB");
    CHECK(read(";app-id=929724111839;pn-type=firebase;pn-tok=fcm%3Ax;pn-silent=1") ==
          "fcm 929724111839 fcm:x");
    CHECK(take(";app-id=x;pn-type=wp;pn-tok=y").push->form == Form::None); // a service that is gone
    CHECK(take(";pn-type=apple;app-id=x.prod").push->form == Form::None);  // no token
}

TEST_CASE("what cannot be a token is refused, and nothing of it stays in the URI") {
    const std::string refused = "the push parameter pn-prid cannot be understood";
    CHECK(read(";pn-provider=apns;pn-param=x;pn-prid=a%0D%0AInjected") == refused);
    CHECK(read(";pn-provider=apns;pn-param=x;pn-prid=%zz") == refused);
    CHECK(read(";pn-provider=apns;pn-param=x;pn-prid=%00") == refused);
    CHECK(read(";pn-provider=apns;pn-param=x;pn-prid=" + std::string(3000, 'a')) == refused);
    CHECK_FALSE(take(";pn-provider=" + std::string(40, 'a') + ";pn-prid=x").push);
}

TEST_SUITE_END();
