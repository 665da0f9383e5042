// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "media/config.h"
#include "media/leg_security.h"
#include "media/offer_answer_table.h"
#include "media/ports.h"
#include "media/sdp_rewrite.h"
#include "media/stream_plan.h"

namespace wakeline::media {

inline const SidePolicy kAnything;

/// What we may agree to, by side.
struct OfferAnswerPolicy {
    SrtpMode phone = SrtpMode::SrtpOnly;
    SrtpMode trunk = SrtpMode::Off;
    CryptoTerms crypto;
    bool phone_signalling_secure = true; // SDES keys may be told to it
    bool trunk_signalling_secure = true;
    const SidePolicy *phones = &kAnything,
                     *pbx = &kAnything; // codecs, and what must be encrypted; outlive it
    bool match_trunk = false;           // phones get SRTP only when the PBX has it too
    /// Whether an o= session id from the trunk is one that we gave out on the trunk: our own SDP, come back.
    std::function<bool(const std::string& origin_id)> own_session;

    SrtpMode mode(MediaSide side) const { return side == MediaSide::Phone ? phone : trunk; }
    const SidePolicy& of(MediaSide side) const { return side == MediaSide::Phone ? *phones : *pbx; }
    bool required(MediaSide side) const { return of(side).require_srtp || mode(side) == SrtpMode::SrtpOnly; }
    /// RFC 4568 section 8.3: who reads the signalling must not read the keys.
    bool may_tell_keys(MediaSide side) const {
        return of(side).allow_keys_over_plain ||
               (side == MediaSide::Phone ? phone_signalling_secure : trunk_signalling_secure);
    }
};

/// Offer/answer of one session between its two sides (RFC 3264, RFC 4568): each side negotiates with us,
/// never with the other. Every m= line has its place on both sides. Keys and ports, once told, stay until the
/// session ends, so that a re-offer changes only what a peer changes.
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

    /// What an m= line keeps on one side for the life of the session.
    struct Leg {
        std::optional<LocalPorts> plain, secure;
        std::map<SrtpSuite, SrtpKey> keys; // ours
        std::optional<RtpProfile> agreed;  // of its last answered use
        std::optional<SrtpSuite> agreed_suite;
        bool rtcp_mux = false;
    };
    /// One m= line of an open offer.
    struct OfferedStream {
        std::string refused; // why this stream is not relayed; empty when it is
        ErrorCode refused_as = ErrorCode::InvalidInput;
        StreamDescription described;
        std::optional<CryptoLine> chosen; // of the offerer's lines
        LocalPorts offerer_ports, answerer_ports;
        RtpProfile asked; // of the answerer
        std::vector<CryptoLine> crypto;
        bool rtcp_mux = false;
    };
    struct Exchange {
        MediaSide offerer = MediaSide::Phone;
        Sdp sdp;
        std::vector<OfferedStream> streams;
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
    OfferedSecurity judge(MediaSide from, const StreamDescription& described) const;
    bool may_be_secure(MediaSide side) const;
    void prefer_one_alternative(std::vector<OfferedStream>& streams) const;
    Status prepare(MediaSide offerer, std::size_t index, OfferedStream& stream);
    std::vector<CryptoLine> crypto_to_offer(Leg& leg) const;
    bool offer_secure(MediaSide side, const Leg& leg, const OfferedStream& stream) const;
    void filter_offer(MediaSide from, Sdp& sdp, std::vector<OfferedStream>& streams) const;
    Status filter_answer(const Exchange& exchange, Sdp& sdp) const;
    std::string write_offer(const Exchange& exchange);
    Result<std::vector<StreamPlan>> read_answer(const Exchange& exchange, const Sdp& sdp);
    Result<std::optional<StreamPlan>> read_answered(const Exchange& exchange, std::size_t index,
                                                    const Sdp& sdp);
    void secure(LegPlan& plan, Leg& leg, const std::optional<CryptoLine>& theirs) const;
    void remember(const Exchange& exchange);
    std::string write_answer(const Exchange& exchange, Sdp sdp);

    Result<LocalPorts> ports_for(Leg& leg, MediaSide side, MediaKind kind, bool secure);
    const SrtpKey& key_for(Leg& leg, SrtpSuite suite) const;
    std::string write(MediaSide to, Sdp& sdp);
    Leg& leg(MediaSide side, std::size_t index);
    Told& told(MediaSide side) { return told_[static_cast<std::size_t>(side)]; }
    const Told& told(MediaSide side) const { return told_[static_cast<std::size_t>(side)]; }

    OfferAnswerPolicy policy_;
    Ports& ports_;
    State state_ = State::Empty;
    std::array<std::vector<Leg>, 2> legs_; // by MediaSide, then m= line
    std::array<Told, 2> told_;
    std::optional<Exchange> open_, last_; // last_: the exchange whose answer may be repeated
    std::vector<StreamPlan> streams_;
};

} // namespace wakeline::media
