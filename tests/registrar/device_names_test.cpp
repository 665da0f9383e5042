// SPDX-License-Identifier: Apache-2.0
#include "registrar/device_names.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "fakes/fake_locator.h"

using namespace wakeline;
using registrar::Binding;
using registrar::BindingTable;
using registrar::DeviceNames;
using registrar::SealedNames;

namespace {

constexpr const char* kAlice = "sip:alice@example.com";
const Secret kKey("00112233445566778899aabbccddeeff"), kOther("ffeeddccbbaa99887766554433221100");

struct Fixture {
    Fixture() {
        for (registrar::BindingId id = 1; id <= 3; ++id) {
            auto binding = test::FakeLocator::sleeping(id, kAlice);
            binding.call_id = "call-" + std::to_string(id);
            table.put(binding, {});
        }
    }
    std::string by_gruu(const std::string& uri) const {
        const auto found = names.by_gruu(*sip::Uri::parse(uri), kAlice, table);
        if (!found) return "no GRUU";
        std::string ids;
        for (const Binding& binding : *found)
            ids += std::to_string(binding.id) + " ";
        return ids;
    }

    BindingTable table;
    DeviceNames names{kKey};
};

} // namespace

TEST_SUITE_BEGIN("registrar/device_names");

TEST_CASE("a sealed name opens to what was sealed, for its kind and key alone") {
    using Kind = SealedNames::Kind;
    const SealedNames names(kKey);
    const auto name = names.seal(Kind::Purr, 0x1f'ffff'ffff'ffff, 77);
    CHECK(name.size() == 32);
    REQUIRE(names.open(Kind::Purr, name));
    CHECK(names.open(Kind::Purr, name)->id == 0x1f'ffff'ffff'ffff);
    CHECK(names.open(Kind::Purr, name)->stamp == 77);
    CHECK_FALSE(names.open(Kind::TemporaryGruu, name));
    CHECK_FALSE(SealedNames(kOther).open(Kind::Purr, name));
    for (const char* wrong : {"", "xyz", "00", "00112233445566778899aabbccddeeff"})
        CHECK_FALSE(names.open(Kind::Purr, wrong));
}

TEST_CASE_FIXTURE(Fixture, "a public GRUU is the device's own name, whatever stands before the equals sign") {
    const auto second = *table.find(2);
    CHECK(DeviceNames::public_gruu(second) ==
          "sip:alice@example.com;gr=urn:uuid:00000000-0000-4000-8000-100000000002");
    CHECK(by_gruu(DeviceNames::public_gruu(second)) == "2 ");
    CHECK(by_gruu("sip:alice@example.com;gr=urn%3Auuid%3A00000000-0000-4000-8000-100000000003") == "3 ");
    CHECK(by_gruu("sip:alice@example.com;gr=urn:uuid:none") == "");
    CHECK(by_gruu(kAlice) == "no GRUU");
}

TEST_CASE_FIXTURE(Fixture, "a name with odd characters makes a GRUU that is still a URI") {
    auto odd = test::FakeLocator::sleeping(9, "sip:a b;c+1@example.com");
    odd.instance_id = "urn:x:\";<>";
    const auto gruu = sip::Uri::parse(DeviceNames::public_gruu(odd));
    REQUIRE(gruu);
    CHECK(gruu->decoded_user() == "a b;c+1");
    CHECK(std::ranges::count(gruu->params.str(), ';') == 1);
}

TEST_CASE_FIXTURE(Fixture, "temporary GRUUs tell nothing, all lead to the device, and end with its Call-ID") {
    const auto first = names.temporary_gruu(*table.find(1)), next = names.temporary_gruu(*table.find(1));
    CHECK(first != next);
    CHECK(first.find("alice") == std::string::npos);
    CHECK(by_gruu(first) == "1 ");
    CHECK(by_gruu(next) == "1 ");
    auto restarted = *table.find(1);
    restarted.call_id = "after a restart";
    table.put(restarted, {});
    CHECK(by_gruu(first) == "");
    CHECK(by_gruu("sip:tgruu.00112233445566778899aabbccddeeff@example.com;gr") == "");
    CHECK(by_gruu("sip:alice@example.com;gr") == "no GRUU");
}

TEST_CASE_FIXTURE(Fixture, "a PURR stays while the push data do, also over a restart") { // scenario 39
    auto device = *table.find(1);
    const auto purr = names.purr(device);
    CHECK(purr == DeviceNames(kKey).purr(device));
    CHECK(purr.find(device.push.prid.reveal()) == std::string::npos);
    REQUIRE(names.by_purr(purr, table));
    CHECK(names.by_purr(purr, table)->id == 1);
    device.push.prid = Secret("renewed");
    table.put(device, {});
    CHECK_FALSE(names.by_purr(purr, table));
    CHECK(names.purr(device) != purr);
    CHECK_FALSE(names.by_purr("", table));
}

TEST_SUITE_END();
