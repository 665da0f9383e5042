// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "call/call_rig.h"

namespace wakeline::test {

/// A PBX, three phones and a push service that do what a script of octets says, sense or nonsense. Whatever
/// that is: no address of one side reaches the other, and in the end nothing is left.
class CallPlay {
public:
    /// `hunts`: the user is hunted by a ring plan from the beginning.
    explicit CallPlay(bool hunts = false) {
        if (hunts) rules_change(0);
        rig_.peers.address = *net::SocketAddress::parse("10.0.0.5:5060");
        for (registrar::BindingId id = 1; id <= 3; ++id)
            rig_.sleeping(id, id < 3 ? CallRig::kAlice : "sip:carol@example.com");
    }

    void play(std::span<const std::uint8_t> script) {
        constexpr std::size_t kMostSteps = 150;
        for (std::size_t i = 0; i + 1 < script.size() && i < 2 * kMostSteps; i += 2) {
            step(script[i], script[i + 1]);
            look();
        }
        finish();
    }

private:
    void step(std::uint8_t what, std::uint8_t how) {
        switch (what % 12) {
        case 0: return pbx_dials(how);
        case 1: return phone_dials(how);
        case 2:
        case 3:
        case 4: return far_end_answers(how);
        case 5: return asker_goes_on(how);
        case 6: return far_end_asks(how);
        case 7: return device_registers(how);
        case 8: return connection_breaks(how);
        case 9: return push_is_answered(how);
        case 10: return time_passes(how);
        case 11: return world_misbehaves(how);
        }
    }

    void pbx_dials(std::uint8_t how) {
        constexpr std::array kUris{"sip:alice@10.0.0.4", "sip:wl-2@10.0.0.4", "sip:carol@10.0.0.4",
                                   "sip:x@10.0.0.4"};
        constexpr std::array kMore{"", "Require: 100rel\n", "Supported: 100rel, timer\n", "Expires: 3\n"};
        rig_.dial({.uri = kUris[how % 4],
                   .call_id = "c" + std::to_string(++calls_),
                   .more = kMore[how / 4 % 4],
                   .sdp = how % 3 != 0});
    }

    void phone_dials(std::uint8_t how) {
        const auto& device = rig_.locator.bindings.at(how % 3);
        if (device.flow == 0) return;
        ++calls_;
        rig_.transport.receive(device.flow, "INVITE sip:1001@example.com SIP/2.0\nVia: SIP/2.0/TLS "
                                            "198.51.100.7;branch=z9hG4bKd" +
                                                std::to_string(calls_) + "\nFrom: <" + device.aor +
                                                ">;tag=p\nTo: <sip:1001@example.com>\nCall-ID: d" +
                                                std::to_string(calls_) +
                                                "\nCSeq: 1 INVITE\nContact: <sip:a@198.51.100.7>\n" +
                                                (how % 5 != 0 ? CallRig::kSdp + 1 : ""));
    }

    void far_end_answers(std::uint8_t how) {
        if (asked_.empty()) return;
        constexpr std::array kStatus{100, 180, 183, 200, 200, 200, 486, 603,
                                     302, 401, 487, 481, 408, 503, 183, 202};
        const Sent request = asked_[how / 16 % asked_.size()];
        const int status = kStatus[how % 16];
        const std::string contact =
            request.flow == rig_.pbx ? "Contact: <sip:1001@10.0.0.5>" : "Contact: <sip:a@198.51.100.7>";
        const bool invite = request.first_line().starts_with("INVITE");
        const std::string reliable = how % 16 == 14 ? "\nRequire: 100rel\nRSeq: 9" : "";
        rig_.answer(request, status, how % 32 < 16 ? "far" : "fork",
                    contact + reliable + (invite && status > 180 && status < 300 ? CallRig::kSdp : ""));
    }

    void asker_goes_on(std::uint8_t how) {
        if (answered_.empty()) return;
        constexpr std::array kMethods{"CANCEL", "ACK", "BYE", "INVITE", "PRACK", "UPDATE", "INFO", "ACK"};
        const Sent response = answered_[how / 8 % answered_.size()];
        const std::string_view method = kMethods[how % 8];
        const bool same = method == "ACK" || method == "CANCEL";
        const std::string contact = response.flow == rig_.pbx ? "10.0.0.5" : "198.51.100.7";
        rig_.last.uri = "sip:alice@10.0.0.4";
        rig_.last.call_id = response.header("Call-ID");
        rig_.caller_sends(response, method, same ? 1 : ++cseq_,
                          "Contact: <sip:asker@" + contact + ">\nRAck: 1 1 INVITE\n" +
                              (how % 3 != 0 ? CallRig::kSdp + 1 : ""));
    }

