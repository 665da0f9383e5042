// SPDX-License-Identifier: Apache-2.0
#include "config/users_file.h"

#include <doctest/doctest.h>

// proves: SBC-AUTH-07

using namespace wakeline;
using namespace wakeline::config;

namespace {

std::string problems(std::string_view yaml) { return report("u", load_users(yaml).problems); }

} // namespace

TEST_CASE("users have a password or its hashes") {
    const std::string md5(32, 'a'), sha256(64, 'b');
    const LoadedUsers loaded = load_users("\"1001\": {password: correct horse}\n"
                                          "anna.b: {ha1_md5: " +
                                          md5 + ", ha1_sha256: " + sha256 + "}\n");
    CHECK(report("u", loaded.problems) == "");
    CHECK(loaded.users.at("1001").password.reveal() == "correct horse");
    CHECK(loaded.users.at("anna.b").ha1_sha256.reveal() == sha256);
    CHECK(load_users("").users.empty());
}

TEST_CASE("what is wrong is named with its line, and a secret is never repeated") {
    CHECK(problems("\"1001\":\n  ha1_md5: 1234secret\n") ==
          "u:1: 1001: needs a password, ha1_md5 or ha1_sha256, or a number\n"
          "u:2: 1001.ha1_md5: must be 32 hexadecimal digits\n");
    CHECK(problems("a: {pasword: secret}\n") ==
          "u:1: a.pasword: is not a setting; did you mean password?\n"
          "u:1: a: needs a password, ha1_md5 or ha1_sha256, or a number\n");
    CHECK(problems("a: secret\n") == "u:1: a: must be a block of settings, not a single value\n"
                                     "u:1: a: needs a password, ha1_md5 or ha1_sha256, or a number\n");
    CHECK(problems("\"a b\": {password: x}\n") == "u:1: \"a b\" cannot be the name of a user\n");
    CHECK(problems("a: {password: x}\na: {password: y}\n") == "u:2: a: was given before, on line 1\n");
    CHECK(problems("- a\n") == "u:1: must be a block of settings, not a list\n");
}
