// SPDX-License-Identifier: Apache-2.0
#include "provision/sign_in.h"

#include <doctest/doctest.h>

// proves: SBC-PROV-01, SBC-PROV-02, SBC-PROV-03, SBC-PROV-04, SBC-PROV-05

using namespace wakeline::provision;

TEST_SUITE_BEGIN("provision/sign_in");

TEST_CASE("the three escapes and no others: the guide's test vector") {
    CHECK(*qr_text({"Bob.Smith%@system", "https://mobile.domain&.com:1234", "+441234567899"}) ==
          "oscmob://account_details?username=Bob.Smith%25@system&server_url=https://mobile.domain%26.com:1234"
          "&cell=%2B441234567899");
}

TEST_CASE("the cell number may be missing, the others may not, and a line has no spaces") {
    CHECK(*qr_text({"1001", "sbc.example.com", ""}) ==
          "oscmob://account_details?username=1001&server_url=sbc.example.com");
    CHECK(!qr_text({"", "sbc.example.com", ""}));
    CHECK(!qr_text({"1001", "", ""}));
    CHECK(!qr_text({"10 01", "sbc.example.com", ""}));
    CHECK(!qr_text({"1001", "sbc.example.com\n", ""}));
}

TEST_CASE("the port stands there where the app would take another one") {
    CHECK(server_url("sbc.example.com", 5061) == "sbc.example.com");
    CHECK(server_url("203.0.113.10", 5161) == "203.0.113.10:5161");
    CHECK(*normal_url("203.0.113.10:5061") == "203.0.113.10");
    CHECK(*normal_url("203.0.113.10:5161") == "203.0.113.10:5161");
    CHECK(*normal_url("https://uc.example.com:8443/axis") == "https://uc.example.com/axis");
    CHECK(*normal_url("https://uc.example.com:443") == "https://uc.example.com:443");
    CHECK(*normal_url("http://uc.example.com:8081") == "http://uc.example.com");
    CHECK(*normal_url("[2001:db8::1]:5061") == "[2001:db8::1]");
    CHECK(*normal_url("[2001:db8::1]") == "[2001:db8::1]");
    CHECK(!normal_url("ftp://x"));
    CHECK(!normal_url("https://"));
}

TEST_CASE("plain http, and a number that is understood at home alone, are warned about") {
    CHECK(warnings({"1001", "https://x", "+49"}).empty());
    CHECK(warnings({"1001", "http://x", "0170"}).size() == 2);
}

TEST_CASE("a call URL is a number, and digits that are dialled later with a # behind them") {
    CHECK(check_call_url("osmo://+4989700100").empty());
    CHECK(check_call_url("osmo://100,,1234#").empty());
    CHECK(check_call_url("osmo://100,1234") ==
          std::vector<std::string>{"warning: what is dialled after the answer should end with #"});
    CHECK(!check_call_url("osmo://abc").empty());
    CHECK(!check_call_url("osmo://100,,#").empty());
    CHECK(!check_call_url("tel:100").empty());
}
