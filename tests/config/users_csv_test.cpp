// SPDX-License-Identifier: Apache-2.0
#include "config/users_csv.h"

#include <doctest/doctest.h>

#include "config/users_file.h"

using namespace wakeline::config;

namespace {

std::string why_not(const std::string& csv) {
    const auto yaml = users_from_csv(csv);
    return yaml ? "" : yaml.error().message;
}

} // namespace

TEST_SUITE_BEGIN("config/users_csv");

TEST_CASE("a table of users becomes a users file, and that the same table again") {
    const std::string csv = "userName,password,ha1Md5,ha1Sha256,number,desk,cell,useCell,voicemail\r\n"
                            "1001,\"a, \"\"b\"\" \\ c\",,,,2001,+491701234567,true,\r\n"
                            "j\xc3\xbcrgen@example.com,,,,1002,,,,\r\n"
                            "1003,,00112233445566778899aabbccddeeff,,,,,,\r\n";
    const std::string ascii = csv.substr(0, csv.find("j\xc3")) + csv.substr(csv.find("1003"));
    const auto yaml = users_from_csv(ascii);
    REQUIRE(yaml);
    const LoadedUsers users = load_users(*yaml);
    CHECK(users.problems.empty());
    CHECK(users.users.at("1001").password.reveal() == "a, \"b\" \\ c");
    CHECK(users.subscribers.at("1001").use_cell);
    CHECK(*users_to_csv(*yaml) == ascii);
    CHECK(why_not(csv) == "line 3: \"j\xc3\xbcrgen@example.com\" cannot be the name of a user");
}

TEST_CASE(
    "columns may be missing and in any order, lines may end in LF, and a byte order mark is no letter") {
    const auto yaml = users_from_csv("\xef\xbb\xbfpassword,userName\nsecret,1001\n\nother,1002");
    REQUIRE(yaml);
    CHECK(load_users(*yaml).users.size() == 2);
}

TEST_CASE("what is wrong is told with its line and without a password") {
    CHECK(why_not("") == "line 1: the header is missing");
    CHECK(why_not("user,password\n")
              .starts_with("line 1: \"user\" is no column; there are userName, password"));
    CHECK(why_not("password\nx\n") == "line 1: the column userName is missing");
    CHECK(why_not("userName,password\n1001,a\n1001,b\n") == "line 3: \"1001\" was there already");
    CHECK(why_not("userName,password\n,a\n") == "line 2: has no userName");
    CHECK(why_not("userName,password\n1001,a,b\n") == "line 2: has more fields than the header has columns");
    CHECK(why_not("userName,password\n1001,\"a\n") == "line 2: a quote is opened and not closed");
    CHECK(why_not("userName,password\n1001,\"a\"b\n") == "line 2: there is text behind a closing quote");
    const std::string hash = why_not("userName,ha1Md5\n1001,secret\n");
    CHECK(hash.starts_with("line 2: 1001.ha1_md5: must be 32 hexadecimal digits"));
    CHECK(hash.find("secret") == std::string::npos);
}

TEST_CASE("ring times are told to be lost") {
    CHECK(csv_would_lose("\"1001\": {desk: 2001, ring: {desk: 5s}}\n"));
    CHECK(!csv_would_lose("\"1001\": {desk: 2001}\n"));
}
