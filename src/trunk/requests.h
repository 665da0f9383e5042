// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sip/next_hop.h"
#include "trunk/abandoned.h"
#include "trunk/challenges.h"
#include "trunk/environment.h"

namespace wakeline::trunk {

/// The requests that are on their way to one peer. One that gets no answer in time, or before anything but
/// 100 one that `leaves_on`, goes to the next address with a new branch (RFC 3263 4.3); each address is tried
/// once. The repetition of a challenged request begins at the address that challenged it.
class Requests final : sip::ResponseHandler {
public:
    class Owner {
    public:
        /// False while the first search for addresses goes on: requests wait for it.
        virtual bool found() const = 0;
        virtual std::optional<sip::FlowTarget> choose(const std::vector<sip::FlowTarget>& tried) const = 0;
        /// Not known to be down.
        virtual bool usable(const sip::FlowTarget& target) const = 0;
        virtual bool leaves_on(int status) const = 0;
        virtual void on_no_answer(const sip::FlowTarget& target, sip::TxFailure why) = 0;

    protected:
        ~Owner() = default;
    };

    /// How long an address has: for any answer to an INVITE, and for the final one to another request.
    struct Patience {
        net::Duration call, request;
    };

    Requests(const Environment& environment, Owner& owner, Patience patience);
    ~Requests();

    sip::HopRequest send(sip::Builder request, sip::NextHop::Handler& handler);
    void cancel(sip::HopRequest invite, std::string_view reason);
    void forget(sip::HopRequest request);
    /// The addresses are found, or known to be none: what waited goes on.
    void resume();
    /// Whether a request of that Call-ID was challenged here, a moment ago.
    bool challenged(std::string_view call_id) const {
        return challenges_.find(call_id, environment_.timers.now()) != nullptr;
    }

private:
    enum class Heard : std::uint8_t { Nothing, Trying, More, Accepted };

    struct Request {
        std::optional<sip::Builder> builder; // while there is another address to send it to
        sip::NextHop::Handler* handler = nullptr;
        std::vector<sip::FlowTarget> tried{}; // the last one is where it is
        sip::FlowId flow = 0;
        sip::ClientTx tx = 0; // 0: not sent yet
        Heard heard = Heard::Nothing;
        bool cancelled = false;
        std::string call_id{};
        bool invite = false;
    };
    /// Until when an address must have answered.
    struct Due {
        net::TimePoint at;
        sip::ClientTx tx;
    };
    /// Those of one patience, so that the first is the next.
    struct Waiting {
        explicit Waiting(net::TimerQueue& timers, net::Duration time) : patience(time), timer(timers) {}
        net::Duration patience;
        std::deque<Due> due{};
        net::Timer timer;
    };

    void on_response(sip::ClientTx tx, const sip::Message& response) override;
    void on_failure(sip::ClientTx tx, sip::TxFailure why) override;

    void transmit(sip::HopRequest id, Request& request);
    std::optional<sip::FlowTarget> first_target(const Request& request) const;
    void wait(Waiting& waiting, sip::ClientTx tx);
    void end_waits(Waiting& waiting);
    void on_silence(sip::ClientTx tx);
    bool try_elsewhere(sip::HopRequest id, Request& request);
    void fail(sip::HopRequest id, sip::TxFailure why);
    void deliver_success(sip::HopRequest id, Request& request, const sip::Message& response);
    void expire();
    void wake();

    Environment environment_;
    Owner& owner_;
    std::unordered_map<sip::HopRequest, Request> requests_;
    std::unordered_map<sip::ClientTx, sip::HopRequest> by_tx_;
    std::deque<sip::HopRequest> queue_; // not sent yet
    std::deque<std::pair<net::TimePoint, sip::HopRequest>>
        answered_; // INVITEs with a 2xx: until when more may come
    sip::HopRequest last_id_ = 0;
    net::Timer queue_timer_, expiry_timer_;
    Waiting calls_, others_;
    Challenges challenges_;
    Abandoned abandoned_;
};

} // namespace wakeline::trunk
