// SPDX-License-Identifier: Apache-2.0
#include "provision/device_management.h"

#include <doctest/doctest.h>

// proves: SBC-PROV-06, SBC-PROV-09

using namespace wakeline;
using namespace wakeline::provision;

namespace {

Management wish() {
    Management out;
    out.sign_in = {"1001", "sbc.example.com", "+491701234567"};
    out.password = Secret("pass word");
    return out;
}

std::string why_not(Management with) {
    const auto made = management_file(with);
    return made ? "" : made.error().message;
}

} // namespace

TEST_SUITE_BEGIN("provision/device_management");

TEST_CASE("the file has every key with a value, in its order, and the password in base64") {
    CHECK(*management_file(wish()) == "serverUserName=1001\n"
                                      "serverUrl=sbc.example.com\n"
                                      "serverPassword=cGFzcyB3b3Jk\n"
                                      "osv_cellular_number_option=+491701234567\n"
                                      "log_state_pref=Med\n"
                                      "disableCallQualityWarning=false\n"
                                      "cell_routing_pref=false\n"
                                      "autoSave=false\n"
                                      "allowInvCert=false\n"
                                      "allow_cdn_calls=false\n"
                                      "3g_routing=false\n"
                                      "disableChatFeature=false\n");
}

TEST_CASE("other values and locks are put in their place, and the app's rules are kept") {
    Management one = wish();
    one.chosen = {{"log_state_pref", "Max"}, {"serverUrlEnabled", "false"}};
    const std::string text = *management_file(one);
    CHECK(text.find("log_state_pref=Max\n") != std::string::npos);
    CHECK(text.ends_with("serverUrlEnabled=false\n"));

    one.chosen = {{"allow_cdn_calls", "true"}};
    CHECK(why_not(one) == "3g_routing must not be false while allow_cdn_calls is true");
    one.chosen = {{"allow_cdn_calls", "true"}, {"3g_routing", "true"}};
    CHECK(why_not(one) == "");
    one.chosen = {{"frobnicate", "1"}};
    CHECK(why_not(one) == "frobnicate is no key that the app knows");
    one.chosen = {{"autoSave", "yes"}};
    CHECK(why_not(one) == "autoSave must be true or false");
    one.chosen = {{"log_state_pref", "med"}};
    CHECK(why_not(one) == "log_state_pref must be Off, Min, Med or Max");
    one.chosen = {{"serverUrlEnabled", "no"}};
    CHECK(why_not(one) == "serverUrlEnabled must be true or false");
}

TEST_CASE("a certificate comes with its password, and the user with his") {
    Management one = wish();
    one.certificate = "QUJD";
    CHECK(why_not(one).starts_with("base64CertPassword must be given"));
    one.certificate_password = Secret("x");
    CHECK(why_not(one) == "");
    one.password = Secret();
    CHECK(why_not(one) == "serverPassword must be given");
}

TEST_CASE("the sheet for the user has no password, and of https the host alone") {
    const std::string sheet = user_sheet({"1001", "https://uc.example.com/axis/services", ""});
    CHECK(sheet.find("server   uc.example.com\n") != std::string::npos);
    CHECK(sheet.find("user     1001\n") != std::string::npos);
    CHECK(sheet.find("by another way than this sheet") != std::string::npos);
}
