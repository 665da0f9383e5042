// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "base/rate_limit.h"
#include "net/timer.h"
#include "registrar/domains.h"
#include "registrar/metrics.h"
#include "registrar/users.h"
#include "sip/builder.h"

namespace wakeline::registrar {

/// Asks phones who they are, in mode local: REGISTER by 401, everything else by 407. In mode forward it lets
/// everything pass: the PBX asks, and what it asks and hears goes from end to end (SBC-AUTH-04).
class Authenticator {
public:
    struct Parts {
        net::TimerQueue& timers;
        const Domains& domains;
        Log& log;
        RegistrarMetrics& metrics;
    };
    struct Verdict {
        std::optional<sip::Builder> refusal = {}; // the answer to send; nothing: the request may pass
        std::string user = {};                    // proved; empty in mode forward
        std::string authentication_info = {};     // value for the 2xx; empty: none
        bool wrong = false;                       // refused for wrong credentials, not for want of any

        bool passed() const noexcept { return !refusal; }
    };

    /// Mode forward.
    explicit Authenticator(const Parts& parts);
    /// Mode local. The users may change while it lives.
    Authenticator(const Parts& parts, const UserDirectory& users, std::string realm);

    /// Any request of a phone but ACK, CANCEL and those inside a dialog.
    Verdict check(const sip::Message& request);

private:
    Verdict challenge(const sip::Message& request, bool stale) const;
    Verdict judge(const sip::Message& request, sip::DigestVerdict verdict);
    Verdict check_owner(const sip::Message& request, sip::DigestVerdict verdict);

    Parts parts_;
    const UserDirectory* users_ = nullptr;
    std::optional<sip::DigestServer> digest_;
    RateLimit log_limit_{20, std::chrono::seconds(3)}; // for lines that phones cause
};

} // namespace wakeline::registrar
