// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/call_rig.h"

namespace wakeline::test {

/// A call of the PBX to an awake phone that is up.
struct UpCall : CallRig {
    explicit UpCall(const std::string& more = {}) {
        dial({.more = more});
        invite = take(phone, "INVITE ");
        answer_with_sdp(invite, 200);
        take(phone, "ACK ");
        take(pbx, "SIP/2.0 100");
        ok = take(pbx, "SIP/2.0 200");
        caller_sends(ok, "ACK", 1);
        media.transcript.clear();
    }
    /// `sent` is a request of ours to the phone inside the dialog: its answer.
    void phone_answers(const Sent& sent, int status, const std::string& more = {}) {
        answer(sent, status, "", more);
    }

    void lose_phone() {
        locator.fall_asleep(1);
        transport.disconnect(phone);
    }

    sip::FlowId phone = awake(1);
    Sent invite, ok;
};

inline std::string with_sdp(const std::string& headers) { return headers + CallRig::kSdp; }

} // namespace wakeline::test
