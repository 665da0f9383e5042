// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/config.h"
#include "config/schema.h"

namespace wakeline::config {

template <>
struct Words<call::Redirects> {
    using enum call::Redirects;
    static constexpr std::array list{Word{"pass", Pass}, Word{"follow", Follow}};
};

template <>
struct Schema<call::CallRules> {
    using S = call::CallRules;
    static constexpr std::tuple fields{
        Field("session_timer", &S::session_timer,
              "How long a call may live without a sign of life of each side (Session-Expires, RFC 4028). A "
              "side that cannot refresh is asked by Wakeline, at half of this time. 0: only a side that asks "
              "for it has a timer.",
              kSessionTimer)
            .live(),
        Field("session_min", &S::session_min,
              "The shortest session timer that a side may ask for; less is answered 422.",
              between_ms<90'000, 86'400'000>)
            .live(),
        Field(
            "redirects", &S::redirects,
            "A phone or the PBX that answers a call with 3xx sends the caller elsewhere. pass: the caller is "
            "told. follow: Wakeline calls the new target itself, through the PBX.")
            .live(),
    };
};

} // namespace wakeline::config
