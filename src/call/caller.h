// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "call/context.h"
#include "call/provisionals.h"
#include "call/repeater.h"
#include "call/reply.h"
#include "sip/success_repeater.h"

namespace wakeline::call {

/// The INVITE that began the call, as its server (RFC 3261 13.3): answers it step by step, with one To tag.
class Caller final : public ServedInvite {
public:
    class Owner {
    public:
        /// `reason`: of its CANCEL; empty when it is simply gone.
        virtual void on_caller_cancelled(const std::string& reason) = 0;
        /// The 2xx got no ACK, or our reliable 1xx no PRACK, for 64*T1.
        virtual void on_caller_silent(std::string_view what) = 0;

    protected:
        ~Owner() = default;
    };

    /// `reliable_required`: the caller's Require has 100rel.
    Caller(Context& context, Owner& owner, Reply reply, std::string contact, bool reliable_required);
    ~Caller();

    /// 180 or 183 of our own, while a device is being woken. The last 1xx is repeated every minute, so that
    /// no timer C on the way runs out (RFC 3261 13.3.1.1).
    void ring(int status);
    struct Progress {
        int status = 180;
        std::string reason;
        Relayed relayed;
        std::string sdp;
        std::optional<Provisionals::Source> reliable; // the callee's RSeq, when it asks for PRACK
    };
    void progress(const Progress& progress);
    void accept(int status, const std::string& reason, const Relayed& relayed, const std::string& sdp);
    void refuse(int status, const std::string& reason, const Relayed& relayed);

    /// True for the first ACK of our 2xx.
    bool on_ack(std::uint32_t cseq);
    /// What a PRACK is for; nothing: 481.
    std::optional<Provisionals::Acknowledged> on_prack(const RAck& rack);

    std::uint32_t cseq() const noexcept { return reply_.cseq(); }
    bool in_early_dialog() const noexcept { return early_; } // the caller knows our To tag

    void on_cancel(const sip::Message& cancel) override;
    void on_lost() override;

private:
    sip::Builder own_provisional() const;
    bool rings_reliably() const { return ringing_ && ringing_->running(); } // and has no PRACK yet
    void remind();
    void send_own_reliably(sip::Builder ringing);
    void finish(int status);

    Context& context_;
    Owner& owner_;
    Reply reply_;
    std::string contact_; // how we are reached in the dialog
    bool reliable_required_;
    Provisionals provisionals_;
    int own_status_ = 0;                 // of our own 1xx, for the reminder
    std::unique_ptr<sip::Builder> last_; // the callee's 1xx, instead of it
    int final_ = 0;
    bool early_ = false, acknowledged_ = false;
    net::Timer reminder_;
    // Of thousands of calls that wait few need these yet.
    std::unique_ptr<Repeater> ringing_; // our own reliable 1xx, until its PRACK
    std::unique_ptr<sip::SuccessRepeater> success_;
};

} // namespace wakeline::call
