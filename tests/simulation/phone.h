// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "simulation/call_peer.h"
#include "sip/digest_client.h"

namespace wakeline::simulation {

/// A softphone that registers with push data and sleeps: its connection is closed, or dies without a word. A
/// push wakes it, sooner or later; it changes network, and disappears when it likes.
class Phone final : public CallPeer {
public:
    struct Identity {
        std::string user; // "alice"
        unsigned number;  // of all phones, from 1
        bool digest;      // somebody challenges it
    };
    Phone(Scene& scene, Network& network, Identity identity);

    const std::string& user() const noexcept { return identity_.user; }
    /// The token that a push names.
    const std::string& token() const noexcept { return token_; }
    bool connected() const noexcept { return flow_ != 0; }
    bool registered() const noexcept { return registered_; }
    bool gone() const noexcept { return gone_; }

    void come_online();
    void sleep();
    void die(); // its connection breaks; it notices and comes back, unless it is asleep
    void change_network();
    /// The user signs out, and in again after a while.
    void unregister();
    /// Switched off: never again.
    void leave();
    void on_push(bool voip);
    void call(const std::string& number);

    void calm_down() override;
    void on_closed(sip::FlowId flow) override;

private:
    void send_register(unsigned expires = 3'600);
    void on_registered();
    void connect();
    void disconnect(bool silently);

    sip::FlowId way(const PeerCall&) const override { return flow_; }
    std::string contact() const override;
    std::string number_of(const sip::Message& invite) const override;
    Manners manners(const sip::Message& invite) override;
    void on_up(PeerCall& call) override;
    void on_other_answer(const std::string& branch, const Received& response) override;
    void on_no_answer(const std::string& branch, const std::string& method) override;
    void on_other_request(sip::FlowId flow, const Received& request) override;
    std::string credentials(const PeerCall& call, const sip::Message& challenge) override;
    void saw_reinvite() override { scene_.coverage.saw(Did::PhoneReinvites); }
    void saw_hang_up() override { scene_.coverage.saw(Did::PhoneHangsUp); }
    void saw_info() override { scene_.coverage.saw(Did::PhoneAsksInDialog); }
    std::string sent_by() const override { return "TLS " + address_; }

    const Identity identity_;
    const std::string token_;
    std::string address_;
    sip::FlowId flow_ = 0;
    unsigned cseq_ = 0, addresses_ = 0;
    bool registered_ = false, asleep_ = false, gone_ = false, check_calls_ = false, signed_out_ = false,
         just_woken_ = false;
    std::string register_branch_;
    sip::DigestClient digest_, call_digest_;
    bool tried_password_ = false;
    net::Timer wake_, retry_, doze_;
};

} // namespace wakeline::simulation
