// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/schema.h"
#include "trunk/config.h"

namespace wakeline::config {

template <>
struct Words<trunk::Verify> {
    using enum trunk::Verify;
    static constexpr std::array list{Word{"name", Name}, Word{"chain", Chain}, Word{"none", None}};
};

template <>
struct Words<trunk::FailoverOn> {
    using enum trunk::FailoverOn;
    static constexpr std::array list{Word{"timeout", Timeout}, Word{"503", Status503},
                                     Word{"500", Status500}};
};

template <>
struct Words<trunk::NumberSchema> {
    using enum trunk::NumberSchema;
    static constexpr std::array list{Word{"unchanged", Unchanged}, Word{"e164", E164},
                                     Word{"internal", Internal}};
};

template <>
struct Words<trunk::RuleDirection> {
    using enum trunk::RuleDirection;
    static constexpr std::array list{Word{"to_pbx", ToPbx}, Word{"from_pbx", FromPbx}};
};

template <>
struct Words<trunk::RuleField> {
    using enum trunk::RuleField;
    static constexpr std::array list{Word{"called", Called}, Word{"calling", Calling}};
};

template <>
struct Schema<trunk::NumberRule> {
    using S = trunk::NumberRule;
    static constexpr std::string_view sample =
        "{direction: to_pbx, field: called, prefix: \"0\", replace: \"90\"}\n"
        "{direction: from_pbx, field: called, regex: \"^\\\\+4989700([0-9]+)$\", replace: \"\\\\1\"}\n";
    static constexpr std::tuple fields{
        Field("direction", &S::direction, "Calls to the PBX, or from it."),
        Field("field", &S::field, "The number that is called, or the one that calls."),
        Field("prefix", &S::prefix, "What the number begins with.").unset("none; a rule has this or regex"),
        Field(
            "regex", &S::regex,
            "A regular expression (RE2's syntax) whose first match in the number is replaced; ^ and $ tie it "
            "to the ends.")
            .unset("none; a rule has this or prefix"),
        Field("replace", &S::replace, "What stands there then; \\1 is the first group of regex.")
            .unset("nothing: it is taken away"),
    };
};

inline constexpr Rule<std::string> kDigitsOrNone{
    [] { return std::string("digits"); },
    [](const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }};

template <>
struct Schema<trunk::NumberConfig> {
    using S = trunk::NumberConfig;
    static constexpr std::tuple fields{
        Field("schema", &S::schema,
              "unchanged: as the phone dials. e164: +4989123 for a number dialled as 0089123 or 089123; an "
              "extension that is called stays, one that calls gets location in front, and a number from the "
              "PBX that begins with location is the extension behind it. internal: extensions and dialled "
              "numbers instead of +."),
        Field("country", &S::country, "The country code of this place, such as 49.", kDigitsOrNone)
            .unset("none; e164 needs it"),
        Field("location", &S::location,
              "The E.164 number before our extensions, such as +4989700. It may be of another country.")
            .unset("none: extensions stay"),
        Field("national", &S::national, "Dialled before a number of the own country."),
        Field("international", &S::international, "Dialled before a number of another country."),
        Field(
            "rules", &S::rules,
            "Then these, each on what the one before left. Where the PBX challenges calls, a changed number "
            "may break the phone's answer."),
    };
};

template <>
struct Schema<trunk::RegisterConfig> {
    using S = trunk::RegisterConfig;
    static constexpr std::tuple fields{
        Field("user", &S::user, "The user of our own registration at the PBX or provider.")
            .unset("none: the trunk does not register"),
        Field("auth_user", &S::auth_user, "The name in the digest, where it is another one.").unset("user"),
        Field("password_file", &S::password_file,
              "A file whose first line is the password. It also answers the PBX's challenges to calls and "
              "other "
              "requests.",
              kAbsolutePath)
            .unset("none; register needs it"),
        Field("domain", &S::domain, "The domain of the address of record.").unset("the registrar's host"),
        Field("registrar", &S::registrar, "Where the REGISTER goes: sip:HOST:PORT;transport=udp, tcp or tls.")
            .unset("uri"),
        Field("expires", &S::expires,
              "What is asked for. Refreshed when four fifths are over. Whole seconds.",
              between_ms<60'000, 604'800'000>),
        Field("retry", &S::retry, "How long after a failure the next attempt waits; doubled each time.",
              between_ms<1'000, 3'600'000>),
        Field("retry_most", &S::retry_most, "The longest wait.", between_ms<1'000, 86'400'000>),
    };
};

template <>
struct Schema<trunk::TimerConfig> {
    using S = trunk::TimerConfig;
    static constexpr std::tuple fields{
        Field("call_response", &S::call_response,
              "How long an INVITE waits for any answer, 100 included, before the next address and then the "
              "next trunk is tried.",
              between_ms<500, 32'000>),
        Field("request_response", &S::request_response,
              "How long another request waits for its final answer, OPTIONS included.",
              between_ms<500, 32'000>),
        Field("ringing", &S::ringing,
              "How long a phone's call may ring at the PBX; 0: as long as the PBX likes.",
              between_ms<0, 600'000>),
        Field("hold_down", &S::hold_down,
              "How long a PBX must be back before it is preferred again to the trunk that stood in for it.",
              between_ms<0, 86'400'000>),
    };
};

template <>
struct Schema<trunk::TrunkConfig> {
    using S = trunk::TrunkConfig;
    static constexpr std::string_view sample =
        "pbx: {uri: \"sip:10.0.0.5:5060;transport=udp\", local: \"10.0.0.4:5080\", backup: pbx2}\n"
        "pbx2: {uri: \"sip:pbx2.example.com;transport=tls\", local: \"10.0.0.4:5081\"}\n";
    static constexpr std::tuple fields{
        Field("uri", &S::uri,
              "Where the PBX is: sip:HOST:PORT;transport=udp, tcp or tls. A host name is looked up as RFC "
              "3263 says (NAPTR, SRV, A, AAAA).")
            .required(),
        Field("local", &S::local,
              "Our address and port towards the PBX. Only PBXs may call in here. Trunks may share it.",
              kIpAndPort)
            .required(),
        Field("priority", &S::priority, "Trunks with the lowest number are used first.", between<0, 65'535>),
        Field("weight", &S::weight,
              "Among trunks of one priority: how many users it serves, compared to the others. A user stays "
              "with his trunk as long as that is up.",
              between<0, 65'535>),
        Field("domains", &S::domains, "Of the domains: whose users it serves.")
            .unset("those of users that no other trunk claims"),
        Field("backup", &S::backup,
              "The trunk that takes the calls and registrations of this one while it is down. It takes no "
              "others.")
            .unset("none"),
        Field(
            "failover_on", &S::failover_on,
            "What sends a request to the next address of the PBX, and a phone's call, registration or other "
            "request to the next trunk: no answer (always), and the answers 500 and 503."),
        Field("options_interval", &S::options_interval,
              "How often the PBX is asked whether it is there; 0: never, it counts as up.",
              between_ms<0, 3'600'000>),
        Field("keepalive", &S::keepalive,
              "TCP and TLS: how often a CRLF keeps the connection alive for routers on the way; 0: never.",
              between_ms<0, 3'600'000>),
        Field("max_calls", &S::max_calls,
              "Calls with this PBX at a time. The next one of a phone goes to the next trunk, or is answered "
              "503, all lines busy. 0: no limit.",
              between<0, 1'000'000>),
        Field("internet", &S::internet,
              "Its media cross the connection to the internet: see limits.upstream."),
        Field("ca", &S::ca, "PEM file, transport tls: who may have signed the PBX's certificate.",
              kAbsolutePath)
            .unset("the system's certificate authorities"),
        Field("certificate", &S::certificate,
              "Transport tls: a name in certificates, the one we show to the PBX.")
            .unset("none is shown"),
        Field("verify", &S::verify,
              "Transport tls, what the PBX's certificate must be. name: signed, and for the host of uri (RFC "
              "5922). chain: signed. none: anything, which protects against nobody."),
        Field(
            "accept_from", &S::accept_from,
            "Addresses and networks, such as 192.0.2.0/24, from which the PBX may call beside those of uri.")
            .unset("none"),
        Field("accept_names", &S::accept_names,
              "Transport tls: who shows a certificate for one of these names may call too, from anywhere. "
              "certificate must name a profile with client_ca and verify.")
            .unset("none"),
        Field("timers", &S::timers, "How long we wait."),
        Field("register", &S::registration, "Our own registration, where the other side wants one."),
        Field("numbers", &S::numbers,
              "How numbers are written there; wakelinectl number test shows what becomes of one."),
    };
};

} // namespace wakeline::config
