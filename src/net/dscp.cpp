// SPDX-License-Identifier: Apache-2.0
#include "net/dscp.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wakeline::net {

namespace {

constexpr unsigned kEcnBits = 2, kMost = 63;

struct Name {
    std::string_view name;
    unsigned value;
};
constexpr std::array kNames{Name{"BE", 0},    Name{"CS1", 8},  Name{"AF11", 10}, Name{"AF12", 12},
                            Name{"AF13", 14}, Name{"CS2", 16}, Name{"AF21", 18}, Name{"AF22", 20},
                            Name{"AF23", 22}, Name{"CS3", 24}, Name{"AF31", 26}, Name{"AF32", 28},
                            Name{"AF33", 30}, Name{"CS4", 32}, Name{"AF41", 34}, Name{"AF42", 36},
                            Name{"AF43", 38}, Name{"CS5", 40}, Name{"EF", 46},   Name{"CS6", 48},
                            Name{"CS7", 56}};

std::optional<Dscp> from_octet(std::string_view text) {
    const auto octet = parse_unsigned<unsigned>(trim(text));
    if (!octet || *octet % (1U << kEcnBits) != 0 || *octet >> kEcnBits > kMost) return std::nullopt;
    return Dscp{*octet >> kEcnBits};
}

} // namespace

std::optional<Dscp> Dscp::parse(std::string_view text) {
    if (istarts_with(text, "tos ")) return from_octet(text.substr(4));
    for (const Name& known : kNames)
        if (iequals(known.name, text)) return Dscp{known.value};
    const auto number = parse_unsigned<unsigned>(text);
    return number && *number <= kMost ? std::optional(Dscp{*number}) : std::nullopt;
}

std::string Dscp::str() const {
    const auto known = std::ranges::find(kNames, value, &Name::value);
    return known == kNames.end() ? std::to_string(value) : std::string(known->name);
}

} // namespace wakeline::net
