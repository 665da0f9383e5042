// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "config/schema.h"

namespace wakeline::config {

inline constexpr Rule<unsigned> kApnsPort{
    [] { return std::string("443, 2197, or 2195 of old configurations"); },
    [](const unsigned& port) { return port == 443 || port == 2195 || port == 2197; }};

template <>
struct Words<push::Provider> {
    using enum push::Provider;
    static constexpr std::array list{Word{"apns", Apns}, Word{"fcm", Fcm}, Word{"webhook", Webhook}};
};

template <>
struct Words<push::MessageText> {
    using enum push::MessageText;
    static constexpr std::array list{Word{"hidden", Hidden}, Word{"sender", Sender}, Word{"full", Full}};
};

template <>
struct Schema<push::AppConfig> {
    using S = push::AppConfig;
    static constexpr std::string_view sample =
        "ios: {provider: apns, key: /etc/wakeline/push/AuthKey.p8, key_id: ABC123DEFG, team_id: TEAM123456, "
        "bundle_id: com.example.phone}\n"
        "ios-p12: {provider: apns, certificate: /etc/wakeline/push/voip.p12, "
        "passphrase_file: /etc/wakeline/push/voip.pass, bundle_id: com.example.other}\n"
        "android: {provider: fcm, service_account: /etc/wakeline/push/fcm.json}\n"
        "desktop: {provider: webhook, pn_provider: acme, url: \"https://push.example.com/wake\", "
        "secret_file: /etc/wakeline/push/desktop.secret}\n";
    static constexpr std::tuple fields{
        Field("provider", &S::provider,
              "Apple's push service, Google's (FCM HTTP v1), or a service of your own that gets a POST.")
            .required()
            .live(),
        Field("key", &S::key, "apns: the .p8 file that Apple issued for signing.", kAbsolutePath)
            .unset("none; apns needs it, or a certificate")
            .live(),
        Field("key_id", &S::key_id, "apns: the id of that key, part of its file name.", kTenLetters)
            .unset("none; a key needs it")
            .live(),
        Field("team_id", &S::team_id, "apns: the id of the developer team.", kTenLetters)
            .unset("none; a key needs it, and with a certificate any team's phones are served")
            .live(),
        Field("certificate", &S::certificate,
              "apns, instead of a key: the .p12 file, or a PEM file with certificate and private key.",
              kAbsolutePath)
            .unset("none")
            .live(),
        Field("passphrase_file", &S::passphrase_file, "apns: a file whose first line opens the certificate.",
              kAbsolutePath)
            .unset("no passphrase")
            .live(),
        Field("bundle_id", &S::bundle_id, "apns: the app's bundle id, without .voip.")
            .unset("none; apns needs it")
            .live(),
        Field("sandbox", &S::sandbox, "apns: the development service instead of the real one.").live(),
        Field(
            "port", &S::port,
            "apns: the port of Apple's service, 443 or 2197. The old binary service's 2195 is taken for 443.",
            kApnsPort)
            .live(),
        Field("service_account", &S::service_account,
              "fcm: the service account's JSON file from the Firebase console.", kAbsolutePath)
            .unset("none; fcm needs it")
            .live(),
        Field("database_url", &S::database_url,
              "fcm: the Firebase database URL of old configurations. It is not used: the service account "
              "names the project.")
            .unset("none")
            .live(),
        Field("url", &S::url, "webhook: where a JSON object is POSTed for each device to wake.", kWebhookUrl)
            .unset("none; webhook needs it")
            .live(),
        Field("secret_file", &S::secret_file,
              "webhook: a file whose first line is the secret that requests are signed with (HMAC-SHA256 of "
              "the header wakeline-timestamp, a dot and the body, in hex in wakeline-signature).",
              kAbsolutePath)
            .unset("none; webhook needs it")
            .live(),
        Field("pn_provider", &S::pn_provider,
              "webhook: serves the phones that register with this pn-provider.")
            .unset("none; webhook needs it")
            .live(),
        Field("pn_param", &S::pn_param, "webhook: and with this pn-param.").unset("any").live(),
        Field("endpoint", &S::endpoint, "Another address of the service, for tests and proxies.", kHttpsUrl)
            .unset("the service's own")
            .live(),
        Field("ca", &S::ca, "PEM file: who may have signed the certificate of that endpoint, or of url.",
              kAbsolutePath)
            .unset("the system's certificate authorities")
            .live(),
        Field("proxy", &S::proxy, "The HTTP proxy of this app; off: none.", kHttpProxyOrOff)
            .unset("push.proxy")
            .live(),
    };
};

template <>
struct Words<call::HoldAnswer> {
    using enum call::HoldAnswer;
    // true and false are what this setting was before there was 183.
    static constexpr std::array list{Word{"180", Ringing}, Word{"183", Progress}, Word{"none", None},
                                     Word{"true", Ringing}, Word{"false", None}};
};
template <>
struct Words<call::Declines> {
    using enum call::Declines;
    static constexpr std::array list{Word{"by_answer", ByAnswer}, Word{"all", All}, Word{"one", One}};
};
template <>
struct Words<call::LateAnswer> {
    using enum call::LateAnswer;
    static constexpr std::array list{Word{"by_provider", ByProvider}, Word{"tell", Tell},
                                     Word{"silent", Silent}};
};

template <>
struct Schema<call::PbxTimers> {
    using S = call::PbxTimers;
    static constexpr std::tuple fields{
        Field("ring", &S::ring,
              "How long the PBX lets a mobile phone ring; most ring 15 s, and 25 s at most.",
              between_ms<0, 600'000>)
            .live(),
        Field("no_reply", &S::no_reply, "After this it forwards a call that nobody answered, often 12 s.",
              between_ms<0, 600'000>)
            .live(),
        Field("not_reachable", &S::not_reachable,
              "After this it gives up a phone that has not even said 180 or 183.", between_ms<0, 600'000>)
            .live(),
        Field("ring_plan", &S::ring_plan,
              "How long each stage rings, in turn: [15s, 10s, 15s] is mobile, desk, cell phone.")
            .live(),
        Field("recall", &S::recall, "After this a call that was transferred goes back to who transferred it.",
              between_ms<0, 600'000>)
            .live(),
    };
};

template <>
struct Schema<PushConfig> {
    using S = PushConfig;
    static constexpr std::tuple fields{
        Field("enabled", &S::enabled, "false: no phone is woken, whatever is configured below.").live(),
        Field("hold", &S::hold,
              "How long a call waits for a sleeping phone. The PBX must be willing to wait as long: compare "
              "its no-answer and forwarding timers.",
              between_ms<1'000, 120'000>)
            .live(),
        Field(
            "send_ringing", &S::send_ringing,
            "What the PBX hears while the phone is being woken: 180 Ringing, 183 Session Progress, or none. "
            "PBXes that get no answer for some seconds give the call up. true is 180, false is none.")
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
        Field("no_ringing", &S::no_ringing,
              "A phone that has taken the call (100) and does not ring for this long is woken once more, or "
              "has failed when it cannot be woken.",
              between_ms<1'000, 60'000>)
            .live(),
        Field(
            "declines", &S::declines,
            "Whose refusal ends a call for the user's other phones: by_answer, a 6xx does and 486 Busy does "
            "not; all, both do; one, none does, and the others go on.")
            .live(),
        Field(
            "late_wakers", &S::late_wakers,
            "What a phone meets that wakes when its call is over: tell, an INVITE that is cancelled with the "
            "reason, so that its call screen closes; silent, nothing; by_provider, tell on apns, where a "
            "push always opens the call screen, silent elsewhere.")
            .live(),
        Field(
            "pbx_timers", &S::pbx_timers,
            "The PBX's own timers, for the check of this file alone: it warns where they contradict hold. 0: "
            "not known."),
        Field("proxy", &S::proxy, "The HTTP proxy through which push services are reached (CONNECT).",
              kHttpProxy)
            .unset("none")
            .live(),
        Field(
            "message_text", &S::message_text,
            "What the push for a text message (SIP MESSAGE) shows on the phone's locked screen. hidden: that "
            "there is one. sender: from whom. full: what it says.")
            .live(),
        Field("message_alert", &S::message_alert, "Shown instead of the text of a message.").live(),
        Field(
            "tell_call_ended", &S::tell_call_ended,
            "Push once more when a call is over before the phone that was woken for it has come, so that its "
            "app need not wait. Not as a VoIP push: an iPhone gets it only if it registered with a token for "
            "remote notifications too, and Apple may delay it.")
            .live(),
        Field("user_budget", &S::user_budget,
              "Pushes a minute for one user; calls beyond find the devices that are awake. 0: no limit.",
              between<0, 100'000>)
            .live(),
        Field("device_budget", &S::device_budget, "Pushes a minute for one device. 0: no limit.",
              between<0, 100'000>)
            .live(),
        Field("apps", &S::apps,
              "The apps that can be woken, by a name of your choice. A reload reads keys and accounts again.")
            .live(),
    };
};

} // namespace wakeline::config
