// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <optional>
#include <string>

#include "simulation/agent.h"

namespace wakeline::simulation {

/// One call as one peer sees it.
struct PeerCall {
    /// Inviting: no final answer yet, of whoever was asked. Answered: the 2xx was said, and waits for its
    /// ACK. Leaving: BYE or CANCEL under way.
    enum class State : std::uint8_t { Inviting, Answered, Up, Leaving, Over };

    explicit PeerCall(net::TimerQueue& timers)
        : next(timers), repeat(timers), limit(timers), again(timers), later(timers) {}

    std::string number; // which call of the schedule
    bool caller = false;
    State state = State::Inviting;
    sip::FlowId flow = 0;
    std::string call_id, local, remote, target; // `local`, `remote`: From and To with tags
    std::string fork;                           // the tag of another device that answered as well
    bool fork_acknowledged = false;
    unsigned cseq = 0, invite_cseq = 0, remote_cseq = 0;

    // The INVITE that is under way.
    Received invite; // served
    Ask dialled;     // the first one, of a caller
    std::string branch;
    bool heard = false, cancelling = false;
    std::string own_offer, their_offer; // what is on the table
    bool early_offer = true;            // it has one
    std::string early_answer, accepted; // SDP of the 183, of the 200
    std::string late_ack;               // SDP of the ACK

    // What both agreed on: the o= lines.
    std::string own_sdp, their_sdp;

    bool asking() const { return !branch.empty(); }
    bool over() const { return state == State::Over; }

    net::Timer next, repeat, limit, again, later; // plan; 2xx; its end; glare; re-INVITE or BYE to come
    net::Duration interval{};
};

/// An agent that calls, is called, talks and hangs up, with a mind of its own about when.
class CallPeer : public Agent {
public:
    using Agent::Agent;

    /// How somebody who is called behaves.
    struct Manners {
        std::optional<net::Duration> ring, answer; // nothing: never
        int status = 200;
        bool early_media = false, twice = false, forks = false;
    };

    const std::list<PeerCall>& calls() const { return calls_; }
    /// Ends what is up, and what does not get there.
    void hang_up_all();
    void hang_up(PeerCall& call);
    /// What nobody answers is given up, and the last word of each call asked for.
    virtual void calm_down();

    void on_closed(sip::FlowId) override {}

protected:
    struct Dial {
        std::string number, from, to, uri, more = {};
        bool offer = true;
    };
    PeerCall& dial(sip::FlowId flow, const Dial& dial);
    void cancel(PeerCall& call);
    void reinvite(PeerCall& call);
    void inform(PeerCall& call); // INFO: a digit was pressed
    void drop(PeerCall& call);   // without a word

    virtual sip::FlowId way(const PeerCall& call) const = 0;
    virtual std::string contact() const = 0;
    virtual std::string number_of(const sip::Message& invite) const = 0;
    virtual Manners manners(const sip::Message& invite) = 0;
    virtual bool skips_ack(const PeerCall&) { return false; }
    /// The 2xx was on its way when the CANCEL came.
    virtual bool answers_cancelled() { return false; }
    /// Up, for the first time: a plan for what follows.
    virtual void on_up(PeerCall& call) = 0;
    virtual void on_other_answer(const std::string& branch, const Received& response) = 0;
    virtual void on_other_request(sip::FlowId flow, const Received& request) = 0;
    /// A challenge: what to repeat the INVITE with, or nothing.
    virtual std::string credentials(const PeerCall&, const sip::Message&) { return {}; }
    virtual void saw_reinvite() = 0;
    virtual void saw_hang_up() = 0;
    virtual void saw_info() = 0;

    void on_answer(const std::string& branch, const Received& response) final;
    void on_no_answer(const std::string& branch, const std::string& method) override;
    void on_request(sip::FlowId flow, const Received& request) final;

    std::list<PeerCall> calls_;

private:
    Ask in_dialog(PeerCall& call, std::string method);
    std::string sdp(PeerCall& call);
    PeerCall* find(const sip::Message& message);
    PeerCall* asked_by(const std::string& branch);

    void on_invite(sip::FlowId flow, const Received& invite);
    void on_reinvite(PeerCall& call, sip::FlowId flow, const Received& invite);
    void on_cancel(sip::FlowId flow, const Received& cancel);
    void on_ack(const Received& ack);
    void on_bye(PeerCall& call, sip::FlowId flow, const Received& bye);
    void ring(PeerCall& call, const Manners& manners);
    void decide(PeerCall& call, const Manners& manners);
    void accept(PeerCall& call, const std::string& tag);
    void wait_for_ack(PeerCall& call);

    void on_invite_answer(PeerCall& call, const sip::Message& response);
    void on_accepted(PeerCall& call, const sip::Message& response);
    void on_refused(PeerCall& call, const sip::Message& response);
    bool repeat_invite(PeerCall& call, const sip::Message& challenge);
    bool is_fork(PeerCall& call, const sip::Message& request);
    void acknowledge(PeerCall& call, const sip::Message& response);
    void bye(PeerCall& call);
    void end(PeerCall& call);

    unsigned versions_ = 0, tags_ = 0;
};

} // namespace wakeline::simulation
