// SPDX-License-Identifier: Apache-2.0
#include "simulation/phone.h"

#include "fakes/sip_text.h"

namespace wakeline::simulation {

namespace {

using namespace std::chrono_literals;
using State = PeerCall::State;

std::string token_of(unsigned number) { return "aabbcc0" + std::to_string(number); }

} // namespace

Phone::Phone(Scene& scene, Network& network, Identity identity)
    : CallPeer(scene, network, "phone" + std::to_string(identity.number)), identity_(std::move(identity)),
      token_(token_of(identity_.number)), digest_(identity_.user, Secret("secret")),
      call_digest_(identity_.user, Secret("secret")), wake_(scene.timers), retry_(scene.timers),
      doze_(scene.timers) {}

// Connections.

void Phone::connect() {
    address_ = "198.51.100." + std::to_string(identity_.number) + ":" + std::to_string(40'000 + ++addresses_);
    flow_ = network_.connect(*this, address_);
    register_branch_.clear();
}

void Phone::disconnect(bool silently) {
    const sip::FlowId old = std::exchange(flow_, 0);
    if (old == 0) return;
    registered_ = false;
    register_branch_.clear();
    for (PeerCall& call : calls_)
        if (call.flow == old) call.branch.clear(); // nothing will be heard there
    if (silently)
        network_.kill_silently(old, scene_.chance.between(3'000, 60'000));
    else
        network_.close_from_outside(old);
}

void Phone::come_online() {
    if (gone_ || flow_ != 0) return;
    asleep_ = signed_out_ = false;
    connect();
    send_register();
}

void Phone::sleep() {
    if (flow_ == 0 || !registered_) return;
    for (const PeerCall& call : calls_)
        if (!call.over()) return; // an app in a call stays awake
    const bool silently = scene_.mishap(40);
    scene_.coverage.saw(silently ? Did::PhoneSleepsSilently : Did::PhoneSleeps);
    scene_.trace.note(name(), "sleeps");
    asleep_ = true;
    disconnect(silently);
}

void Phone::die() {
    if (flow_ == 0) return;
    for (const PeerCall& call : calls_) {
        if (call.state == State::Up) scene_.coverage.saw(Did::PhoneDiesInCall);
        if (call.state == State::Inviting && !call.caller) scene_.coverage.saw(Did::PhoneDiesRinging);
    }
    const sip::FlowId old = flow_;
    if (scene_.chance.percent(50)) {
        network_.cut(old);
    } else {
        disconnect(true);
        on_closed(old);
    }
}

void Phone::change_network() {
    if (flow_ == 0) return;
    scene_.coverage.saw(Did::PhoneMoves);
    scene_.trace.note(name(), "changes network");
    disconnect(scene_.chance.percent(60));
    check_calls_ = true;
    come_online();
}

void Phone::leave() {
    scene_.coverage.saw(Did::PhoneGoneForGood);
    scene_.trace.note(name(), "is switched off");
    gone_ = true;
    for (PeerCall& call : calls_)
        drop(call);
    disconnect(scene_.chance.percent(50));
    for (net::Timer* timer : {&wake_, &retry_, &doze_})
        timer->cancel();
}

/// What was ringing or being dialled went with it; what is up goes on when it is back.
void Phone::on_closed(sip::FlowId flow) {
    if (flow == flow_) {
        flow_ = 0;
        registered_ = false;
        register_branch_.clear();
    }
    for (PeerCall& call : calls_) {
        if (call.flow != flow) continue;
        if (call.state == State::Inviting) drop(call);
        call.branch.clear(); // its re-INVITE has failed
    }
    if (flow_ != 0 || gone_ || asleep_) return;
    check_calls_ = true;
    retry_.arm(scene_.chance.between(100, scene_.rough ? 20'000 : 1'000), [this] { come_online(); });
}

void Phone::on_push(bool) {
    if (gone_ || !asleep_ || wake_.armed()) return;
    if (scene_.mishap(6, Did::PhoneNeverWakes)) return;
    const bool late = scene_.mishap(10, Did::PhoneWakesLate);
    wake_.arm(late ? scene_.chance.between(12'000, 40'000) : scene_.chance.between(100, 4'000), [this] {
        scene_.coverage.saw(Did::PhoneWakes);
        just_woken_ = true;
        come_online();
    });
}

void Phone::calm_down() {
    CallPeer::calm_down();
    check_calls_ = true;
    if (!gone_ && flow_ == 0) retry_.arm(scene_.chance.between(1, 1'000), [this] { come_online(); });
    if (flow_ != 0 && registered_) on_registered();
}

// Registration.

std::string Phone::contact() const {
    return "<sip:" + identity_.user + "@" + address_ +
           ";transport=tls;pn-provider=apns;pn-param=TEAM123456.com.example.phone;pn-prid=" + token_ + ">";
}

void Phone::unregister() {
    if (flow_ == 0 || !registered_ || !register_branch_.empty()) return;
    scene_.coverage.saw(Did::PhoneUnregisters);
    signed_out_ = true;
    registered_ = false;
    send_register(0);
    retry_.arm(scene_.chance.between(100, 20'000), [this] {
        signed_out_ = false;
        if (flow_ != 0) return send_register();
        come_online();
    });
}

void Phone::send_register(unsigned expires) {
    if (flow_ == 0) return;
    const std::string address = "<sip:" + identity_.user + "@example.com>";
    Ask request{.method = "REGISTER",
                .uri = "sip:example.com",
                .from = address + ";tag=" + name() + "reg",
                .to = address,
                .call_id = name() + "-register",
                .cseq = ++cseq_};
    request.contact = contact() + ";+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-00000000000" +
                      std::to_string(identity_.number) + ">\";reg-id=1;expires=" + std::to_string(expires);
    request.more = "Supported: path, outbound\r\n";
    if (digest_.challenged()) {
        sip::Builder builder = sip::Builder::request("REGISTER", "sip:example.com");
        digest_.authorize(builder);
        request.more += "Authorization: " + builder.first("Authorization") + "\r\n";
    }
    register_branch_ = ask(flow_, request);
}

void Phone::on_other_answer(const std::string& branch, const Received& response) {
    if (branch != register_branch_ || response->status() < 200) return;
    register_branch_.clear();
    const int status = response->status();
    if (status == 401 && !std::exchange(tried_password_, true) && digest_.take_challenge(*response))
        return send_register(signed_out_ ? 0 : 3'600);
    tried_password_ = false;
    if (signed_out_) return;
    if (status == 200) return on_registered();
    retry_.arm(scene_.chance.between(500, 5'000), [this] { send_register(); });
}

void Phone::on_no_answer(const std::string& branch, const std::string& method) {
    if (method != "REGISTER") return CallPeer::on_no_answer(branch, method);
    if (branch == register_branch_) send_register();
}

void Phone::on_registered() {
    registered_ = true;
    if (std::exchange(check_calls_, false))
        for (PeerCall& call : calls_)
            if (call.state == State::Up)
                call.later.arm(scene_.chance.between(10, 500), [this, &call] { reinvite(call); });
    if (std::exchange(just_woken_, false) && scene_.mishap(10, Did::PhoneFaints))
        return doze_.arm(scene_.chance.between(0, 400), [this] { die(); });
    if (scene_.mishap(30)) doze_.arm(scene_.chance.between(500, 20'000), [this] { sleep(); });
}

// Calls.

void Phone::call(const std::string& number) {
    if (flow_ == 0 || !registered_) return;
    scene_.coverage.saw(Did::PhoneCalls);
    PeerCall& call = dial(flow_, {.number = number,
                                  .from = "<sip:" + identity_.user + "@example.com>",
                                  .to = "<sip:" + number + "@example.com>",
                                  .uri = "sip:" + number + "@example.com"});
    const bool impatient = scene_.mishap(25);
    call.next.arm(impatient ? scene_.chance.between(0, 6'000) : scene_.chance.between(20'000, 40'000),
                  [this, &call] {
                      if (call.state != State::Inviting) return;
                      scene_.coverage.saw(Did::PhoneCancels);
                      cancel(call);
                  });
}

std::string Phone::number_of(const sip::Message& invite) const { return invite.from().uri.user; }

std::string Phone::credentials(const PeerCall& call, const sip::Message& challenge) {
    if (!call_digest_.take_challenge(challenge)) return {};
    sip::Builder builder = sip::Builder::request("INVITE", call.dialled.uri);
    call_digest_.authorize(builder);
    const std::string value = builder.first("Proxy-Authorization");
    return value.empty() ? value : "Proxy-Authorization: " + value + "\r\n";
}

CallPeer::Manners Phone::manners(const sip::Message&) {
    Manners how;
    how.ring = scene_.chance.between(5, scene_.rough ? 900 : 50);
    if (scene_.mishap(10, Did::PhoneNeverAnswers)) return how;
    how.answer = scene_.mishap(30) ? scene_.chance.between(0, 50) : scene_.chance.between(500, 8'000);
    if (scene_.mishap(15, Did::PhoneRefuses)) how.status = scene_.chance.pick({486, 603, 480, 488, 500});
    how.early_media = scene_.mishap(20);
    how.twice = how.status == 200 && scene_.mishap(10, Did::PhoneAnswersTwice);
    return how;
}

void Phone::on_up(PeerCall& call) {
    call.next.cancel();
    if (scene_.mishap(20)) call.again.arm(scene_.chance.between(0, 8'000), [this, &call] { inform(call); });
    if (scene_.mishap(30))
        call.later.arm(scene_.chance.between(0, 5'000), [this, &call] { reinvite(call); });
    else if (scene_.mishap(30))
        call.later.arm(scene_.chance.between(0, 15'000), [this, &call] { hang_up(call); });
}

void Phone::on_other_request(sip::FlowId flow, const Received& request) { answer(flow, *request, {}); }

} // namespace wakeline::simulation
