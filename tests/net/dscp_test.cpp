// SPDX-License-Identifier: Apache-2.0
#include "net/dscp.h"

#include <doctest/doctest.h>

using namespace wakeline::net;

TEST_SUITE_BEGIN("net/dscp");

TEST_CASE("a mark is a number or a name: proves SBC-QOS-03") {
    CHECK(Dscp::parse("0") == Dscp{0});
    CHECK(Dscp::parse("63") == Dscp{63});
    CHECK(Dscp::parse("EF") == Dscp{46});
    CHECK(Dscp::parse("af41") == Dscp{34});
    CHECK(Dscp::parse("Cs5") == Dscp{40});
    CHECK(Dscp::parse("BE") == Dscp{0});
    for (const char* wrong : {"", "64", "-1", "EF ", "AF44", "CS8", "4 6", "0x2e", "46.0", "4294967342"})
        CHECK_MESSAGE(!Dscp::parse(wrong), wrong);
}

TEST_CASE("or the whole octet, as TOS: proves SBC-QOS-02") {
    CHECK(Dscp::parse("tos 184") == Dscp{46});
    CHECK(Dscp::parse("TOS 0") == Dscp{0});
    CHECK(Dscp::parse("tos 252") == Dscp{63});
    for (const char* wrong : {"tos", "tos ", "tos 185", "tos 256", "tos EF", "tos -4"})
        CHECK_MESSAGE(!Dscp::parse(wrong), wrong);
}

TEST_CASE("it is shown by its name, which reads back") {
    for (unsigned value = 0; value < 64; ++value)
        CHECK(Dscp::parse(Dscp{value}.str()) == Dscp{value});
    CHECK(Dscp{46}.str() == "EF");
    CHECK(Dscp{1}.str() == "1");
}

TEST_SUITE_END();
