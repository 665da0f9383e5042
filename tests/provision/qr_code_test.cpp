// SPDX-License-Identifier: Apache-2.0
#include "provision/qr_code.h"

#include <doctest/doctest.h>

using namespace wakeline::provision;

TEST_SUITE_BEGIN("provision/qr_code");

TEST_CASE("a code has its three finders, a quiet border, and the same modules in each form") {
    const auto code = QrCode::of("oscmob://account_details?username=1001&server_url=sbc.example.com");
    REQUIRE(code);
    const std::size_t last = code->width() - 5;
    for (const auto& [x, y] : {std::pair<std::size_t, std::size_t>{4, 4}, {last, 4}, {4, last}})
        CHECK(code->dark(x, y));
    for (std::size_t i = 0; i < code->width(); ++i) {
        CHECK(!code->dark(i, 0));
        CHECK(!code->dark(3, i));
    }
    CHECK(code->svg().starts_with("<svg xmlns="));
    CHECK(code->png().starts_with("\x89PNG\r\n\x1a\n"));
    CHECK(code->terminal().find("\u2588") != std::string::npos);
}

TEST_CASE("a text that no code holds is refused") { CHECK(!QrCode::of(std::string(4'000, 'x'))); }
