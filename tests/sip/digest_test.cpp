// SPDX-License-Identifier: Apache-2.0
#include "sip/digest.h"

#include <doctest/doctest.h>

#include "sip/auth_header.h"

using namespace wakeline;
using namespace wakeline::sip;
using digest::Algorithm;

TEST_SUITE_BEGIN("sip/digest");

TEST_CASE("the example of RFC 2617 section 3.5") {
    const Secret ha1 = digest::ha1(Algorithm::Md5, "Mufasa", "testrealm@host.com", Secret("Circle Of Life"));
    CHECK(ha1.reveal() == "939e7578ed9e3c518a452acee763bce9");
    digest::Input input{.method = "GET",
                        .uri = "/dir/index.html",
                        .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                        .nc = "00000001",
                        .cnonce = "0a4f113b",
                        .qop = "auth"};
    CHECK(digest::response(input, ha1) == "6629fae49393a05397450978507c4ef1");
    input.qop = {}; // RFC 2069
    CHECK(digest::response(input, ha1) == "670fd8c2df070c60b045671b8b24ff02");
}

TEST_CASE("the examples of RFC 7616 section 3.9.1, MD5 and SHA-256") {
    digest::Input input{.method = "GET",
                        .uri = "/dir/index.html",
                        .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                        .nc = "00000001",
                        .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                        .qop = "auth"};
    const auto response = [&](Algorithm algorithm) {
        input.algorithm = algorithm;
        return digest::response(
            input, digest::ha1(algorithm, "Mufasa", "http-auth@example.org", Secret("Circle of Life")));
    };
    CHECK(response(Algorithm::Md5) == "8ca523f5e9506fed4657c9700eebdbec");
    CHECK(response(Algorithm::Sha256) == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("a session's A1 has the nonce and cnonce in it") {
    const Secret ha1 = digest::ha1(Algorithm::Md5Sess, "u", "r", Secret("p"));
    const digest::Input session{.algorithm = Algorithm::Md5Sess,
                                .method = "M",
                                .uri = "sip:x",
                                .nonce = "n",
                                .nc = "00000001",
                                .cnonce = "c",
                                .qop = "auth"};
    digest::Input plain = session;
    plain.algorithm = Algorithm::Md5;
    const Secret a1(digest::hash(Algorithm::Md5, ha1.reveal() + ":n:c"));
    CHECK(digest::response(session, ha1) == digest::response(plain, a1));
}

TEST_CASE("algorithms have the names of RFC 7616") {
    CHECK(digest::algorithm_named("md5") == Algorithm::Md5);
    CHECK(digest::algorithm_named("SHA-256-SESS") == Algorithm::Sha256Sess);
    CHECK_FALSE(digest::algorithm_named("SHA-512-256"));
    CHECK(digest::name(Algorithm::Sha256) == "SHA-256");
}

TEST_CASE("comparison needs equal length and equal octets") {
    CHECK(digest::equal("abc", "abc"));
    CHECK_FALSE(digest::equal("abc", "abd"));
    CHECK_FALSE(digest::equal("abc", "ab"));
    CHECK(digest::equal("", ""));
}

TEST_CASE("an authentication header is read with its quotes, commas and escapes") {
    const auto header =
        AuthHeader::parse(R"(Digest realm="a, \"b\"", NONCE = abc==,qop="auth,auth-int", stale=TRUE)");
    REQUIRE(header);
    CHECK(header->is_digest());
    CHECK(header->get("Realm") == R"(a, "b")");
    CHECK(header->get("nonce") == "abc==");
    CHECK(header->says("stale", "true"));
    CHECK_FALSE(header->get("opaque"));
    const auto info = AuthHeader::parse_info("rspauth=\"x\", nc=00000001");
    REQUIRE(info);
    CHECK(info->get("rspauth") == "x");
}

TEST_CASE("authentication headers that can be read in two ways are refused") {
    for (const char* text :
         {"", "Digest", "Digest realm", "Digest realm=\"a", "Digest a=1, a=2", "Digest a=1, A=2", "Digest =1",
          "Di\"gest a=1", "Digest a=b c", "Digest a=\"b\"c"})
        CHECK_FALSE_MESSAGE(AuthHeader::parse(text), text);
    std::string many = "Digest x=1";
    for (int i = 0; i < 40; ++i)
        many += ", p" + std::to_string(i) + "=1";
    CHECK_FALSE(AuthHeader::parse(many));
}

TEST_SUITE_END();
