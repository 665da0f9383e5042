// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "admin/config.h"
#include "base/config.h"
#include "call/config.h"
#include "media/config.h"
#include "net/config.h"
#include "net/tls_context.h"
#include "push/config.h"
#include "registrar/config.h"
#include "sip/config.h"
#include "store/config.h"
#include "trunk/config.h"

namespace wakeline::config {

/// Section `push`: how long a call waits for its device, and who wakes it.
struct PushConfig : call::HoldConfig, push::Rules {
    push::Apps apps;
    bool operator==(const PushConfig&) const = default;
};

/// Section `access`: where phones connect, and what may pass to them.
struct AccessConfig : sip::AccessConfig, media::SidePolicy {
    media::SecurityTruth security_truth = media::SecurityTruth::Indicate;
    call::HeaderRules headers;
    bool operator==(const AccessConfig&) const = default;
};

/// One entry of `trunks`: a PBX, and what may pass to it.
struct TrunkConfig : trunk::TrunkConfig, media::SidePolicy {
    call::HeaderRules headers;
    call::AssertIdentity assert_identity = call::AssertIdentity::Asked;
    bool operator==(const TrunkConfig&) const = default;
};
using Trunks = std::map<std::string, TrunkConfig>;

/// The whole file, typed. Immutable once loaded; a reload makes a new one.
struct Config {
    std::string node; // empty: the host name
    std::vector<std::string> domains;
    AccessConfig access;
    net::TlsProfiles certificates;
    registrar::RegistrationConfig registration;
    PushConfig push;
    media::MediaConfig media;
    Trunks trunks;
    call::Routing routing = call::Routing::Pbx;
    call::RingPlanConfig ring_plan;
    net::QosConfig qos;
    net::DnsConfig dns;
    call::LimitsConfig limits;
    call::CallRules call;
    call::EmergencyConfig emergency;
    store::StoreConfig store;
    admin::ControlConfig control;
    LogConfig log;
    bool operator==(const Config&) const = default;
};

} // namespace wakeline::config
