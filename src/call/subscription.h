// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "call/in_dialog.h"
#include "call/succession.h"

namespace wakeline::call {

/// A subscription between a phone and the PBX (RFC 6665), begun by SUBSCRIBE or REFER outside a call: two
/// dialogs, with NOTIFY and refreshes relayed between them until it ends or expires. It outlives the phone's
/// sleep: a NOTIFY is answered for the phone, and the last one given to it when it is back (SBC-MWI-03).
class Subscription final : public DialogUser, public LegPair, public Outgoing::User {
public:
    class Owner {
    public:
        /// The last thing it says. It is destroyed later.
        virtual void on_subscription_ended(Subscription& subscription) = 0;

    protected:
        ~Owner() = default;
    };

    struct Start {
        Reply reply;
        sip::Dialog dialog; // of the subscriber
        Party subscriber, notifier;
        HostHiding hosts;
    };

    Subscription(Context& context, Owner& owner, Start start);
    ~Subscription();

    /// Sends the request to the first of the trunks that takes it, or to a phone.
    void start(std::vector<Succession::Way> ways);
    void start(sip::FlowId flow, sip::Builder request);
    void on_registered(const registrar::Binding& binding);

    void on_dialog_request(LegId leg, sip::ServerTx tx, sip::FlowId flow,
                           const sip::Message& request) override;
    void on_dialog_ack(LegId, const sip::Message&) override {}
    const Leg* opposite(LegId leg) const override;

    Leg* leg(LegId id) override;
    OfferAnswer* media(const Leg&, const Leg&) override { return nullptr; }
    HeaderPolicy policy(sip::Side toward) const override;
    /// Only a phone that asked for it with its Contact (RFC 8599 section 6.1.1).
    bool wakes(const Leg& leg) const override;
    std::string on_waking(const Leg&) override { return {}; }
    void on_leg_lost(LegId id, const std::string& why) override;
    void on_relayed(const Leg& from, const std::string& what, int status, const std::string& words) override;

    void on_sent(Outgoing& request) override;
    void on_response(Outgoing& request, const sip::Message& response) override;
    void on_failure(Outgoing& request, sip::TxFailure why) override;

private:
    static constexpr LegId kSubscriber = 1, kNotifier = 2;

    void begin(const sip::Builder& request);
    void set_notifier(sip::Dialog dialog);
    void keep(const Leg& phone, sip::ServerTx tx, const sip::Message& notify);
    void deliver(Leg& phone);
    void on_delivered(const sip::Message& response);
    void refuse(int status);
    void moved(Leg& leg, sip::FlowId flow);
    void end();

    Context& context_;
    Owner& owner_;
    Reply reply_;
    HostHiding hosts_;
    Party notifier_party_;
    Leg subscriber_;
    std::unique_ptr<Leg> notifier_; // when it has said something
    InDialog in_dialog_;
    Succession to_pbx_;
    Outgoing outgoing_;  // to a phone
    sip::DialogId half_; // ours until the notifier's tag is known
    std::chrono::seconds asked_{0};
    std::optional<Relayed> kept_; // the last NOTIFY for a phone that sleeps
    std::unique_ptr<Outgoing> delivery_;
    std::unique_ptr<PhoneWake> wake_;
    bool answered_ = false, terminated_ = false, ended_ = false;
    net::Timer expiry_;
};

} // namespace wakeline::call
