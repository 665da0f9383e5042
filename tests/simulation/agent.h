// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "simulation/network.h"

namespace wakeline::simulation {

/// A request, but for Via.
struct Ask {
    std::string method, uri, from, to, call_id;
    unsigned cseq = 1;
    std::string contact = {}, more = {}; // `more`: header lines
    std::string sdp = {};
};

/// A SIP user agent of its own, down at the transactions: repeats its requests on datagrams, ACKs what is no
/// 2xx, answers what comes again as before. Shares only the parser with the daemon.
class Agent : public Host {
public:
    Agent(Scene& scene, Network& network, std::string name)
        : scene_(scene), network_(network), name_(std::move(name)) {}
    virtual ~Agent() = default;

    const std::string& name() const override { return name_; }
    void on_message(sip::FlowId flow, const Received& message) override;

protected:
    struct Answer {
        int status = 200;
        std::string to_tag = {}, contact = {}, more = {}, sdp = {};
    };
    static Answer just(int status, std::string to_tag = {}) {
        return {.status = status, .to_tag = std::move(to_tag)};
    }

    /// The branch, by which the answer is known; empty when there is no way.
    std::string ask(sip::FlowId flow, const Ask& request);
    /// Of an INVITE that is under way.
    void ask_cancel(sip::FlowId flow, const Ask& invite, const std::string& branch);
    /// No transaction: the ACK of a 2xx.
    void send_ack(sip::FlowId flow, const Ask& ack);
    void answer(sip::FlowId flow, const sip::Message& request, const Answer& answer);
    /// Says it again.
    void repeat_answer(sip::FlowId flow, const sip::Message& request);

    virtual void on_answer(const std::string& branch, const Received& response) = 0;
    virtual void on_no_answer(const std::string& branch, const std::string& method) = 0;
    virtual void on_request(sip::FlowId flow, const Received& request) = 0;
    /// What it writes in Via: "UDP 10.0.0.5:5060".
    virtual std::string sent_by() const = 0;
    /// Hears nothing for a while.
    virtual bool deaf() const { return false; }
    virtual bool uses_datagrams() const { return false; }

    Scene& scene_;
    Network& network_;

private:
    struct Asked {
        explicit Asked(net::TimerQueue& timers) : timer(timers) {}

        sip::FlowId flow = 0;
        Ask request;
        std::string text;
        net::TimePoint until{};
        net::Duration interval{};
        bool heard = false;
        net::Timer timer;
    };
    using Key = std::pair<std::string, std::string>; // branch, method

    std::string text_of(const Ask& request, const std::string& branch) const;
    void start(sip::FlowId flow, const Ask& request, const std::string& branch);
    void wait(Asked& asked, const Key& key);
    void take_answer(const Received& response);
    void take_request(sip::FlowId flow, const Received& request);

    const std::string name_;
    std::map<Key, Asked> asked_;
    std::map<Key, std::string> answered_; // the last answer to each request; empty: none yet
    unsigned branches_ = 0;
};

} // namespace wakeline::simulation
