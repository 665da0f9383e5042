// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace wakeline::trunk {

/// What the PBX's certificate must be: anything, signed by whom we trust, and also for the name in the URI
/// (of before the SRV look-up, RFC 5922).
enum class Verify : std::uint8_t { None, Chain, Name };
/// What sends a request to the next address, and a call to the next trunk.
enum class FailoverOn : std::uint8_t { Timeout, Status500, Status503 };

/// How numbers are written towards the PBX.
enum class NumberSchema : std::uint8_t { Unchanged, E164, Internal };
enum class RuleDirection : std::uint8_t { ToPbx, FromPbx };
enum class RuleField : std::uint8_t { Called, Calling };

/// One entry of `trunks.*.numbers.rules`: has a prefix or a regular expression.
struct NumberRule {
    RuleDirection direction = RuleDirection::ToPbx;
    RuleField field = RuleField::Called;
    std::string prefix, regex, replace;
    bool operator==(const NumberRule&) const = default;
};

/// YAML block `trunks.*.numbers`.
struct NumberConfig {
    NumberSchema schema = NumberSchema::Unchanged;
    std::string country;              // digits of the country code: 49
    std::string location;             // +4989700: stands before our extensions
    std::string national = "0";       // dialled before a number of the own country
    std::string international = "00"; // before one of another
    std::vector<NumberRule> rules;    // after the schema, in this order
    bool operator==(const NumberConfig&) const = default;
};

/// YAML block `trunks.*.register`.
struct RegisterConfig {
    std::string user;          // empty: the trunk does not register
    std::string auth_user;     // empty: user
    std::string password_file; // its first line
    std::string domain;        // of the address of record; empty: the registrar's host
    std::string registrar;     // empty: the trunk's URI
    std::chrono::milliseconds expires = std::chrono::hours(1);
    std::chrono::milliseconds retry = std::chrono::seconds(30);      // after a failure; doubled each time
    std::chrono::milliseconds retry_most = std::chrono::minutes(10); // but not beyond this
    bool operator==(const RegisterConfig&) const = default;
};

/// YAML block `trunks.*.timers`.
struct TimerConfig {
    std::chrono::milliseconds call_response = std::chrono::seconds(6);     // of an INVITE, 100 included
    std::chrono::milliseconds request_response = std::chrono::seconds(10); // the final one of other requests
    std::chrono::milliseconds ringing{};                                   // 0: as long as the PBX likes
    std::chrono::milliseconds hold_down{}; // back for so long before it is preferred again
    bool operator==(const TimerConfig&) const = default;
};

struct TrunkConfig {
    std::string uri;                  // sip:10.0.0.5:5060;transport=udp
    std::string local;                // address:port of our side
    unsigned priority = 1;            // the lowest is used first
    unsigned weight = 1;              // share of the users among trunks of one priority
    std::vector<std::string> domains; // whose users it serves; empty: those that no other trunk claims
    std::string backup;               // the trunk that stands in for it
    std::vector<FailoverOn> failover_on{FailoverOn::Timeout, FailoverOn::Status500, FailoverOn::Status503};
    std::chrono::milliseconds options_interval = std::chrono::seconds(30); // 0: not watched
    std::chrono::milliseconds keepalive{};                                 // CRLF on connections; 0: none
    unsigned max_calls = 0;                                                // 0: no limit
    bool internet = false;   // its media take part in limits.upstream
    std::string ca;          // TLS: PEM file to trust; empty: the system's
    std::string certificate; // TLS: name in `certificates` that we show; empty: none
    Verify verify = Verify::Name;
    std::vector<std::string> accept_from;  // further sources of calls: addresses and networks
    std::vector<std::string> accept_names; // TLS: names in the certificates of sources
    TimerConfig timers;
    RegisterConfig registration;
    NumberConfig numbers;
    bool operator==(const TrunkConfig&) const = default;
};
using Trunks = std::map<std::string, TrunkConfig>;

} // namespace wakeline::trunk
