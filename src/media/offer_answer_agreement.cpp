// SPDX-License-Identifier: Apache-2.0
// The answer's half of OfferAnswer.
#include <algorithm>

#include "base/text.h"
#include "media/codec_policy.h"
#include "media/offer_answer.h"

namespace wakeline::media {

namespace {

Error refused(std::string why) { return {ErrorCode::InvalidInput, std::move(why)}; }

bool two_way(const StreamDescription& stream) {
    return !stream.held && stream.direction == MediaDirection::SendRecv;
}

void fill_addresses(const StreamDescription& described, LegPlan& leg) {
    leg.ssrcs = described.ssrcs;
    if (leg.rtcp_mux) leg.local.rtcp = leg.local.rtp;
    if (described.rtp.is_unspecified()) return;
    leg.rtp = described.rtp;
    leg.rtcp = leg.rtcp_mux ? described.rtp : described.rtcp;
}

std::vector<PayloadFormat> both(std::vector<PayloadFormat> formats, const std::vector<PayloadFormat>& more) {
    for (const PayloadFormat& format : more)
        if (std::ranges::find(formats, format.type, &PayloadFormat::type) == formats.end())
            formats.push_back(format);
    return formats;
}

/// RFC 5888 section 9.1: an answer names the stream as the offer did. Browsers want it.
void name_as_offered(SdpSection& answer, const SdpSection& offer) {
    const auto mid = offer.attribute("mid");
    if (mid && !answer.has_attribute("mid")) answer.add_attribute("mid:" + std::string(*mid));
}

} // namespace

/// An answerer may name more than it was offered (RFC 3264 section 6.1).
Status OfferAnswer::filter_answer(const Exchange& exchange, Sdp& sdp) const {
    const MediaSide from = other(exchange.offerer);
    const CodecFilter filter(policy_.of(from).codecs, policy_.of(exchange.offerer).codecs);
    if (!filter.active()) return Done{};
    for (std::size_t i = 0; i < sdp.media.size(); ++i)
        if (exchange.streams[i].refused.empty())
            if (auto good = filter.restrict(sdp.media[i]); !good) return good;
    return Done{};
}

Result<std::vector<StreamPlan>> OfferAnswer::read_answer(Exchange& exchange, Sdp& sdp) {
    MediaLayout& layout = exchange.layout(other(exchange.offerer));
    if (sdp.media.size() != layout.lines())
        return refused("an answer with another number of m= lines than the offer");
    layout.fold(
        sdp, [](const SdpSection&) { return true; }, true);
    if (auto good = filter_answer(exchange, sdp); !good) return good.error();
    std::vector<StreamPlan> plans;
    for (std::size_t i = 0; i < sdp.media.size(); ++i) {
        auto plan = read_answered(exchange, i, sdp);
        if (!plan) return plan.error();
        if (*plan) plans.push_back(**std::move(plan));
    }
    if (plans.empty()) return refused("an answer that refuses every stream");
    return plans;
}

Result<std::optional<StreamPlan>> OfferAnswer::read_answered(Exchange& exchange, std::size_t index,
                                                             const Sdp& sdp) {
    const OfferedStream& offered = exchange.streams[index];
    const auto line = SdpMediaLine::parse(sdp.media[index].lines.front().value);
    if (!offered.refused.empty() || !line || line->port == 0) return std::optional<StreamPlan>{};
    if (!iequals(line->kind, offered.described.line.kind))
        return refused("an answer with another kind of media");
    const MediaSide offerer = exchange.offerer, answerer = other(offerer);
    const auto answered = StreamDescription::read(sdp.session, sdp.media[index]);
    if (!answered) return answered.error();
    if (auto good = check_address(answerer, sdp, *answered); !good) return good.error();
    auto security = judge_answered(exchange, index, *answered);
    if (!security) return security.error();
    StreamPlan plan = plan_for(exchange, index, *answered);
    secure(plan.leg(offerer), leg(offerer, index), offered.chosen);
    secure(plan.leg(answerer), leg(answerer, index), *security);
    if (offered.chosen.dtls)
        plan.leg(offerer).dtls =
            leg(offerer, index).dtls_with(*offered.chosen.dtls, offered.described.dtls->setup);
    return std::optional<StreamPlan>{std::move(plan)};
}

Result<LegSecurity> OfferAnswer::judge_answered(const Exchange& exchange, std::size_t index,
                                                const StreamDescription& answered) const {
    const OfferedStream& offered = exchange.streams[index];
    AskedSecurity plain;
    plain.profile.feedback = offered.asked.profile.feedback;
    auto security = judge_answer(answered, exchange.answered_plain(index) ? plain : offered.asked);
    if (security && !security->secure() && policy_.required(other(exchange.offerer)))
        return Error{ErrorCode::Crypto, "an answer with plain RTP where SRTP is required"};
    return security;
}

StreamPlan OfferAnswer::plan_for(const Exchange& exchange, std::size_t index,
                                 const StreamDescription& answered) {
    const OfferedStream& offered = exchange.streams[index];
    StreamPlan plan;
    plan.index = index;
    plan.kind = answered.kind;
    plan.codec = answered.payloads.front().codec;
    plan.payloads = both(answered.payloads, offered.described.payloads);
    plan.two_way = two_way(offered.described) && two_way(answered);
    LegPlan& near = plan.leg(exchange.offerer);
    LegPlan& far = plan.leg(other(exchange.offerer));
    near.local = offered.offerer_ports;
    near.rtcp_mux = offered.described.rtcp_mux;
    near.ice = offered.ice;
    far.local = exchange.answered_plain(index) ? offered.plain_ports : offered.answerer_ports;
    far.rtcp_mux = offered.rtcp_mux && answered.rtcp_mux;
    if (offered.ice_asked && answered.uses_ice())
        far.ice = IcePlan{*offered.ice_asked, answered.ice->theirs.ufrag};
    fill_addresses(offered.described, near);
    fill_addresses(answered, far);
    plan.leg(MediaSide::Trunk).trusted = true;
    return plan;
}

void OfferAnswer::secure(LegPlan& plan, NegotiatedLeg& leg, const LegSecurity& with) const {
    plan.dtls = with.dtls;
    if (!with.sdes) return;
    plan.receive = with.sdes->key;
    plan.send = leg.key(with.sdes->key.suite, policy_.crypto.srtcp);
    plan.send->srtcp_encrypted = with.sdes->key.srtcp_encrypted;
}

void OfferAnswer::remember(const Exchange& exchange) {
    for (const StreamPlan& plan : streams_) {
        const OfferedStream& offered = exchange.streams[plan.index];
        RtpProfile answered = offered.asked.profile;
        if (exchange.answered_plain(plan.index)) answered = {.feedback = answered.feedback};
        for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk}) {
            NegotiatedLeg& used = leg(side, plan.index);
            const auto& key = plan.leg(side).receive;
            used.agreed = side == exchange.offerer ? offered.described.profile : answered;
            used.agreed_suite = key ? std::optional(key->suite) : std::nullopt;
            used.rtcp_mux = plan.leg(side).rtcp_mux;
            used.agree_ice(plan.leg(side).ice);
            used.agree_dtls(plan.leg(side).dtls);
        }
    }
}

