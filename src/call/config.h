// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace wakeline::call {

/// What the caller hears while a phone is being woken.
enum class HoldAnswer : std::uint8_t { Ringing, Progress, None };
/// Whose refusal ends a call for the user's other devices too.
enum class Declines : std::uint8_t { ByAnswer, All, One };
/// What a phone meets that comes when its call is over.
enum class LateAnswer : std::uint8_t { ByProvider, Tell, Silent };

/// How long the PBX itself waits, as its administrator says; 0: not known. Only the configuration's check
/// looks at these.
struct PbxTimers {
    std::chrono::milliseconds ring{}, no_reply{}, recall{};
    std::chrono::milliseconds not_reachable = std::chrono::seconds(6);
    std::vector<std::chrono::milliseconds> ring_plan = {};
    bool operator==(const PbxTimers&) const = default;
};

/// Waking a phone for a call; YAML section `push` but for `apps`.
struct HoldConfig {
    std::chrono::milliseconds hold = std::chrono::seconds(15);
    HoldAnswer send_ringing = HoldAnswer::Ringing;
    std::chrono::milliseconds probe = std::chrono::milliseconds(1'500); // silent live flow: push as well
    std::chrono::milliseconds no_response = std::chrono::seconds(6); // after the INVITE went to a woken phone
    std::chrono::milliseconds no_ringing = std::chrono::seconds(10); // after its 100
    Declines declines = Declines::ByAnswer;
    LateAnswer late_wakers = LateAnswer::ByProvider;
    PbxTimers pbx_timers = {};
    bool operator==(const HoldConfig&) const = default;
};

/// What becomes of a 3xx with which the called side sends the caller elsewhere.
enum class Redirects : std::uint8_t { Pass, Follow };

/// What calls go by once they are answered, or sent elsewhere; YAML section `call`.
struct CallRules {
    std::chrono::milliseconds session_timer = std::chrono::minutes(30); // 0: asked of nobody
    std::chrono::milliseconds session_min = std::chrono::seconds(90);
    Redirects redirects = Redirects::Pass;

    std::chrono::seconds least_session() const {
        return std::chrono::duration_cast<std::chrono::seconds>(session_min);
    }
    std::chrono::seconds wished_session() const {
        return std::chrono::duration_cast<std::chrono::seconds>(session_timer);
    }
    bool operator==(const CallRules&) const = default;
};

/// "95%"
struct Percent {
    unsigned value = 0;
    bool operator==(const Percent&) const = default;
};

/// YAML section `limits`.
struct LimitsConfig {
    unsigned calls = 0;         // 0: no limit
    unsigned registrations = 0; // numbers, however many devices each has; 0: no limit
    Percent warn_at{95};
    bool statistics = true; // of what is limited, for 400 days
    unsigned held_calls = 10'000;
    std::size_t held_octets = 64U << 20U; // of what they keep of their INVITEs, all together; no setting
    unsigned calls_per_second = 0;        // 0: no limit
    unsigned upstream = 0;                // kbit/s of the line to the internet; 0: no limit
    bool upstream_phones = true;          // phones are beyond that line
    bool operator==(const LimitsConfig&) const = default;
};

/// Header fields beyond call/header_table.h, towards the phones or one PBX. YAML `headers`.
struct HeaderRules {
    std::vector<std::string> pass = {}, remove = {};
    bool operator==(const HeaderRules&) const = default;
};

/// When the PBX is told who the phone is, in P-Asserted-Identity: when the phone asks for it, with each
/// request, or never.
enum class AssertIdentity : std::uint8_t { Asked, Always, Never };

/// Who hunts a called user (SBC-RING-01).
enum class Routing : std::uint8_t { Pbx, RingPlan };
/// Whether the cell phone is part of every hunt, or only when no other phone of the user can be reached.
enum class CellWhen : std::uint8_t { Always, Unreachable };
enum class RingOrder : std::uint8_t { AsConfigured, Serial, Simultaneous };

/// How long each stage of a hunt rings; 0: as the section `ring_plan` says.
struct RingTimes {
    std::chrono::milliseconds mobile{}, desk{}, cell{};
    RingOrder order = RingOrder::AsConfigured;
    bool operator==(const RingTimes&) const = default;
};

/// YAML section `ring_plan`.
struct RingPlanConfig {
    std::chrono::milliseconds mobile = std::chrono::seconds(15);
    std::chrono::milliseconds desk = std::chrono::seconds(10);
    std::chrono::milliseconds cell = std::chrono::seconds(15);
    RingOrder order = RingOrder::Serial;
    CellWhen cell_when = CellWhen::Always;
    std::string voicemail = {}; // a number at the PBX; empty: none
    bool operator==(const RingPlanConfig&) const = default;
};

/// What the users file says of a user beyond the password.
struct Subscriber {
    std::string number = {}; // everybody sees this, and not the name that the phone registers with
    std::string desk = {}, cell = {}, voicemail = {};
    bool use_cell = false; // the user agrees to be called there
    RingTimes ring = {};
    bool operator==(const Subscriber&) const = default;
};

/// What becomes of a phone's call to an emergency number.
enum class EmergencyPolicy : std::uint8_t { Pass, Refuse };

/// YAML section `emergency`.
struct EmergencyConfig {
    std::vector<std::string> numbers{"112", "110", "911"};
    EmergencyPolicy policy = EmergencyPolicy::Pass;
    std::string hint = "Use the cell phone for emergency calls";
    bool operator==(const EmergencyConfig&) const = default;
};

/// What one shard's calls go by. `hold`, `limits` and `rules` may change while it runs.
struct CallConfig {
    std::vector<std::string> domains = {}; // as in the configuration; the first stands for hidden addresses
    std::vector<std::string> own_addresses =
        {}; // hosts by which phones and the PBX may call us, without ports
    HoldConfig hold = {};
    LimitsConfig limits = {};
    EmergencyConfig emergency = {};
    bool digest_end_to_end = true; // the PBX challenges phones; false: we do, and credentials stay here
    CallRules rules = {};
    HeaderRules to_phones = {};
    std::map<std::string, HeaderRules> to_trunks = {}; // by trunk
    std::map<std::string, AssertIdentity> assert_identity = {};
    bool indicate_security = true; // access.security_truth
    Routing routing = Routing::Pbx;
    RingPlanConfig ring_plan = {};
    bool operator==(const CallConfig&) const = default;
};

} // namespace wakeline::call
