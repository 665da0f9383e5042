// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/access_schema.h"
#include "config/call_schema.h"
#include "config/config.h"
#include "config/media_schema.h"
#include "config/policy_schema.h"
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
        Field("trunks", &S::trunks, "The PBXs, by names of your choice."),
        Field("routing", &S::routing,
              "Who hunts a user who is called: pbx, its own rules do, and the phone's prompt answers serve "
              "them. ring_plan, Wakeline does, as below.")
            .live(),
        Field(
            "ring_plan", &S::ring_plan,
            "routing: ring_plan. A call rings the user's mobile devices, then the desk phone, the cell phone "
            "and voicemail, which are reached through the PBX; who cannot be reached is passed over, and a "
            "user whose mobile devices cannot be reached is called at the desk first. The numbers stand in "
            "the users file, as do times of a user's own; see RING PLAN.")
            .live(),
        Field("qos", &S::qos, "Marks for routers (DSCP)."),
        Field("dns", &S::dns, "How names are looked up."),
        Field("call", &S::call, "What calls go by."),
        Field("limits", &S::limits, "Where calls are refused rather than served badly."),
        Field("emergency", &S::emergency, "Calls of phones to emergency numbers."),
        Field("store", &S::store, "What must survive a restart."),
        Field("control", &S::control, "How wakelinectl and monitoring reach the daemon."),
        Field("log", &S::log, "What is logged, and where."),
    };
};

} // namespace wakeline::config
