// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "call/contact.h"
#include "call/context.h"
#include "call/outgoing.h"
#include "registrar/binding.h"

namespace wakeline::call {

/// Whom a leg talks to.
struct Party {
    sip::Side side = sip::Side::Access;
    registrar::BindingId device = 0; // phones, when they are registered here
    std::string name;                // for the timeline
    std::string contact;             // how we are reached from there: a Contact value
    bool instead_of_phone = false;   // the PBX, in a call that it made itself

    media::MediaSide media_side() const noexcept {
        const bool phone = side == sip::Side::Access || instead_of_phone;
        return phone ? media::MediaSide::Phone : media::MediaSide::Trunk;
    }
};

/// One side of a call: a dialog, early or confirmed, with a phone or with the PBX. Found by its names as
/// long as it lives.
class Leg {
public:
    Leg(Context& context, Dialogs::Entry owner, sip::Dialog dialog, Party party);
    ~Leg();
    Leg(const Leg&) = delete;
    Leg& operator=(const Leg&) = delete;

    LegId id() const noexcept { return id_; }
    sip::Dialog& dialog() noexcept { return dialog_; }
    const sip::Dialog& dialog() const noexcept { return dialog_; }
    const Party& party() const noexcept { return party_; }
    sip::Side side() const noexcept { return party_.side; }
    media::MediaSide media_side() const noexcept { return party_.media_side(); }

    /// False when that connection is another user's: who knows a dialog's names need not be in it.
    bool may_come_on(sip::FlowId flow) const;
    /// False for a phone whose connection is gone and that has not come back.
    bool reachable() const;
    /// The phone uses another connection now (RFC 5626; SBC-NET-02).
    void move_to(sip::FlowId flow) { dialog_.set_flow(flow); }

    /// A request of `dialog().request()`. To a PBX whose connection is gone it goes by the peer's address.
    void send(Outgoing& outgoing, sip::Builder request);
    void send_ack(std::uint32_t invite_cseq, std::string_view sdp);
    /// Nobody waits for the answer. `reason`: Reason header values, may be empty. A phone without a
    /// connection hears it when it is back.
    void send_bye(const std::vector<std::string>& reasons);

private:
    /// The PBX of this leg; null for phones.
    trunk::Trunk* trunk() const;

    Context& context_;
    LegId id_;
    sip::Dialog dialog_;
    Party party_;
};

} // namespace wakeline::call
