// SPDX-License-Identifier: Apache-2.0
#include "simulation/call_peer.h"

#include "fakes/sip_text.h"

namespace wakeline::simulation {

namespace {

using namespace std::chrono_literals;
using State = PeerCall::State;

/// "o=pbx 17 3": whose description it is, and which.
std::string origin(std::string_view sdp) {
    const auto from = sdp.find("o=");
    return from == sdp.npos ? std::string() : std::string(sdp.substr(from, sdp.find(" IN ", from) - from));
}

std::string own_tag(const PeerCall& call) { return call.local.substr(call.local.find(";tag=") + 5); }

std::string uri_in(const std::string& address) {
    const auto from = address.find('<') + 1;
    return address.substr(from, address.find('>') - from);
}

} // namespace

std::string CallPeer::sdp(PeerCall& call) {
    const std::string version = std::to_string(++versions_);
    call.own_offer = "o=" + name() + " " + call.number + " " + version;
    return "v=0\r\n" + call.own_offer +
           " IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
}

Ask CallPeer::in_dialog(PeerCall& call, std::string method) {
    Ask ask{.method = std::move(method),
            .uri = call.target,
            .from = call.local,
            .to = call.remote,
            .call_id = call.call_id,
            .cseq = call.cseq};
    if (ask.method != "ACK" && ask.method != "CANCEL") ask.cseq = ++call.cseq;
    if (ask.method == "INVITE") {
        ask.contact = contact();
        call.invite_cseq = ask.cseq;
    }
    return ask;
}

PeerCall* CallPeer::find(const sip::Message& message) {
    const std::string_view tag = message.is_request() ? message.to_tag() : message.from_tag();
    for (PeerCall& call : calls_)
        if (call.call_id == message.call_id() && !call.over() && (own_tag(call) == tag || call.fork == tag))
            return &call;
    return nullptr;
}

PeerCall* CallPeer::asked_by(const std::string& branch) {
    for (PeerCall& call : calls_)
        if (call.branch == branch) return &call;
    return nullptr;
}

// Calling.

PeerCall& CallPeer::dial(sip::FlowId flow, const Dial& dial) {
    PeerCall& call = calls_.emplace_back(scene_.timers);
    call.number = dial.number;
    call.caller = true;
    call.flow = flow;
    call.call_id = name() + "-call-" + dial.number;
    call.local = dial.from + ";tag=" + name() + std::to_string(++tags_);
    call.remote = dial.to;
    call.target = dial.uri;
    call.early_offer = dial.offer;
    Ask invite = in_dialog(call, "INVITE");
    if (dial.offer) invite.sdp = sdp(call);
    invite.more = dial.more;
    call.dialled = invite;
    call.branch = ask(flow, invite);
    return call;
}

void CallPeer::cancel(PeerCall& call) {
    if (call.state != State::Inviting || !call.caller || call.cancelling) return;
    call.cancelling = true;
    if (!call.heard) return; // RFC 3261 9.1: when a 1xx has come
    ask_cancel(call.flow, call.dialled, call.branch);
}

void CallPeer::reinvite(PeerCall& call) {
    const sip::FlowId flow = way(call);
    if (call.state != State::Up || call.asking() || call.invite || network_.info(flow) == nullptr) return;
    saw_reinvite();
    call.flow = flow;
    Ask invite = in_dialog(call, "INVITE");
    if (!scene_.mishap(25)) invite.sdp = sdp(call);
    call.early_offer = !invite.sdp.empty();
    call.branch = ask(flow, invite);
}

void CallPeer::inform(PeerCall& call) {
    const sip::FlowId flow = way(call);
    if (call.state != State::Up || network_.info(flow) == nullptr) return;
    saw_info();
    ask(flow, in_dialog(call, "INFO"));
}

void CallPeer::on_answer(const std::string& branch, const Received& response) {
    PeerCall* call = asked_by(branch);
    if (call == nullptr) call = find(*response);
    const std::string_view method = response->method();
    if (call == nullptr || (method != "INVITE" && method != "BYE")) return on_other_answer(branch, response);
    if (method == "BYE") return response->status() >= 200 ? end(*call) : void();
    if (call->branch == branch) return on_invite_answer(*call, *response);
    // The 2xx again: our ACK was lost.
    if (response->status() / 100 == 2 && response->cseq().number <= call->cseq) acknowledge(*call, *response);
}

void CallPeer::on_invite_answer(PeerCall& call, const sip::Message& response) {
    call.heard = true;
    if (response.status() < 200) {
        if (call.cancelling && response.status() == 100) { // it was waited for
            call.cancelling = false;
            cancel(call);
        }
        return;
    }
    if (response.status() < 300) return on_accepted(call, response);
    on_refused(call, response);
}

void CallPeer::on_accepted(PeerCall& call, const sip::Message& response) {
    const bool first = call.state == State::Inviting;
    call.branch.clear();
    if (call.over() || call.state == State::Leaving) return acknowledge(call, response);
    call.remote = *response.header("To");
    if (const auto contacts = response.contacts(); !contacts.empty()) call.target = contacts[0].uri.str();
    const std::string theirs = origin(response.body());
    if (call.early_offer) {
        call.own_sdp = call.own_offer;
        if (!theirs.empty()) call.their_sdp = theirs;
    } else {
        call.their_offer = theirs;
    }
    if (first && skips_ack(call)) {
        call.state = State::Leaving; // it is gone, and knows nothing more
        call.limit.arm(60s, [this, &call] { end(call); });
        return;
    }
    acknowledge(call, response);
    if (first) call.state = State::Up;
    if (first && call.cancelling) return bye(call);
    if (first) on_up(call);
}

/// Of a late offer, the answer goes with it; the same each time.
void CallPeer::acknowledge(PeerCall& call, const sip::Message& response) {
    if (skips_ack(call) && call.state == State::Leaving) return;
    Ask ack = in_dialog(call, "ACK");
    ack.cseq = response.cseq().number;
    ack.to = *response.header("To");
    if (const auto contacts = response.contacts(); !contacts.empty()) ack.uri = contacts[0].uri.str();
    if (!call.early_offer && response.cseq().number == call.invite_cseq) {
        if (!call.their_offer.empty()) {
            ack.sdp = sdp(call);
            call.own_sdp = call.own_offer;
            call.their_sdp = std::exchange(call.their_offer, {});
            call.late_ack = ack.sdp;
        } else {
            ack.sdp = call.late_ack;
        }
    }
    send_ack(call.flow, ack);
}

void CallPeer::on_refused(PeerCall& call, const sip::Message& response) {
    call.branch.clear();
    if (call.state == State::Inviting) return repeat_invite(call, response) ? void() : end(call);
    if (call.state != State::Up) return;
    if (response.status() == 491) {
        scene_.coverage.saw(Did::Glare);
        call.again.arm(scene_.chance.between(10, 4'000), [this, &call] { reinvite(call); });
        return;
    }
    // RFC 3261 12.2.1.2.
    if (response.status() == 481 || response.status() == 408) bye(call);
}

bool CallPeer::repeat_invite(PeerCall& call, const sip::Message& challenge) {
    call.dialled.more = credentials(call, challenge);
    if (call.dialled.more.empty() || call.cancelling) return false;
    call.dialled.cseq = call.invite_cseq = ++call.cseq;
    call.heard = false;
    call.branch = ask(call.flow, call.dialled);
    return !call.branch.empty();
}

void CallPeer::on_no_answer(const std::string& branch, const std::string& method) {
    PeerCall* call = asked_by(branch);
    if (method == "BYE")
        for (PeerCall& other : calls_)
            if (other.state == State::Leaving) end(other);
    if (call == nullptr || method != "INVITE") return;
    call->branch.clear();
    if (call->state == State::Up) return bye(*call);
    if (!call->over()) end(*call);
}

// Being called.

void CallPeer::on_request(sip::FlowId flow, const Received& request) {
    const std::string_view method = request->method();
    if (method == "ACK") return on_ack(request);
    if (method == "CANCEL") return on_cancel(flow, request);
    if (request->to_tag().empty())
        return method == "INVITE" ? on_invite(flow, request) : on_other_request(flow, request);
    PeerCall* call = find(*request);
    if (call != nullptr && !call->fork.empty() && is_fork(*call, *request)) return answer(flow, *request, {});
    if (call == nullptr) return answer(flow, *request, just(481));
    if (request->cseq().number <= call->remote_cseq && call->remote_cseq != 0) {
        // A connection keeps the order.
        if (!uses_datagrams() && flow == call->flow)
            scene_.ledger.broken("a CSeq of call " + call->number + " is not larger than the one before");
        return answer(flow, *request, just(500));
    }
    call->remote_cseq = request->cseq().number;
    if (method == "BYE") return on_bye(*call, flow, request);
    if (method == "INVITE") return on_reinvite(*call, flow, request);
    answer(flow, *request, {});
}

/// Two devices behind it have answered, and one is hung up on: true for that BYE. The call goes on with the
/// other one.
bool CallPeer::is_fork(PeerCall& call, const sip::Message& request) {
    const bool bye = request.method() == "BYE";
    if (bye && request.to_tag() == own_tag(call) && !call.fork_acknowledged) {
        call.fork.clear(); // nobody knows of the other one
        return false;
    }
    const bool chosen = (request.to_tag() == own_tag(call)) != bye;
    if (!chosen) {
        call.local.replace(call.local.find(";tag=") + 5, std::string::npos, call.fork);
        call.remote_cseq = 0;
    }
    call.fork.clear();
    return bye;
}

void CallPeer::on_invite(sip::FlowId flow, const Received& invite) {
    PeerCall& call = calls_.emplace_back(scene_.timers);
    call.number = number_of(*invite);
    call.flow = flow;
    call.call_id = invite->call_id();
    call.local = *invite->header("To") + ";tag=" + name() + std::to_string(++tags_);
    call.remote = *invite->header("From");
    call.target = uri_in(invite->header("Contact").value_or(call.remote));
    call.remote_cseq = invite->cseq().number;
    call.invite = invite;
    call.early_offer = !invite->body().empty();
    call.their_offer = origin(invite->body());
    if (scene_.ledger.is_over(call.number)) scene_.coverage.saw(Did::PhoneToldLate);
    scene_.ledger.invited(name(), call.number, flow, std::string(invite->top_via().branch));
    answer(flow, *invite, just(100));
    const Manners how = manners(*invite);
    call.limit.arm(100s, [this, &call] { hang_up(call); }); // nobody rings for ever
    if (how.ring)
        call.next.arm(*how.ring, [this, &call, how] { ring(call, how); });
    else if (how.answer)
        call.next.arm(*how.answer, [this, &call, how] { decide(call, how); });
}

void CallPeer::ring(PeerCall& call, const Manners& how) {
    if (call.state != State::Inviting || !call.invite) return;
    Answer ringing{.status = how.early_media ? 183 : 180, .contact = contact()};
    ringing.to_tag = own_tag(call);
    if (how.early_media && call.early_offer) {
        scene_.coverage.saw(Did::EarlyMedia);
        ringing.sdp = call.early_answer = sdp(call);
    }
    if (how.forks) {
        Answer other = ringing;
        other.to_tag += "-fork";
        other.sdp.clear();
        other.status = 180;
        answer(call.flow, *call.invite, other);
    }
    answer(call.flow, *call.invite, ringing);
    if (how.answer) call.next.arm(*how.answer, [this, &call, how] { decide(call, how); });
}

void CallPeer::decide(PeerCall& call, const Manners& how) {
    if (call.state != State::Inviting || !call.invite) return;
    const std::string tag = own_tag(call);
    if (how.status >= 300) {
        answer(call.flow, *call.invite, just(how.status, tag));
        return end(call);
    }
    accept(call, tag);
    if (how.twice) repeat_answer(call.flow, *call.invite);
    if (how.forks) { // another device behind it answers too, and is hung up on
        scene_.coverage.saw(Did::PbxForks);
        call.fork = tag + "-fork";
        answer(call.flow, *call.invite,
               {.status = 200, .to_tag = call.fork, .contact = contact(), .sdp = call.accepted});
        answer(call.flow, *call.invite,
               {.status = 200, .to_tag = tag, .contact = contact(), .sdp = call.accepted});
    }
}

void CallPeer::accept(PeerCall& call, const std::string& tag) {
    if (call.state == State::Inviting) {
        call.state = State::Answered;
        if (scene_.ledger.answered(call.number) > 1) scene_.coverage.saw(Did::TwoPhonesAnswer);
    }
    const bool answers = call.early_offer;
    call.accepted = answers && !call.early_answer.empty() ? std::exchange(call.early_answer, {}) : sdp(call);
    if (answers) {
        call.own_sdp = call.own_offer;
        call.their_sdp = call.their_offer;
    }
    answer(call.flow, *call.invite,
           {.status = 200, .to_tag = tag, .contact = contact(), .sdp = call.accepted});
    call.interval = 500ms;
    call.limit.arm(32s, [this, &call] { bye(call); });
    wait_for_ack(call);
}

void CallPeer::wait_for_ack(PeerCall& call) {
    call.repeat.arm(call.interval, [this, &call] {
        call.interval = std::min<net::Duration>(call.interval * 2, 4s);
        repeat_answer(call.flow, *call.invite);
        wait_for_ack(call);
    });
}

void CallPeer::on_ack(const Received& ack) {
    PeerCall* call = find(*ack);
    if (call == nullptr || !call->invite || call->invite->cseq().number != ack->cseq().number) return;
    if (ack->to_tag() == call->fork) call->fork_acknowledged = true;
    if (ack->to_tag() != own_tag(*call)) return;
    call->repeat.cancel();
    call->limit.cancel();
    call->invite.reset();
    if (!call->early_offer) {
        call->own_sdp = call->own_offer;
        call->their_sdp = origin(ack->body());
    }
    if (call->state != State::Answered) return;
    call->state = State::Up;
    if (call->fork.empty()) on_up(*call); // else it waits for what becomes of it
}

void CallPeer::on_reinvite(PeerCall& call, sip::FlowId flow, const Received& invite) {
    if (call.asking() || call.invite || call.state == State::Inviting) {
        if (call.asking()) scene_.coverage.saw(Did::Glare);
        return answer(flow, *invite, just(491));
    }
    call.flow = flow;
    call.invite = invite;
    call.early_offer = !invite->body().empty();
    call.their_offer = origin(invite->body());
    if (const auto contacts = invite->contacts(); !contacts.empty()) call.target = contacts[0].uri.str();
    accept(call, {});
}

void CallPeer::on_cancel(sip::FlowId flow, const Received& cancel) {
    PeerCall* call = nullptr;
    for (PeerCall& known : calls_)
        if (known.invite && known.invite->top_via().branch == cancel->top_via().branch) call = &known;
    if (call == nullptr) return answer(flow, *cancel, just(481, "none"));
    const std::string tag = own_tag(*call);
    answer(flow, *cancel, just(200, tag));
    if (call->state != State::Inviting || !call->invite) return;
    if (answers_cancelled()) return accept(*call, tag); // it was on its way already
    answer(call->flow, *call->invite, just(487, tag));
    end(*call);
}

void CallPeer::on_bye(PeerCall& call, sip::FlowId flow, const Received& bye) {
    answer(flow, *bye, {});
    // RFC 3261 15.1.2: what is not answered yet is.
    if (call.state == State::Inviting && call.invite)
        answer(call.flow, *call.invite, just(487, own_tag(call)));
    end(call);
}

// The end.

void CallPeer::hang_up(PeerCall& call) {
    switch (call.state) {
    case State::Inviting:
        if (call.caller) return cancel(call);
        if (call.invite) answer(call.flow, *call.invite, just(480, own_tag(call)));
        return end(call);
    case State::Up: saw_hang_up(); return bye(call);
    case State::Answered: // after its ACK
    case State::Leaving:
    case State::Over: return;
    }
}

void CallPeer::bye(PeerCall& call) {
    const sip::FlowId flow = way(call);
    call.state = State::Leaving;
    call.next.cancel();
    call.repeat.cancel();
    call.limit.cancel();
    call.again.cancel();
    call.later.cancel();
    call.branch.clear();
    if (ask(flow, in_dialog(call, "BYE")).empty()) end(call);
}

void CallPeer::drop(PeerCall& call) { end(call); }

void CallPeer::end(PeerCall& call) {
    call.state = State::Over;
    call.branch.clear();
    call.invite.reset();
    for (net::Timer* timer : {&call.next, &call.repeat, &call.limit, &call.again, &call.later})
        timer->cancel();
}

void CallPeer::hang_up_all() {
    for (PeerCall& call : calls_)
        hang_up(call);
}

void CallPeer::calm_down() {
    for (PeerCall& call : calls_)
        if (call.state == State::Inviting) hang_up(call);
}

} // namespace wakeline::simulation
