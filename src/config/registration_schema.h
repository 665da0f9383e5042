// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/schema.h"
#include "registrar/config.h"

namespace wakeline::config {

template <>
struct Words<registrar::Mode> {
    using enum registrar::Mode;
    static constexpr std::array list{Word{"forward", Forward}, Word{"local", Local}};
};

template <>
struct Schema<registrar::RegistrationConfig> {
    using S = registrar::RegistrationConfig;
    static constexpr std::tuple fields{
        Field("mode", &S::mode,
              "forward: the PBX challenges phones and grants registrations. local: Wakeline does, from the "
              "users file."),
        Field("users", &S::users,
              "The users of mode local, a YAML file readable for the user wakeline alone; see USERS FILE.",
              kAbsolutePath)
            .unset("none; mode local needs it")
            .live(),
        Field("min_expiry", &S::min_expiry,
              "A phone that asks for less is answered 423 with this value. Whole seconds.",
              between_ms<1'000, 86'400'000>)
            .live(),
        Field("max_expiry", &S::max_expiry,
              "The longest registration granted. A sleeping phone cannot refresh: keep it in days. Whole "
              "seconds.",
              between_ms<60'000, 864'000'000>)
            .live(),
        Field("max_devices", &S::max_devices,
              "Devices of one user. One more, and the one that registered longest ago goes.", between<1, 100>)
            .live(),
        Field("keep_token", &S::keep_token,
              "How long a phone can still be woken after its registration ended.",
              between_ms<0, 31'536'000'000>)
            .live(),
    };
};

} // namespace wakeline::config
