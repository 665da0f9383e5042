// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "call/call_legs.h"
#include "call/caller.h"
#include "call/fork.h"
#include "call/in_dialog.h"
#include "call/ring_hunt.h"
#include "call/session_timers.h"
#include "call/timeline.h"
#include "call/trunk_way.h"

namespace wakeline::call {

/// One call, from its INVITE to its record: the caller's side, the branches to the callee, and then the two
/// dialogs between which everything is relayed.
class Call final : public DialogUser,
                   public Caller::Owner,
                   public Branch::Owner,
                   public LegPair,
                   private LegSession::Owner {
public:
    class Owner {
    public:
        /// The last thing that a call says. It is destroyed later.
        virtual void on_call_ended(Call& call) = 0;
        /// It calls that user's devices too, and wants to hear of them. The name lies in the call.
        virtual void on_call_redirected(Call& call, const std::string& aor) = 0;

    protected:
        ~Owner() = default;
    };

    /// What the INVITE brings.
    struct Invite {
        CallRecord record; // id, direction, caller, callee, trunk
        CallOffer offer;
        Reply reply;
        sip::Dialog dialog; // of the caller
        Party caller;
        HostHiding hosts;
        std::string user_aor; // of the phone's user
        bool reliable_required = false;
        SessionWish session = {};
        std::optional<std::chrono::seconds> expires;
        trunk::Line line = {}; // from the PBX: its place on the trunk
        Upstream::Share share = {};
    };

    Call(Context& context, Owner& owner, Invite invite);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Branches first, then `start`.
    void add_device(const registrar::Binding& binding, std::string uuid);
    /// Instead of branches: the user's ring plan says whom to ring, and when.
    void hunt(std::unique_ptr<RingHunt> hunt) { hunt_ = std::move(hunt); }
    void add_trunks(TrunkWays ways, std::string call_id, std::string from_tag, std::string contact_user);
    void start();
    /// Instead of `start`: the caller gets that answer at once.
    void refuse(Ending ending);

    /// A device registered; this call may be waiting for it, or have a leg there.
    void on_registered(const registrar::Binding& binding);
    void on_media_timeout();
    /// By an administrator (480 where nobody has answered yet), or because we stop (503: the PBX may try
    /// another way).
    void hang_up(const std::string& why, int status = 480);

    const std::string& id() const noexcept { return timeline_.id(); }
    const std::string& user_aor() const noexcept { return user_aor_; }
    /// To whom it was redirected.
    const std::list<std::string>& further_users() const noexcept { return further_users_; }
    const CallRecord& record() const noexcept { return timeline_.record(); }
    media::MediaId media_id() const { return winner_ != nullptr ? winner_->media().id() : 0; }
    bool held() const noexcept { return held_; }
    /// That request is another fork of the INVITE that began this call (RFC 3261 8.2.2.2).
    bool merges(const sip::Message& request) const;

    // DialogUser
    void on_dialog_request(LegId leg, sip::ServerTx tx, sip::FlowId flow,
                           const sip::Message& request) override;
    void on_dialog_ack(LegId leg, const sip::Message& ack) override;
    const Leg* opposite(LegId leg) const override;

    // Caller::Owner
    void on_caller_cancelled(const std::string& reason) override;
    void on_caller_silent(std::string_view what) override;

    // Branch::Owner
    void on_branch_waiting(Branch& branch) override;
    void on_branch_progress(Branch& branch, const sip::Message& provisional) override;
    void on_branch_success(Branch& branch, const sip::Message& success) override;
    void on_branch_refused(Branch& branch, const sip::Message& failure) override;
    void on_branch_dead(Branch& branch, Ending ending) override;

    // LegPair
    Leg* leg(LegId id) override { return legs_.find(id); }
    OfferAnswer* media(const Leg& from, const Leg& to) override;
    LegSession* session(LegId id) override { return sessions_.find(id); }
    HeaderPolicy policy(sip::Side toward) const override;
    /// Who talks wants to know what becomes of the call.
    bool wakes(const Leg&) const override { return phase_ == Phase::Up; }
    std::string on_waking(const Leg& leg) override;
    void on_leg_lost(LegId id, const std::string& why) override;
    void on_relayed(const Leg& from, const std::string& what, int status, const std::string& words) override;

private:
    /// Setup: the INVITE has no final answer. Answered: its 2xx has no ACK. Closing: over, but the caller's
    /// ACK must come before our BYE (RFC 3261 15).
    enum class Phase : std::uint8_t { Setup, Answered, Up, Closing, Ended };

    // LegSession::Owner
    void on_session_over(LegId id, const std::string& why) override;

    // Setting up.
    bool next_stage();
    void add_target(ring_plan::Target target);
    void on_ring_time_over();
    void obey(ring_plan::Verdict verdict);
    void drop_callees();
    void update_held();
    void watch_ringing();
    void settle();
    void abandon(int status, Outcome outcome, const std::string& why, const std::string& reason);
    Result<std::string> callee_sdp(Branch& branch, const sip::Message& response, bool reliable);
    void answer_caller(Branch& branch, Leg& leg, const sip::Message& success, const std::string& sdp);
    void tell_security(Branch& branch, std::string_view sdp, Relayed& relayed) const;
    void note_security();
    void count_security();
    bool follow(const Branch& branch, const sip::Message& redirect);
    bool call_at_pbx(const sip::Uri& target);
    bool call_user(const sip::Uri& target);
    bool start_last();
    void on_further_success(Branch& branch, const sip::Message& success);
    /// Without an ending others have its place.
    void end_branch(Branch& branch, std::optional<Ending> ending = {});
    void drop_leg(LegId id);

    // Within dialogs.
    void move(Leg& leg, sip::FlowId flow);
    void on_prack(Leg& from, sip::ServerTx tx, const sip::Message& request);
    void on_bye(Leg& from, sip::ServerTx tx, const sip::Message& request);
    void take_late_answer(const sip::Message& ack);
    void close(const Leg* hung_up, std::vector<std::string> reasons, std::string why);
    void end(int status, Outcome outcome, std::string why);
    bool from_stranger() const;
    void keep_record();

    Context& context_;
    Owner& owner_;
    Timeline timeline_;
    CallOffer offer_;
    const std::size_t octets_; // of it, as it came
    HostHiding hosts_;
    std::string user_aor_;
    trunk::Line line_;
    Upstream::Share share_;
    CallLegs legs_;
    Caller caller_;
    Fork fork_;
    std::unique_ptr<RingHunt> hunt_; // routing: ring_plan
    InDialog in_dialog_;
    SessionTimers sessions_;
    SessionWish session_wish_; // of the caller's INVITE
    Phase phase_ = Phase::Setup;
    std::vector<std::string> targets_; // that were called, once there was a redirect
    std::list<std::string> further_users_;
    Branch* winner_ = nullptr;
    const Branch* early_media_ = nullptr;   // the branch whose SDP the caller has heard
    std::optional<std::string> callee_ack_; // SDP of the ACK that the callee got; nothing: not acknowledged
    std::string late_offer_;                // of the callee, as the caller gets it
    std::vector<std::string> bye_reasons_;  // Closing
    std::string bye_why_;
    bool held_ = false;
    net::WallTime push_deadline_; // the hold time, or the caller's Expires where that is shorter
    net::Timer hold_, expires_, unanswered_;
};

/// Dials `sip:` plus number, as an administrator writes a party down.
std::string number_of(const sip::Uri& uri);

} // namespace wakeline::call