std::string OfferAnswer::write_answer(const Exchange& exchange, Sdp sdp) {
    bool ice = false;
    for (std::size_t i = 0; i < sdp.media.size(); ++i) {
        const auto plan = std::ranges::find(streams_, i, &StreamPlan::index);
        if (plan == streams_.end()) {
            // RFC 3264 section 6: kind and protocol are the offer's, also where the stream is refused.
            sdp.media[i].lines.front() = exchange.sdp.media[i].lines.front();
            refuse_section(sdp.media[i]);
            continue;
        }
        const LegPlan& ours = plan->leg(exchange.offerer);
        rewrite_section(sdp.media[i], answer_edit(exchange, *plan, sdp));
        ice = ice || ours.ice;
        if (ours.ice || ours.dtls) name_as_offered(sdp.media[i], exchange.sdp.media[i]);
    }
    exchange.layout(exchange.offerer).unfold(sdp);
    return write(exchange.offerer, sdp, ice);
}

SectionEdit OfferAnswer::answer_edit(const Exchange& exchange, const StreamPlan& plan, const Sdp& sdp) const {
    const OfferedStream& offered = exchange.streams[plan.index];
    const LegPlan& ours = plan.leg(exchange.offerer);
    SectionEdit edit;
    edit.address = told_at(exchange.offerer, ours.local);
    edit.proto = offered.described.line.proto;
    edit.rtcp_mux = ours.rtcp_mux;
    if (const auto& line = offered.chosen.sdes) edit.crypto = {{line->tag, line->suite_spelling, *ours.send}};
    if (ours.dtls)
        edit.dtls = {policy_.fingerprint, ours.dtls->client ? DtlsSetup::Active : DtlsSetup::Passive};
    if (ours.ice) edit.ice = ours.ice->ours;
    const auto& theirs = offered.described.ice;
    edit.ice_mismatch = theirs && theirs->mismatch && policy_.ice != IceMode::Off;
    if (const auto answered = StreamDescription::read(sdp.session, sdp.media[plan.index]))
        edit.direction = answered->direction_to_write();
    return edit;
}

} // namespace wakeline::media
