// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "call/header_policy.h"
#include "call/leg.h"
#include "call/metrics.h"
#include "call/offer_answer.h"
#include "call/outgoing.h"
#include "call/ring_plan.h"
#include "call/timeline.h"

namespace wakeline::call {

/// What the INVITEs to all branches of a call have in common.
struct CallOffer {
    sip::NameAddr from, to; // without tags; for a device `to` is its address of record
    std::string request_uri;
    Relayed relayed;
    std::string sdp; // as the caller offered it; empty: the callee offers (late offer)
    std::uint32_t max_forwards = 70;
    sip::Side caller_side = sip::Side::Trunk;
    net::SocketAddress caller_address;
    bool caller_secure = true; // it came over TLS
    std::string trunk;         // the PBX of the call, by name
    bool trunk_secure = false; // we speak TLS with it
    std::string replaces;      // translated (RFC 3891); only for `replaces_device`, 0: the PBX
    registrar::BindingId replaces_device = 0;
    bool emergency = false;    // never refused for want of room
    bool single_branch = true; // only then 100rel works end to end: one dialog, one answer

    bool has_video() const;
    /// What it keeps of what the caller sent: his to choose, and ours to bound.
    std::size_t octets() const;
};

/// Why a branch is dead: what the caller would get if it were the last one.
struct Ending {
    int status = 480;
    std::string reason; // phrase; empty: the default
    Relayed relayed;    // of the callee's own answer
    Outcome outcome = Outcome::Unreachable;
    std::string why; // for the record

    /// `text` goes out in a Reason header, `detail` only into the record.
    static Ending ours(int status, Outcome outcome, std::string_view text, const std::string& detail = {});
    /// 488 with a Warning of `agent`, for an offer or answer that media refused.
    static Ending unfit(const Error& error, std::string_view agent);
    bool is_ours() const { return outcome != Outcome::Rejected; }
};

/// One attempt to reach the callee: a device, or the PBX.
class Branch : public Outgoing::User {
public:
    class Owner {
    public:
        virtual void on_branch_progress(Branch& branch, const sip::Message& provisional) = 0;
        /// A 2xx; also each repetition, and those of other forks behind the PBX.
        virtual void on_branch_success(Branch& branch, const sip::Message& success) = 0;
        virtual void on_branch_refused(Branch& branch, const sip::Message& failure) = 0;
        /// A push is under way: the call waits for the device.
        virtual void on_branch_waiting(Branch& branch) = 0;
        /// Dead without an answer of the callee.
        virtual void on_branch_dead(Branch& branch, Ending ending) = 0;

    protected:
        ~Owner() = default;
    };

    Branch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer, Party party);
    virtual ~Branch();
    Branch(const Branch&) = delete;
    Branch& operator=(const Branch&) = delete;

    virtual void start() = 0;
    /// Never heard again after this. `why`: Reason of the CANCEL; may be empty.
    virtual void stop(std::string_view why) = 0;
    /// The call waits no longer for sleeping devices.
    virtual void on_hold_end() {}
    virtual void on_registered(const registrar::Binding&) {}
    /// Waiting for a device to wake up.
    virtual bool held() const { return false; }

    const Party& party() const noexcept { return party_; }
    OfferAnswer& media() noexcept { return media_; }
    const Outgoing* invite() const noexcept { return invite_.get(); }
    /// The offer as this branch sent it; empty when the callee offers.
    const std::string& sdp() const noexcept { return sdp_; }
    /// Opens the session and gives our offer to it: an SDP that cannot be used shows before anybody is woken.
    virtual Status prepare_media();
    /// Whom a hunt reaches by it.
    virtual ring_plan::Target target() const { return ring_plan::Target::Mobile; }
    /// What one direction of its media takes of the line to the internet is known now, in bit/s.
    virtual void settle(std::uint64_t) {}
    /// Whether the phone of this call speaks to us over TLS.
    virtual bool phone_is_secure() const { return offer_.caller_secure; }
    /// The dialog that a 101-299 answer makes (RFC 3261 12.1.2).
    sip::Dialog dialog_from(const sip::Message& response) const;

protected:
    /// While nothing is sent: thousands of calls may wait. `prepare_media` opens it again.
    void release_media();
    /// All but what says where it goes: From, CSeq, Max-Forwards, what passes, and the SDP.
    void fill(sip::Builder& invite, const std::string& from_tag) const;
    /// The PBX of the call, for its rules about media.
    struct Pbx {
        std::string name;
        bool secure = false; // we speak TLS with it
    };
    virtual Pbx pbx() const { return {offer_.trunk, offer_.trunk_secure}; }
    /// What passes of what the caller sent.
    virtual const Relayed& relayed() const { return offer_.relayed; }
    void give_up_invite(std::string_view why);
    /// The INVITE once more, for a callee that wants a longer session (422, RFC 4028 7.3). Nothing when that
    /// is not what it says, or has been done.
    std::optional<sip::Builder> lengthened(const sip::Message& refusal);

    Context& context_;
    Owner& owner_;
    Timeline& timeline_;
    const CallOffer& offer_;
    Party party_;
    OfferAnswer media_;
    std::string sdp_; // the offer as this branch sends it
    std::unique_ptr<Outgoing> invite_;
};

} // namespace wakeline::call