    void far_end_asks(std::uint8_t how) {
        constexpr std::array kMethods{"BYE",    "INVITE", "UPDATE", "REFER",
                                      "NOTIFY", "PRACK",  "INFO",   "INVITE"};
        if (invites_.empty()) return;
        const Sent& invite = invites_[how / 8 % invites_.size()];
        const std::string contact = invite.flow == rig_.pbx ? "10.0.0.5" : "198.51.100.7";
        rig_.send_back(invite, kMethods[how % 8], ++cseq_, "far",
                       "Contact: <sip:far@" + contact + ">\nRefer-To: <sip:x@" + contact + ">\n" +
                           (how % 3 != 0 ? CallRig::kSdp + 1 : ""));
    }

    void device_registers(std::uint8_t how) {
        auto device = rig_.locator.bindings.at(how % 3);
        if (how % 2 == 0 && device.flow != 0) return rig_.locator.registered(device);
        rig_.wake(device,
                  "198.51.100." + std::to_string(7 + how % 3) + ":" + std::to_string(40000 + ++ports_));
    }

    void connection_breaks(std::uint8_t how) {
        auto& device = rig_.locator.bindings.at(how % 3);
        const sip::FlowId flow = std::exchange(device.flow, 0);
        if (flow != 0) rig_.transport.disconnect(flow);
    }

    void push_is_answered(std::uint8_t how) {
        using enum push::WakeOutcome;
        constexpr std::array kOutcomes{Accepted, TokenDead, Refused, Unavailable, Accepted};
        if (rig_.waker.asked.empty()) return;
        const auto& asked = rig_.waker.asked[how / 5 % rig_.waker.asked.size()];
        rig_.waker.written(asked.id);
        rig_.waker.answer(asked.id, {.outcome = kOutcomes[how % 5], .status = 200, .reason = {}});
    }

    void time_passes(std::uint8_t how) {
        using namespace std::chrono_literals;
        constexpr std::array<net::Duration, 8> kSteps{0s, 100ms, 500ms, 1500ms, 6s, 15s, 32s, 61s};
        rig_.timers.advance(kSteps[how % 8]);
    }

    void world_misbehaves(std::uint8_t how) {
        const auto live = rig_.calls.snapshot();
        switch (how % 6) {
        case 5: return rules_change(how);
        case 0: rig_.transport.full = !rig_.transport.full; return;
        case 1: rig_.media.refuse_next = Error{ErrorCode::InvalidInput, "refused"}; return;
        case 2: rig_.calls.on_media_timeout(how / 5); return;
        case 3:
            if (!live.empty()) rig_.calls.end_call(live.front().id, "by hand");
            return;
        case 4: rig_.hop.up = !rig_.hop.up; return;
        }
    }

    void rules_change(std::uint8_t how) {
        using namespace std::chrono_literals;
        const call::Subscriber alice{.number = "5550100",
                                     .desk = "2001",
                                     .cell = "+49171",
                                     .voicemail = how % 4 == 1 ? "" : "2009",
                                     .use_cell = true};
        call::RingPlanConfig plan;
        if (how % 8 > 3) plan.order = call::RingOrder::Simultaneous;
        rig_.calls.configure(how % 16 == 15 ? call::Routing::Pbx : call::Routing::RingPlan, plan,
                             {{"alice", alice}});
    }

    /// Keeps what the peers may react to, and checks what they are told.
    void look() {
        for (; !rig_.transport.sent.empty(); rig_.transport.sent.pop_front()) {
            const Sent& sent = rig_.transport.sent.front();
            const bool request = !sent.text.starts_with("SIP/2.0 ");
            const char* hidden = sent.flow == rig_.pbx ? "198.51.100." : "10.0.0.";
            WAKELINE_ASSERT(!request || sent.text.find(hidden) == std::string::npos);
            const bool invite = sent.header("CSeq").ends_with(" INVITE");
            if (request && invite) keep(invites_, sent);
            if (request && !sent.text.starts_with("ACK")) keep(asked_, sent);
            const std::string status = request ? "" : sent.text.substr(8, 3);
            if (!request && invite && status != "100" && status < "300") keep(answered_, sent);
        }
    }

    static void keep(std::vector<Sent>& list, const Sent& sent) {
        if (list.size() >= 6) list.erase(list.begin());
        list.push_back(sent);
    }

    void finish() {
        using namespace std::chrono_literals;
        rig_.transport.full = false;
        rig_.calls.end_all("the play is over");
        rig_.timers.advance(5min);
        WAKELINE_ASSERT(rig_.calls.count() == 0 && rig_.calls.held() == 0);
        WAKELINE_ASSERT(rig_.media.open_sessions() == 0);
        WAKELINE_ASSERT(rig_.waker.open_count() == 0);
        rig_.timers.advance(1h);
        const auto left = rig_.transactions.counts();
        WAKELINE_ASSERT(left.invite_server == 0 && left.other_server == 0);
        WAKELINE_ASSERT(left.invite_client == 0 && left.other_client == 0);
        WAKELINE_ASSERT(rig_.timers.pending() == 0);
    }

    CallRig rig_;
    std::vector<Sent> asked_, invites_, answered_;
    int calls_ = 0, cseq_ = 100, ports_ = 0;
};

} // namespace wakeline::test
