// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulation/call_peer.h"

namespace wakeline::simulation {

/// The PBX, on datagrams: grants registrations, calls users and devices, is called; cancels, hangs up and
/// re-INVITEs at any moment, forgets its ACK, says 503, or nothing at all for a while.
class Pbx final : public CallPeer {
public:
    Pbx(Scene& scene, Network& network);

    void call(const std::string& number, const std::string& user);
    void send_message(const std::string& user);
    /// Hears and says nothing for so long.
    void be_silent(net::Duration how_long);
    void set_unavailable(bool unavailable) { unavailable_ = unavailable; }
    void calm_down() override;

private:
    sip::FlowId way(const PeerCall&) const override { return flow_; }
    std::string contact() const override { return "<sip:pbx@10.0.0.5:5060>"; }
    std::string number_of(const sip::Message& invite) const override { return invite.request_uri().user; }
    Manners manners(const sip::Message& invite) override;
    bool skips_ack(const PeerCall& call) override { return skips_ack_.contains(call.number); }
    bool answers_cancelled() override { return scene_.mishap(20, Did::PbxAnswersCancelled); }
    void on_up(PeerCall& call) override;
    void on_other_answer(const std::string&, const Received&) override {}
    void on_other_request(sip::FlowId flow, const Received& request) override;
    void saw_reinvite() override { scene_.coverage.saw(Did::PbxReinvites); }
    void saw_hang_up() override { scene_.coverage.saw(Did::PbxHangsUp); }
    void saw_info() override { scene_.coverage.saw(Did::PbxAsksInDialog); }
    std::string sent_by() const override { return "UDP 10.0.0.5:5060"; }
    bool deaf() const override { return scene_.timers.now() < silent_until_; }
    bool uses_datagrams() const override { return true; }

    const sip::FlowId flow_;
    net::TimePoint silent_until_{};
    bool unavailable_ = false;
    std::map<std::string, std::vector<std::string>> contacts_; // of users, as they registered
    std::map<std::string, int> skips_ack_;
};

} // namespace wakeline::simulation
