// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "config/schema.h"

namespace wakeline::config {

template <>
struct Words<push::Provider> {
    using enum push::Provider;
    static constexpr std::array list{Word{"apns", Apns}, Word{"fcm", Fcm}};
};

template <>
struct Schema<push::AppConfig> {
    using S = push::AppConfig;
    static constexpr std::string_view sample =
        "ios: {provider: apns, key: /etc/wakeline/push/AuthKey.p8, key_id: ABC123DEFG, team_id: TEAM123456, "
        "bundle_id: com.example.phone}\n"
        "android: {provider: fcm, service_account: /etc/wakeline/push/fcm.json}\n";
    static constexpr std::tuple fields{
        Field("provider", &S::provider, "Apple's push service or Google's.").required().live(),
        Field("key", &S::key, "apns: the .p8 file that Apple issued for signing.", kAbsolutePath)
            .unset("none; apns needs it")
            .live(),
        Field("key_id", &S::key_id, "apns: the id of that key, part of its file name.", kTenLetters)
            .unset("none; apns needs it")
            .live(),
        Field("team_id", &S::team_id, "apns: the id of the developer team.", kTenLetters)
            .unset("none; apns needs it")
            .live(),
        Field("bundle_id", &S::bundle_id, "apns: the app's bundle id, without .voip.")
            .unset("none; apns needs it")
            .live(),
        Field("sandbox", &S::sandbox, "apns: the development service instead of the real one.").live(),
        Field("service_account", &S::service_account,
              "fcm: the service account's JSON file from the Firebase console.", kAbsolutePath)
            .unset("none; fcm needs it")
            .live(),
        Field("endpoint", &S::endpoint, "Another address of the service, for tests and proxies.", kHttpsUrl)
            .unset("the service's own")
            .live(),
        Field("ca", &S::ca, "PEM file: who may have signed the certificate of that endpoint.", kAbsolutePath)
            .unset("the system's certificate authorities")
            .live(),
    };
};

template <>
struct Schema<PushConfig> {
    using S = PushConfig;
    static constexpr std::tuple fields{
        Field("hold", &S::hold,
              "How long a call waits for a sleeping phone. The PBX must be willing to wait as long: compare "
              "its no-answer and forwarding timers.",
              between_ms<1'000, 120'000>)
            .live(),
        Field("send_ringing", &S::send_ringing,
              "Tell the caller 180 Ringing while the phone is being woken. PBXes that get no answer for some "
              "seconds give the call up.")
            .live(),
        Field("probe", &S::probe,
              "A phone that seems connected but does not answer the call for this long is pushed as well: "
              "its connection may be dead.",
              between_ms<100, 30'000>)
            .live(),
        Field("no_response", &S::no_response,
              "A woken phone that got the call and says nothing for this long has failed.",
              between_ms<500, 60'000>)
            .live(),
        Field("apps", &S::apps,
              "The apps that can be woken, by a name of your choice. A reload reads keys and accounts again.")
            .live(),
    };
};

} // namespace wakeline::config
