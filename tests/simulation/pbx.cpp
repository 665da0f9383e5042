// SPDX-License-Identifier: Apache-2.0
#include "simulation/pbx.h"

#include <algorithm>

namespace wakeline::simulation {

namespace {

using State = PeerCall::State;

} // namespace

Pbx::Pbx(Scene& scene, Network& network)
    : CallPeer(scene, network, "pbx"),
      flow_(network.add_pbx(*this, *net::SocketAddress::parse("10.0.0.5:5060"))) {}

void Pbx::call(const std::string& number, const std::string& user) {
    Dial dial{.number = number,
              .from = "\"Caller\" <sip:" + number + "@10.0.0.5>",
              .to = "<sip:" + user + "@10.0.0.4>",
              .uri = "sip:" + user + "@10.0.0.4:5080",
              .more = {},
              .offer = !scene_.mishap(15)};
    if (!dial.offer) scene_.coverage.saw(Did::PbxCallsWithoutOffer);
    const auto& contacts = contacts_[user];
    if (!contacts.empty() && scene_.mishap(30)) {
        scene_.coverage.saw(Did::PbxCallsDevice);
        dial.uri = contacts[scene_.chance.below(static_cast<std::uint32_t>(contacts.size()))];
    } else {
        scene_.coverage.saw(Did::PbxCalls);
    }
    if (scene_.mishap(4, Did::PbxNeverAcks)) skips_ack_[number] = 1;
    PeerCall& call = this->dial(flow_, dial);
    const bool impatient = scene_.mishap(25);
    call.next.arm(impatient ? scene_.chance.between(0, 16'000) : scene_.chance.between(20'000, 45'000),
                  [this, &call] {
                      if (call.state != State::Inviting) return;
                      scene_.coverage.saw(Did::PbxCancels);
                      cancel(call);
                  });
}

void Pbx::send_message(const std::string& user) {
    scene_.coverage.saw(Did::MessageToPhone);
    ask(flow_, {.method = "MESSAGE",
                .uri = "sip:" + user + "@10.0.0.4:5080",
                .from = "<sip:sender@10.0.0.5>;tag=message",
                .to = "<sip:" + user + "@10.0.0.4>",
                .call_id = "pbx-message"});
}

void Pbx::be_silent(net::Duration how_long) {
    scene_.coverage.saw(Did::PbxSilent);
    scene_.trace.note(name(), "is silent");
    silent_until_ = scene_.timers.now() + how_long;
}

void Pbx::calm_down() {
    silent_until_ = {};
    unavailable_ = false;
    CallPeer::calm_down();
}

CallPeer::Manners Pbx::manners(const sip::Message&) {
    Manners how;
    if (unavailable_) {
        scene_.coverage.saw(Did::PbxUnavailable);
        return {.ring = {}, .answer = scene_.chance.between(1, 20), .status = 503};
    }
    if (!scene_.mishap(20)) how.ring = scene_.chance.between(5, 500);
    how.answer = scene_.mishap(30) ? scene_.chance.between(0, 20) : scene_.chance.between(200, 8'000);
    if (scene_.mishap(15, Did::PbxRefuses)) how.status = scene_.chance.pick({486, 404, 603, 480, 500});
    how.early_media = scene_.mishap(30);
    how.forks = how.ring && how.status == 200 && scene_.mishap(8);
    return how;
}

void Pbx::on_up(PeerCall& call) {
    call.next.cancel();
    if (scene_.mishap(20)) call.again.arm(scene_.chance.between(0, 8'000), [this, &call] { inform(call); });
    if (scene_.mishap(30))
        call.later.arm(scene_.chance.between(0, 5'000), [this, &call] { reinvite(call); });
    else if (scene_.mishap(30))
        call.later.arm(scene_.chance.between(0, 15'000), [this, &call] { hang_up(call); });
}

/// REGISTER: everything is granted. Others: fine.
void Pbx::on_other_request(sip::FlowId flow, const Received& request) {
    if (request->method() != "REGISTER") return answer(flow, *request, {});
    if (unavailable_) return answer(flow, *request, just(503, "reg"));
    std::string granted;
    auto& known = contacts_[request->to().uri.user];
    for (const sip::NameAddr& contact : request->contacts()) {
        const std::string uri = contact.uri.str();
        if (std::ranges::find(known, uri) == known.end()) known.push_back(uri);
        granted += (granted.empty() ? "<" : ", <") + uri + ">;expires=3600";
    }
    answer(flow, *request, {.status = 200, .to_tag = "reg", .contact = granted});
}

} // namespace wakeline::simulation
