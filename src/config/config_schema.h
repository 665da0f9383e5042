// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/access_schema.h"
#include "config/call_schema.h"
#include "config/config.h"
#include "config/media_schema.h"
#include "config/push_schema.h"
#include "config/registration_schema.h"
#include "config/service_schema.h"
#include "config/trunk_schema.h"

namespace wakeline::config {

/// The whole file.
template <>
struct Schema<Config> {
    using S = Config;
    static constexpr std::tuple fields{
        Field("node", &S::node, "How this machine calls itself in logs and status.").unset("the host name"),
        Field("domains", &S::domains, "The SIP domains of our users. Requests for others are refused."),
        Field("access", &S::access, "The side of the phones."),
        Field("certificates", &S::certificates,
              "Certificates, by a name of your choice. A reload reads the files again; connections stay.")
            .live(),
        Field("registration", &S::registration, "Who may register, and for how long."),
        Field("push", &S::push, "Waking phones for calls."),
        Field("media", &S::media,
              "Audio and video. A few UDP ports serve all calls: open them in the firewall."),
        Field("trunks", &S::trunks, "The PBX, by a name of your choice. This version has one."),
        Field("qos", &S::qos, "Marks for routers (DSCP)."),
        Field("dns", &S::dns, "How names are looked up."),
        Field("call", &S::call, "What calls go by."),
        Field("limits", &S::limits, "Where calls are refused rather than served badly."),
        Field("store", &S::store, "What must survive a restart."),
        Field("control", &S::control, "How wakelinectl and monitoring reach the daemon."),
        Field("log", &S::log, "What is logged, and where."),
    };
};

} // namespace wakeline::config
