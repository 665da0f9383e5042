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
#include "trunk/environment.h"

namespace wakeline::trunk {

/// The requests that are on their way to one peer. One that gets no answer at all, or 503 before anything but
/// 100, goes to the next address with a new branch (RFC 3263 4.3); each address is tried once.
class Requests final : sip::ResponseHandler {
public:
    class Owner {
    public:
        /// False while the first search for addresses goes on: requests wait for it.
        virtual bool found() const = 0;
        virtual std::optional<sip::FlowTarget> choose(const std::vector<sip::FlowTarget>& tried) const = 0;
        virtual void on_no_answer(const sip::FlowTarget& target, sip::TxFailure why) = 0;

    protected:
        ~Owner() = default;
    };

    Requests(const Environment& environment, Owner& owner);
    ~Requests();

    sip::HopRequest send(sip::Builder request, sip::NextHop::Handler& handler);
    void cancel(sip::HopRequest invite, std::string_view reason);
    void forget(sip::HopRequest request);
    /// The addresses are found, or known to be none: what waited goes on.
    void resume();

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
    };

    void on_response(sip::ClientTx tx, const sip::Message& response) override;
    void on_failure(sip::ClientTx tx, sip::TxFailure why) override;

    void transmit(sip::HopRequest id, Request& request);
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
};

} // namespace wakeline::trunk
