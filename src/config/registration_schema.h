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
struct Words<registrar::WhenFull> {
    using enum registrar::WhenFull;
    static constexpr std::array list{Word{"replace", Replace}, Word{"refuse", Refuse}};
};

template <>
struct Schema<registrar::RegistrationConfig> {
    using S = registrar::RegistrationConfig;
    static constexpr std::tuple fields{
        Field("mode", &S::mode,
              "forward: the PBX challenges phones and grants registrations. local: Wakeline does, from the "
              "users file."),
        Field("users", &S::users,
              "The users of mode local, a YAML file readable for the user wakeline alone; see USERS FILE. In "
              "mode forward, users whose registrations Wakeline itself refreshes at the PBX while their "
              "phones sleep: such a phone is granted what it asks for, up to max_expiry, whatever the PBX "
              "grants.",
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
              "Devices of one user. 1: a number is registered once; see when_full.", between<1, 100>)
            .live(),
        Field("when_full", &S::when_full,
              "What happens to one device more. replace: the one that registered longest ago goes. refuse: "
              "the new one is answered 403. Either is logged.")
            .live(),
        Field("spread", &S::spread,
              "By how many percent, at random, an expiry of ten minutes and more is shortened, so that "
              "phones that registered together do not come back together. Never below min_expiry.",
              between<0, 50>)
            .live(),
        Field("keep_token", &S::keep_token,
              "How long a phone can still be woken after its registration ended.",
              between_ms<0, 31'536'000'000>)
            .live(),
        Field("max_failures", &S::max_failures,
              "After so many wrong passwords for one user from one address, further ones are refused unread "
              "for the time below; ten times as many block the whole address. Before that, answers come ever "
              "later. 0: nobody is slowed or blocked.",
              between<0, 1'000>)
            .live(),
        Field("block", &S::block, "How long; also the time after which failures are forgotten.",
              between_ms<10'000, 86'400'000>)
            .live(),
    };
};

} // namespace wakeline::config
