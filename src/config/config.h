// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// The whole file, typed. Immutable once loaded; a reload makes a new one.
struct Config {
    std::string node; // empty: the host name
    std::vector<std::string> domains;
    sip::AccessConfig access;
    net::TlsProfiles certificates;
    registrar::RegistrationConfig registration;
    PushConfig push;
    media::MediaConfig media;
    trunk::Trunks trunks;
    net::QosConfig qos;
    net::DnsConfig dns;
    call::LimitsConfig limits;
    call::CallRules call;
    store::StoreConfig store;
    admin::ControlConfig control;
    LogConfig log;
    bool operator==(const Config&) const = default;
};

} // namespace wakeline::config
