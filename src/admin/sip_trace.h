// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "net/timer.h"
#include "sip/tap.h"

namespace wakeline::admin {

/// One message of a trace, its secrets masked.
struct TracedMessage {
    std::uint64_t number = 0; // from 1
    net::WallTime at{};
    sip::Tap::Way way = sip::Tap::Way::Received;
    std::string side; // "phones" or "pbx"
    std::string transport, local, remote;
    std::string text;
};

/// The SIP messages of one number for a bounded time (SBC-DIAG-08): on both sides of a call, from the first
/// that names the number to the last of its dialog. Old ones go when it holds too much.
class SipTrace final : public sip::Tap {
public:
    static constexpr std::size_t kMostMessages = 5'000, kMostOctets = 8U << 20U, kMostDialogs = 1'000;
    static constexpr std::chrono::minutes kLongest{10};

    /// `listen` says whether we want to hear anything: nobody pays for a trace that is not there.
    using Listen = std::function<void(sip::Tap*)>;
    SipTrace(net::TimerQueue& timers, Listen listen)
        : timers_(timers), listen_(std::move(listen)), end_(timers) {}

    /// Ends the one of before.
    void start(std::string number, std::chrono::milliseconds length);
    void stop();
    bool running() const { return end_.armed(); }
    std::vector<TracedMessage> after(std::uint64_t number) const;

    void on_octets(Way way, const sip::FlowInfo& flow, std::string_view octets) override;

private:
    bool is_wanted(std::string_view octets);

    net::TimerQueue& timers_;
    const Listen listen_;
    std::string number_;
    std::set<std::string, std::less<>> dialogs_; // Call-IDs
    std::deque<TracedMessage> messages_;
    std::uint64_t last_ = 0;
    std::size_t octets_ = 0;
    net::Timer end_;
};

/// What proves who somebody is, and what opens media or wakes a phone, as ***: digest responses, SRTP keys,
/// ICE passwords, push tokens.
std::string without_secrets(std::string_view message);

} // namespace wakeline::admin
