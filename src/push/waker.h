// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/secret.h"
#include "net/timer.h"

namespace wakeline::push {

/// Whom to wake: the RFC 8599 parameters of a binding.
struct Device {
    std::string provider; // "apns", "fcm"
    std::string param;    // apns: <team>.<topic>; fcm: project
    Secret token;
};

/// What a device is woken for. Only a call is a VoIP push: Apple ends an app that gets one and shows no call.
enum class WakeKind : std::uint8_t {
    Call,
    Message,   // a MESSAGE waits for the device
    CallEnded, // a call that it was woken for is over: it need not ring any longer
    Request,   // a request inside a call or subscription waits for the device (RFC 8599 section 6)
};

/// What the push says. Everything the app needs to show the call and to recognise the INVITE that follows.
struct WakeRequest {
    std::string call;          // our call id, for logs: the timeline key
    std::string sip_call_id;   // Call-ID that the INVITE to this device will have
    std::string uuid;          // for CallKit; same for all pushes of one call
    std::string caller_number; // may be empty
    std::string caller_name;   // any UTF-8, any length: cut to fit
    bool video = false;
    net::WallTime deadline{}; // after this the call is over
    bool test = false;        // `wakelinectl push test`
    WakeKind kind = WakeKind::Call;
    std::string aor = {};  // whose device it is: pushes are limited for each user
    std::string text = {}; // Message: what it says, shown as `push.message_text` allows; CallEnded: why
};

enum class WakeOutcome : std::uint8_t {
    Accepted,    // the service took it
    TokenDead,   // never again with this token; see `dead_since`
    Refused,     // our configuration or credentials: nobody of this app can be woken; an operator must act
    Unavailable, // the service is down, slow or throttling: this branch has failed, the token is good
    NoProvider,  // no app is configured for provider and param
};

struct WakeResult {
    WakeOutcome outcome = WakeOutcome::Unavailable;
    int status = 0;              // HTTP, 0 when none came
    std::string reason;          // the service's word ("BadDeviceToken"), or what went wrong
    std::string message_id = {}; // apns-id or FCM name
    net::WallTime dead_since{};  // TokenDead: when the service saw it die
};

using WakeId = std::uint64_t; // 0: none

/// Wakes devices. Retries inside itself until the deadline; never blocks.
class Waker {
public:
    using Sent = std::function<void()>; // the request was written to the service
    using Finished =
        std::function<void(const WakeResult&)>; // exactly once, unless cancelled; never inside `wake`

    virtual ~Waker() = default;

    virtual WakeId wake(const Device& device, const WakeRequest& request, Sent sent, Finished finished) = 0;
    /// Neither callback will come any more. A request already written is not taken back.
    virtual void cancel(WakeId id) = 0;
    /// Whether an app is configured that could wake this device for that. An iPhone that registers with a
    /// PushKit token alone can be woken for calls and for nothing else.
    virtual bool supports(const Device& device, WakeKind kind = WakeKind::Call) const = 0;
};

} // namespace wakeline::push
