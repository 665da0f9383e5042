// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/config.h"
#include "base/config.h"
#include "base/text.h"
#include "call/config.h"
#include "config/schema.h"
#include "net/config.h"
#include "store/config.h"

namespace wakeline::config {

template <>
struct Kind<net::Dscp> {
    static std::string wanted() {
        return "a DSCP from 0 to 63, a name such as EF, CS5 or AF41, or tos and the whole octet, such as tos "
               "184";
    }
    static std::optional<net::Dscp> parse(std::string_view text) { return net::Dscp::parse(text); }
    static std::string show(net::Dscp value) { return value.str(); }
};

template <>
struct Schema<net::QosConfig> {
    using S = net::QosConfig;
    static constexpr std::tuple fields{
        Field("sip_dscp", &S::sip_dscp, "How signalling is marked."),
        Field("rtp_dscp", &S::rtp_dscp, "How audio is marked."),
        Field("video_dscp", &S::video_dscp, "How video is marked."),
    };
};

template <>
struct Kind<call::Percent> {
    static std::string wanted() { return "a share from 1% to 100%"; }
    static std::optional<call::Percent> parse(std::string_view text) {
        if (!text.ends_with('%')) return std::nullopt;
        const auto value = parse_unsigned<unsigned>(text.substr(0, text.size() - 1));
        return value && *value >= 1 && *value <= 100 ? std::optional(call::Percent{*value}) : std::nullopt;
    }
    static std::string show(call::Percent value) { return std::to_string(value.value) + '%'; }
};

template <>
struct Schema<net::DnsConfig> {
    using S = net::DnsConfig;
    static constexpr std::tuple fields{
        Field("servers", &S::servers,
              "Addresses of DNS servers, such as 192.0.2.53 or 192.0.2.53:5353, asked in this order: two, so "
              "that one may fail. For trunks and push services alike.")
            .unset("those of /etc/resolv.conf"),
        Field("timeout", &S::timeout, "How long a server has for an answer before the next one is asked.",
              between_ms<100, 30'000>),
    };
};

template <>
struct Schema<call::LimitsConfig> {
    using S = call::LimitsConfig;
    static constexpr std::tuple fields{
        Field("calls", &S::calls, "Calls at a time; the next one is answered 503. 0: no limit.",
              between<0, 1'000'000>)
            .live(),
        Field("registrations", &S::registrations,
              "Numbers that may be registered at a time, each with as many devices as it likes; a phone of a "
              "further one is answered 503. 0: no limit, and nothing is counted.",
              between<0, 1'000'000>)
            .live(),
        Field("warn_at", &S::warn_at,
              "How much of a limit may be in use before a warning is logged and shown in status.")
            .live(),
        Field("statistics", &S::statistics,
              "Keep for 400 days how much of what is limited was in use: wakelinectl capacity shows it.")
            .live(),
        Field("calls_per_second", &S::calls_per_second,
              "New calls in a second; the next one is answered 503. 0: no limit.", between<0, 100'000>)
            .live(),
        Field("held_calls", &S::held_calls, "Calls that wait for a sleeping phone at a time.",
              between<1, 1'000'000>)
            .live(),
        Field("upstream", &S::upstream,
              "kbit/s that calls may take of the line to the internet, all together: 83.2 for a leg with "
              "G.711, else what its codec needs. The next call is answered 503. 0: no limit.",
              between<0, 100'000'000>)
            .live(),
        Field("upstream_phones", &S::upstream_phones,
              "The legs to phones cross that line; those to trunks do where internet is set there.")
            .live(),
    };
};

template <>
struct Words<call::EmergencyPolicy> {
    using enum call::EmergencyPolicy;
    static constexpr std::array list{Word{"pass", Pass}, Word{"refuse", Refuse}};
};

template <>
struct Schema<call::EmergencyConfig> {
    using S = call::EmergencyConfig;
    static constexpr std::tuple fields{
        Field(
            "numbers", &S::numbers,
            "Emergency numbers as phones dial them. No limit of calls, lines or bandwidth refuses them, and "
            "each such call is logged."),
        Field("policy", &S::policy,
              "pass: the PBX gets the call. refuse: it is answered 403 with the hint below, because the PBX "
              "may "
              "reach the wrong centre."),
        Field("hint", &S::hint, "What a refused phone is told, in the answer's reason and Warning."),
    };
};

template <>
struct Words<store::StoreType> {
    static constexpr std::array list{Word{"sqlite", store::StoreType::Sqlite}};
};

template <>
struct Schema<store::StoreConfig> {
    using S = store::StoreConfig;
    static constexpr std::tuple fields{
        Field("type", &S::type, "Where registrations and call records are kept: an SQLite file."),
        Field("path", &S::path, "The file. Its directory must be writable for the user wakeline.",
              kAbsolutePath),
    };
};

template <>
struct Schema<admin::ControlConfig> {
    using S = admin::ControlConfig;
    static constexpr std::tuple fields{
        Field("socket", &S::socket,
              "The UNIX socket that wakelinectl talks to. Members of its group may use it (mode 0660).",
              kSocketPath),
        Field("http", &S::http,
              "The status page, the API (/api/v1) and metrics over HTTP, for this machine alone. Without a "
              "token "
              "they tell how Wakeline is, and nothing of who calls whom. off: not served.",
              kLoopback),
        Field("token_file", &S::token_file,
              "A file whose first line, of 16 characters or more, is the token for all the rest over HTTP: "
              "calls, "
              "registrations, and orders. Readable for the user wakeline alone.",
              kAbsolutePath)
            .unset("none: HTTP only tells how Wakeline is"),
    };
};

template <>
struct Words<LogLevel> {
    using enum LogLevel;
    static constexpr std::array list{Word{"off", Off}, Word{"min", Min}, Word{"med", Med}, Word{"max", Max}};
};
template <>
struct Words<LogTarget> {
    using enum LogTarget;
    static constexpr std::array list{Word{"journal", Journal}, Word{"stderr", Stderr}, Word{"file", File}};
};

template <>
struct Schema<LogConfig> {
    using S = LogConfig;
    static constexpr std::tuple fields{
        Field("level", &S::level,
              "off: nothing. min: errors and warnings. med: events too, such as connections and calls. max: "
              "everything; slows a busy service down, for use when support asks for it.")
            .live(),
        Field("target", &S::target,
              "journal: standard error with the priorities that journald reads. stderr: standard error with "
              "the time. file: the file below."),
        Field("file", &S::file,
              "The log file of target file. A reload opens it anew, so that logrotate(8) can move it.",
              kAbsolutePath),
        Field(
            "rotate", &S::rotate,
            "true: the log file is moved away when it has 1 MB, and four earlier ones are kept beside it as "
            "FILE.1 to FILE.4, the oldest last. false: logrotate(8) does it, or nobody."),
    };
};

} // namespace wakeline::config
