// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "media/negotiated_leg.h"
#include "media/offer_answer_policy.h"
#include "media/offer_answer_table.h"
#include "media/sdp_rewrite.h"

namespace wakeline::media {

/// Offer/answer of one session between its two sides (RFC 3264, RFC 4568): each side negotiates with us,
/// never with the other. Every m= line has its place on both sides.
class OfferAnswer {
public:
    OfferAnswer(OfferAnswerPolicy policy, Ports& ports);
    ~OfferAnswer();
    OfferAnswer(const OfferAnswer&) = delete;
    OfferAnswer& operator=(const OfferAnswer&) = delete;

    /// What this side is told instead of the address that the ports have.
    void set_address(MediaSide side, const net::SocketAddress& address) { told(side).address = address; }

    /// The SDP for the other side.
    Result<std::string> offer(MediaSide from, std::string_view sdp);
    /// The SDP for the side that offered; from now on `streams` says what was agreed. After an error the
    /// offer is still open.
    Result<std::string> answer(MediaSide from, std::string_view sdp);
    void rollback();

    /// As MediaSessions::security.
    std::string security(MediaSide side) const;
    /// As of the last answer.
    const std::vector<StreamPlan>& streams() const noexcept { return streams_; }
    /// The session id in the o= lines that this side is shown.
    const std::string& origin_id(MediaSide side) const { return told(side).origin_id; }
    /// The session id in the o= line that this side sent with what was agreed last.
    const std::string& remote_origin_id(MediaSide side) const { return told(side).remote_origin_id; }

private:
    using State = offer_answer::State;

    /// One stream of an open offer.
    struct OfferedStream {
        std::string refused; // why this stream is not relayed; empty when it is
        ErrorCode refused_as = ErrorCode::InvalidInput;
        StreamDescription described;
        LegSecurity chosen; // of the offerer's
        LocalPorts offerer_ports, answerer_ports;
        LocalPorts plain_ports; // of the answerer's plain alternative, if there is one
        OfferForm form = OfferForm::Plain;
        AskedSecurity asked;        // of the answerer
        std::optional<IcePlan> ice; // with the offerer
        std::optional<IceCredentials> ice_asked;
        bool rtcp_mux = false;
    };
    struct Exchange {
        MediaSide offerer = MediaSide::Phone;
        Sdp sdp;
        std::vector<OfferedStream> streams;
        std::array<MediaLayout, 2> layouts; // by MediaSide
        MediaLayout& layout(MediaSide side) { return layouts[static_cast<std::size_t>(side)]; }
        const MediaLayout& layout(MediaSide side) const { return layouts[static_cast<std::size_t>(side)]; }
        /// Of two alternatives, the answerer has taken the plain one.
        bool answered_plain(std::size_t index) const {
            return offered_twice(streams[index].form) && layout(other(offerer)).took_plain(index);
        }
    };
    /// What a side has been shown last, for the version in o=.
    struct Told {
        net::SocketAddress address; // not valid: the ports'
        std::string origin_id, remote_origin_id, text;
        std::uint64_t version = 0;
    };

    Result<Exchange> read_offer(MediaSide from, std::string_view sdp);
    OfferedStream read_offered(MediaSide from, const Sdp& sdp, const SdpSection& section) const;
    Status check_address(MediaSide side, const Sdp& sdp, const StreamDescription& stream) const;
    void filter_offer(MediaSide from, Sdp& sdp, std::vector<OfferedStream>& streams) const;
    Status prepare(Exchange& exchange, std::size_t index);
    OfferForm form_for(MediaSide side, const NegotiatedLeg& leg, const OfferedStream& stream) const;
    Status prepare_security(MediaSide side, NegotiatedLeg& leg, OfferedStream& stream);
    std::vector<CryptoLine> crypto_to_offer(MediaSide side, NegotiatedLeg& leg) const;
    std::string write_offer(Exchange& exchange);
    SectionEdit offer_edit(MediaSide to, const OfferedStream& stream, bool plain) const;

    Status filter_answer(const Exchange& exchange, Sdp& sdp) const;
    Result<std::vector<StreamPlan>> read_answer(Exchange& exchange, Sdp& sdp);
    Result<std::optional<StreamPlan>> read_answered(Exchange& exchange, std::size_t index, const Sdp& sdp);
    Result<LegSecurity> judge_answered(const Exchange& exchange, std::size_t index,
                                       const StreamDescription& answered) const;
    StreamPlan plan_for(const Exchange& exchange, std::size_t index, const StreamDescription& answered);
    void secure(LegPlan& plan, NegotiatedLeg& leg, const LegSecurity& with) const;
    void remember(const Exchange& exchange);
    std::string write_answer(const Exchange& exchange, Sdp sdp);
    SectionEdit answer_edit(const Exchange& exchange, const StreamPlan& plan, const Sdp& sdp) const;

    std::string write(MediaSide to, Sdp& sdp, bool ice);
    net::SocketAddress told_at(MediaSide side, const LocalPorts& ports) const;
    NegotiatedLeg& leg(MediaSide side, std::size_t index);
    Told& told(MediaSide side) { return told_[static_cast<std::size_t>(side)]; }
    const Told& told(MediaSide side) const { return told_[static_cast<std::size_t>(side)]; }

    OfferAnswerPolicy policy_;
    Ports& ports_;
    State state_ = State::Empty;
    std::array<std::vector<NegotiatedLeg>, 2> legs_; // by MediaSide, then stream
    std::array<Told, 2> told_;
    std::optional<Exchange> open_, last_; // last_: the exchange whose answer may be repeated
    std::vector<StreamPlan> streams_;
};

} // namespace wakeline::media
