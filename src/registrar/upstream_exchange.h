// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "net/timer.h"
#include "sip/next_hop.h"

namespace wakeline::registrar {

/// The REGISTERs that wait for a PBX, each with an end to its patience.
class UpstreamExchange {
public:
    using Id = std::uint64_t; // the owner's

    /// Hears exactly one of these for each request, never inside `send`.
    class Owner {
    public:
        /// The final answer.
        virtual void on_upstream_answer(Id id, const sip::Message& answer) = 0;
        virtual void on_upstream_failure(Id id, sip::TxFailure why) = 0;

    protected:
        ~Owner() = default;
    };

    /// Less than the phone's own Timer F (32 s): it shall hear the reason and when to come back.
    static constexpr net::Duration kPatience = std::chrono::seconds(20);

    UpstreamExchange(net::TimerQueue& timers, Owner& owner);
    ~UpstreamExchange();

    void send(Id id, sip::NextHop& hop, sip::Builder request);

private:
    class Hop;

    net::TimerQueue& timers_;
    Owner& owner_;
    std::map<sip::NextHop*, std::unique_ptr<Hop>> hops_; // each counts its requests for itself
};

} // namespace wakeline::registrar
