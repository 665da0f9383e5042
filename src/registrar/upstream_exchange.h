// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "net/timer.h"
#include "sip/next_hop.h"

namespace wakeline::registrar {

/// What a REGISTER wants a PBX for.
struct UpstreamWanted {
    std::string_view aor;
    std::string_view granted_by{}; // the trunk whose grant it ends or renews; empty: any
    std::string_view call_id{};    // of the REGISTER: credentials go where the challenge came from
};
/// The PBXs to try, in this order, and none that is down.
using ChooseUpstream = std::function<std::vector<sip::NextHop*>(const UpstreamWanted&)>;

/// A REGISTER in the words of one PBX that may take it.
struct UpstreamWay {
    sip::NextHop* hop = nullptr;
    sip::Builder request;
};

/// The REGISTERs that wait for a PBX, each with an end to its patience. One that a PBX does not answer, or
/// answers in a way that it is left for, goes on to the next.
class UpstreamExchange {
public:
    using Id = std::uint64_t; // the owner's

    /// Hears exactly one of these for each request, never inside `send`.
    class Owner {
    public:
        /// The final answer, and whose it is.
        virtual void on_upstream_answer(Id id, const sip::NextHop& hop, const sip::Message& answer) = 0;
        virtual void on_upstream_failure(Id id, sip::TxFailure why) = 0;

    protected:
        ~Owner() = default;
    };

    /// Less than the phone's own Timer F (32 s): it shall hear the reason and when to come back.
    static constexpr net::Duration kPatience = std::chrono::seconds(20); // with one PBX
    static constexpr net::Duration kInAll = std::chrono::seconds(28);    // with all of them

    UpstreamExchange(net::TimerQueue& timers, Owner& owner);
    ~UpstreamExchange();

    /// `ways` has one at least.
    void send(Id id, std::vector<UpstreamWay> ways);

private:
    class Hop;
    struct Job {
        Id id;
        std::vector<UpstreamWay> ways; // the next one last
        net::TimePoint until;
    };

    void try_next(Job job);

    net::TimerQueue& timers_;
    Owner& owner_;
    std::map<sip::NextHop*, std::unique_ptr<Hop>> hops_; // each counts its requests for itself
};

} // namespace wakeline::registrar
