// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/config.h"
#include "base/config.h"
#include "call/config.h"
#include "config/schema.h"
#include "net/config.h"
#include "store/config.h"

namespace wakeline::config {

template <>
struct Schema<net::QosConfig> {
    using S = net::QosConfig;
    static constexpr std::tuple fields{
        Field("sip_dscp", &S::sip_dscp, "DSCP of signalling.", between<0, 63>),
        Field("rtp_dscp", &S::rtp_dscp, "DSCP of media.", between<0, 63>),
    };
};

template <>
struct Schema<call::LimitsConfig> {
    using S = call::LimitsConfig;
    static constexpr std::tuple fields{
        Field("calls", &S::calls, "Calls at a time; the next one is answered 503. 0: no limit.",
              between<0, 1'000'000>)
            .live(),
        Field("held_calls", &S::held_calls, "Calls that wait for a sleeping phone at a time.",
              between<1, 1'000'000>)
            .live(),
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
              "Status and metrics over HTTP for this machine alone: /v1/status, /metrics. off: not served.",
              kLoopback),
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
    };
};

} // namespace wakeline::config
