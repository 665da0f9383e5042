// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/schema.h"
#include "trunk/config.h"

namespace wakeline::config {

template <>
struct Schema<trunk::TrunkConfig> {
    using S = trunk::TrunkConfig;
    static constexpr std::string_view sample =
        "pbx: {uri: \"sip:10.0.0.5:5060;transport=udp\", local: \"10.0.0.4:5080\"}\n";
    static constexpr std::tuple fields{
        Field("uri", &S::uri,
              "Where the PBX is: sip:HOST:PORT;transport=udp, tcp or tls. A host name is looked up as RFC "
              "3263 says (NAPTR, SRV, A, AAAA).")
            .required(),
        Field("local", &S::local, "Our address and port towards the PBX. Only the PBX may call in here.",
              kIpAndPort)
            .required(),
        Field("options_interval", &S::options_interval,
              "How often the PBX is asked whether it is there; 0: never, it counts as up.",
              between_ms<0, 3'600'000>),
        Field("max_calls", &S::max_calls,
              "Calls with this PBX at a time; the next one is answered 503. 0: no limit.",
              between<0, 1'000'000>),
        Field("ca", &S::ca, "PEM file, transport tls: who may have signed the PBX's certificate.",
              kAbsolutePath)
            .unset("the system's certificate authorities"),
        Field("certificate", &S::certificate,
              "Transport tls: a name in certificates, the one we show to the PBX.")
            .unset("none is shown"),
    };
};

} // namespace wakeline::config
