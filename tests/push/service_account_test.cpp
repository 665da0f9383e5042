// SPDX-License-Identifier: Apache-2.0
#include "push/service_account.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace wakeline::push;
using nlohmann::json;

namespace {

json good() {
    return {{"type", "service_account"},
            {"project_id", "p"},
            {"private_key_id", "k1"},
            {"private_key", "-----BEGIN PRIVATE KEY-----"},
            {"client_email", "a@p.iam.gserviceaccount.com"},
            {"token_uri", "https://oauth2.googleapis.com/token"}};
}

std::string problem(const json& file) {
    const auto account = ServiceAccount::parse(file.dump());
    return account ? "" : account.error().message;
}

} // namespace

TEST_SUITE_BEGIN("push/service_account");

TEST_CASE("a service account is read whole") {
    const auto account = ServiceAccount::parse(good().dump());
    REQUIRE(account);
    CHECK(account->project_id == "p");
    CHECK(account->client_email == "a@p.iam.gserviceaccount.com");
    CHECK(account->private_key_id == "k1");
    CHECK(account->private_key.reveal() == "-----BEGIN PRIVATE KEY-----");
    CHECK(account->token_uri == "https://oauth2.googleapis.com/token");
}

TEST_CASE("what is missing or wrong in a service account is named") {
    CHECK(ServiceAccount::parse("").error().message == "is not a JSON object");
    CHECK(ServiceAccount::parse("[1]").error().message == "is not a JSON object");
    CHECK(problem(json::object()).find("service_account") != std::string::npos);
    for (const char* key : {"project_id", "client_email", "private_key_id", "private_key", "token_uri"}) {
        CAPTURE(key);
        auto file = good();
        file.erase(key);
        CHECK(problem(file).find(key) != std::string::npos);
        file[key] = 5;
        CHECK(problem(file).find(key) != std::string::npos);
    }
}

TEST_CASE("what would break an address or a header is refused") {
    auto file = good();
    file["project_id"] = "p/../q";
    CHECK(problem(file) == "has no usable project_id");
    file = good();
    file["private_key_id"] = "k\r\nx: y";
    CHECK(problem(file) == "has no usable private_key_id");
    file = good();
    for (const char* uri : {"http://oauth2.googleapis.com/token", "https://", "https://host", "ftp://x/"}) {
        file["token_uri"] = uri;
        CHECK(problem(file) == "has no https token_uri");
    }
}

TEST_SUITE_END();
