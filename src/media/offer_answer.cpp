// SPDX-License-Identifier: Apache-2.0
#include "media/offer_answer.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "media/codec_policy.h"

namespace wakeline::media {

using offer_answer::Event;

namespace {

Error refused(std::string why) { return {ErrorCode::InvalidInput, std::move(why)}; }

std::string origin_id_of(const Sdp& sdp) {
    const std::string* line = sdp.session.find('o');
    const auto origin = SdpOrigin::parse(line != nullptr ? *line : std::string_view());
    return origin ? origin->id : "";
}

/// Below 2^52: some phones keep the session id of o= in a double.
std::string new_origin_id() {
    return std::to_string((std::uint64_t{random_u32()} << 20 | random_u32() >> 12) + 1);
}

/// What c=0.0.0.0 with that direction says (RFC 3264 section 8.4): nothing may be sent to its writer.
std::optional<MediaDirection> written_direction(const StreamDescription& stream) {
    if (!stream.held) return std::nullopt;
    const bool sends =
        stream.direction == MediaDirection::SendRecv || stream.direction == MediaDirection::SendOnly;
    return sends ? MediaDirection::SendOnly : MediaDirection::Inactive;
}

bool two_way(const StreamDescription& stream) {
    return !stream.held && stream.direction == MediaDirection::SendRecv;
}

void fill_addresses(const StreamDescription& described, LegPlan& leg) {
    leg.ssrcs = described.ssrcs;
    if (leg.rtcp_mux) leg.local.rtcp = leg.local.rtp;
    if (described.held) return;
    leg.rtp = described.rtp;
    leg.rtcp = leg.rtcp_mux ? described.rtp : described.rtcp;
}

std::vector<PayloadFormat> both(std::vector<PayloadFormat> formats, const std::vector<PayloadFormat>& more) {
    for (const PayloadFormat& format : more)
        if (std::ranges::find(formats, format.type, &PayloadFormat::type) == formats.end())
            formats.push_back(format);
    return formats;
}

} // namespace

OfferAnswer::OfferAnswer(OfferAnswerPolicy policy, Ports& ports) : policy_(std::move(policy)), ports_(ports) {
    for (Told& told : told_)
        told.origin_id = new_origin_id();
}

OfferAnswer::~OfferAnswer() {
    for (const auto& side : legs_)
        for (const Leg& leg : side)
            for (const auto* held : {&leg.plain, &leg.secure})
                if (*held) ports_.release(**held);
}

Result<std::string> OfferAnswer::offer(MediaSide from, std::string_view sdp) {
    const bool again = open_ && open_->offerer == from;
    const auto row = fsm::find(offer_answer::kTable, state_, again ? Event::OfferAgain : Event::Offer);
    if (!row) return refused("an offer while the other side's offer is open");
    auto exchange = read_offer(from, sdp);
    if (!exchange) return exchange.error();
    open_ = *std::move(exchange);
    state_ = row->to;
    return write_offer(*open_);
}

Result<std::string> OfferAnswer::answer(MediaSide from, std::string_view sdp) {
    const auto row = fsm::find(offer_answer::kTable, state_, Event::Answer);
    const auto& exchange = open_ ? open_ : last_;
    if (!row || !exchange || exchange->offerer == from) return refused("an answer without an offer");
    auto parsed = Sdp::parse(sdp);
    if (!parsed) return parsed.error();
    if (auto good = filter_answer(*exchange, *parsed); !good) return good.error();
    auto streams = read_answer(*exchange, *parsed);
    if (!streams) return streams.error();
    streams_ = *std::move(streams);
    if (open_) last_ = std::exchange(open_, std::nullopt);
    state_ = row->to;
    remember(*last_);
    told(from).remote_origin_id = origin_id_of(*parsed);
    told(other(from)).remote_origin_id = origin_id_of(last_->sdp);
    return write_answer(*last_, *std::move(parsed));
}

void OfferAnswer::rollback() {
    const auto row = fsm::find(offer_answer::kTable, state_, Event::Rollback);
    if (!row) return;
    state_ = row->to;
    open_.reset();
}

Result<OfferAnswer::Exchange> OfferAnswer::read_offer(MediaSide from, std::string_view sdp) {
    auto parsed = Sdp::parse(sdp);
    if (!parsed) return parsed.error();
    Exchange exchange{from, *std::move(parsed), {}};
    const std::size_t before = last_ ? last_->streams.size() : 0;
    if (exchange.sdp.media.size() < before) return refused("an offer with fewer m= lines than before");
    for (const SdpSection& section : exchange.sdp.media)
        exchange.streams.push_back(read_offered(from, exchange.sdp, section));
    filter_offer(from, exchange.sdp, exchange.streams);
    prefer_one_alternative(exchange.streams);
    std::string reasons;
    ErrorCode code = ErrorCode::InvalidInput;
    for (std::size_t i = 0; i < exchange.streams.size(); ++i) {
        OfferedStream& stream = exchange.streams[i];
        if (stream.refused.empty())
            if (auto good = prepare(from, i, stream); !good) return good.error();
        if (stream.refused.empty()) continue;
        reasons += (reasons.empty() ? ": " : "; ") + stream.refused;
        if (code == ErrorCode::InvalidInput) code = stream.refused_as;
    }
    if (std::ranges::all_of(exchange.streams, [](const auto& stream) { return !stream.refused.empty(); }))
        return Error{code, "an offer without a usable stream" + reasons};
    return exchange;
}

void OfferAnswer::filter_offer(MediaSide from, Sdp& sdp, std::vector<OfferedStream>& streams) const {
    const CodecFilter filter(policy_.of(from).codecs, policy_.of(other(from)).codecs);
    for (std::size_t i = 0; i < streams.size(); ++i) {
        OfferedStream& stream = streams[i];
        if (!stream.refused.empty()) continue;
        if (filter.active()) {
            if (auto good = filter.restrict(sdp.media[i]); !good) {
                stream.refused = good.error().message;
                stream.refused_as = good.error().code;
                continue;
            }
            std::erase_if(stream.described.payloads, [&](const PayloadFormat& payload) {
                return !filter.allows(payload, stream.described.kind);
            });
        }
        filter.order(sdp.media[i]);
    }
}

/// An answerer may name more than it was offered (RFC 3264 section 6.1).
Status OfferAnswer::filter_answer(const Exchange& exchange, Sdp& sdp) const {
    const MediaSide from = other(exchange.offerer);
    const CodecFilter filter(policy_.of(from).codecs, policy_.of(exchange.offerer).codecs);
    if (!filter.active() || sdp.media.size() != exchange.streams.size()) return Done{};
    for (std::size_t i = 0; i < sdp.media.size(); ++i)
        if (exchange.streams[i].refused.empty())
            if (auto good = filter.restrict(sdp.media[i]); !good) return good;
    return Done{};
}

OfferAnswer::OfferedStream OfferAnswer::read_offered(MediaSide from, const Sdp& sdp,
                                                     const SdpSection& section) const {
    OfferedStream stream;
    auto described = StreamDescription::read(sdp.session, section);
    if (!described) {
        stream.refused = described.error().message;
        return stream;
    }
    stream.described = *std::move(described);
    if (stream.described.off()) {
        stream.refused = "port 0";
        return stream;
    }
    if (auto good = check_address(from, sdp, stream.described); !good) {
        stream.refused = good.error().message;
        return stream;
    }
    auto security = judge(from, stream.described);
    stream.refused = std::move(security.refused);
    stream.refused_as = ErrorCode::Crypto;
    stream.chosen = std::move(security.chosen);
    return stream;
}

OfferedSecurity OfferAnswer::judge(MediaSide from, const StreamDescription& described) const {
    if (!policy_.may_tell_keys(from) && described.profile.secure)
        return {"SRTP, whose keys would pass through signalling that is not TLS", std::nullopt};
    const bool keys = policy_.may_tell_keys(from) && (from == MediaSide::Trunk || described.profile.secure ||
                                                      may_be_secure(MediaSide::Trunk));
    SrtpMode mode = policy_.required(from) ? SrtpMode::SrtpOnly : policy_.mode(from);
    StreamDescription readable = described;
    if (!keys) readable.crypto.clear();
    return judge_offer(readable, mode, policy_.crypto);
}

/// Whether media with that side can be encrypted at all; asked for the sake of `match_trunk` alone.
bool OfferAnswer::may_be_secure(MediaSide side) const {
    if (!policy_.match_trunk) return true;
    return policy_.mode(side) != SrtpMode::Off && policy_.may_tell_keys(side);
}

/// Our sockets of a side are of one family: a stream in the other would be silent. An address of the relay
/// itself comes back through a PBX that only passes SDP on; nobody else may name it.
Status OfferAnswer::check_address(MediaSide side, const Sdp& sdp, const StreamDescription& stream) const {
    const bool v6 = ports_.address(side).is_v6();
    if (stream.held) return Done{};
    if (stream.rtp.is_v6() != v6)
        return refused(v6 ? "an IPv4 address on a side whose media is IPv6"
                          : "an IPv6 address on a side whose media is IPv4");
    const bool may_be_ours =
        side == MediaSide::Trunk && policy_.own_session && policy_.own_session(origin_id_of(sdp));
    if (!may_be_ours && ports_.ours(stream.rtp))
        return refused("the address of this relay itself, for no call of its own");
    return Done{};
}

/// Phones that offer the same medium twice, as SRTP and as RTP, want one of them (SBC-SRTP-05).
void OfferAnswer::prefer_one_alternative(std::vector<OfferedStream>& streams) const {
    const bool secure = may_be_secure(MediaSide::Trunk);
    for (OfferedStream& left : streams) {
        if (!left.refused.empty() || left.described.profile.secure == secure) continue;
        const bool alternative = std::ranges::any_of(streams, [&](const OfferedStream& other) {
            return other.refused.empty() && other.described.profile.secure == secure &&
                   other.described.kind == left.described.kind;
        });
        if (alternative)
            left.refused = secure ? "the SRTP alternative is taken" : "the RTP alternative is taken";
    }
}

/// Ports on both sides, and what the other side is asked for.
Status OfferAnswer::prepare(MediaSide offerer, std::size_t index, OfferedStream& stream) {
    const MediaKind kind = stream.described.kind;
    Leg& ours = leg(offerer, index);
    Leg& theirs = leg(other(offerer), index);
    stream.asked = {.secure = offer_secure(other(offerer), theirs, stream),
                    .feedback = stream.described.profile.feedback};
    auto near = ports_for(ours, offerer, kind, stream.chosen.has_value());
    if (!near) return near.error();
    auto far = ports_for(theirs, other(offerer), kind, stream.asked.secure);
    if (!far) return far.error();
    stream.offerer_ports = *near;
    stream.answerer_ports = *far;
    stream.rtcp_mux = theirs.rtcp_mux;
    const bool opportunistic =
        other(offerer) == MediaSide::Trunk && policy_.trunk == SrtpMode::Prefer && !theirs.agreed;
    const bool matches_plain =
        other(offerer) == MediaSide::Phone && policy_.match_trunk && !stream.asked.secure;
    if (!stream.asked.secure && (matches_plain || (!theirs.agreed_suite && !opportunistic))) return Done{};
    if (!policy_.may_tell_keys(other(offerer))) {
        if (!stream.asked.secure) return Done{};
        return Error{ErrorCode::Crypto, "SRTP is required, and its keys may not be told to the " +
                                            std::string(offerer == MediaSide::Phone ? "PBX" : "phone") +
                                            " through signalling that is not TLS"};
    }
    stream.crypto = crypto_to_offer(theirs);
    return Done{};
}

bool OfferAnswer::offer_secure(MediaSide side, const Leg& leg, const OfferedStream& stream) const {
    const bool matched = side == MediaSide::Phone && policy_.match_trunk && !policy_.required(side);
    if (matched && !stream.chosen) return false;
    if (leg.agreed && !matched) return leg.agreed->secure;
    if (!matched)
        for (const Leg& other : legs_[static_cast<std::size_t>(side)])
            if (other.agreed) return other.agreed->secure; // video added to a plain call is plain too
    if (side == MediaSide::Phone && policy_.of(side).require_srtp) return true;
    switch (policy_.mode(side)) {
    case SrtpMode::SrtpOnly: return true;
    case SrtpMode::Prefer: return side == MediaSide::Phone && policy_.may_tell_keys(side);
    case SrtpMode::Off: return false;
    }
    return false;
}

std::vector<CryptoLine> OfferAnswer::crypto_to_offer(Leg& leg) const {
    auto suites = policy_.crypto.suites;
    std::stable_partition(suites.begin(), suites.end(),
                          [&](SrtpSuite suite) { return suite == leg.agreed_suite; });
    std::vector<CryptoLine> lines;
    for (const SrtpSuite suite : suites)
        lines.push_back(CryptoLine::of(static_cast<std::uint32_t>(lines.size() + 1), key_for(leg, suite)));
    return lines;
}

std::string OfferAnswer::write_offer(const Exchange& exchange) {
    Sdp sdp = exchange.sdp;
    for (std::size_t i = 0; i < sdp.media.size(); ++i) {
        const OfferedStream& stream = exchange.streams[i];
        if (!stream.refused.empty()) {
            refuse_section(sdp.media[i]);
            continue;
        }
        rewrite_section(sdp.media[i], {.port = stream.answerer_ports.told.port(),
                                       .proto = std::string(stream.asked.str()),
                                       .crypto = stream.crypto,
                                       .rtcp_mux = stream.rtcp_mux,
                                       .direction = written_direction(stream.described)});
    }
    return write(other(exchange.offerer), sdp);
}

Result<std::vector<StreamPlan>> OfferAnswer::read_answer(const Exchange& exchange, const Sdp& sdp) {
    if (sdp.media.size() != exchange.streams.size())
        return refused("an answer with another number of m= lines than the offer");
    std::vector<StreamPlan> plans;
    for (std::size_t i = 0; i < sdp.media.size(); ++i) {
        auto plan = read_answered(exchange, i, sdp);
        if (!plan) return plan.error();
        if (*plan) plans.push_back(**std::move(plan));
    }
    if (plans.empty()) return refused("an answer that refuses every stream");
    return plans;
}

Result<std::optional<StreamPlan>> OfferAnswer::read_answered(const Exchange& exchange, std::size_t index,
                                                             const Sdp& sdp) {
    const OfferedStream& offered = exchange.streams[index];
    const auto line = SdpMediaLine::parse(sdp.media[index].lines.front().value);
    if (!offered.refused.empty() || !line || line->port == 0) return std::optional<StreamPlan>{};
    if (!iequals(line->kind, offered.described.line.kind))
        return refused("an answer with another kind of media");
    const auto answered = StreamDescription::read(sdp.session, sdp.media[index]);
    if (!answered) return answered.error();
    if (auto good = check_address(other(exchange.offerer), sdp, *answered); !good) return good.error();
    auto crypto = judge_answer(*answered, offered.asked, offered.crypto);
    if (!crypto) return crypto.error();
    if (!*crypto && policy_.required(other(exchange.offerer)))
        return Error{ErrorCode::Crypto, "an answer with plain RTP where SRTP is required"};

    const MediaSide offerer = exchange.offerer;
    StreamPlan plan;
    plan.index = index;
    plan.kind = answered->kind;
    plan.codec = answered->payloads.front().codec;
    plan.payloads = both(answered->payloads, offered.described.payloads);
    plan.two_way = two_way(offered.described) && two_way(*answered);
    plan.leg(offerer).local = offered.offerer_ports;
    plan.leg(offerer).rtcp_mux = offered.described.rtcp_mux;
    plan.leg(other(offerer)).local = offered.answerer_ports;
    plan.leg(other(offerer)).rtcp_mux = offered.rtcp_mux && answered->rtcp_mux;
    secure(plan.leg(offerer), leg(offerer, index), offered.chosen);
    secure(plan.leg(other(offerer)), leg(other(offerer), index), *crypto);
    fill_addresses(offered.described, plan.leg(offerer));
    fill_addresses(*answered, plan.leg(other(offerer)));
    plan.leg(MediaSide::Trunk).trusted = true;
    return std::optional<StreamPlan>{std::move(plan)};
}

void OfferAnswer::secure(LegPlan& plan, Leg& leg, const std::optional<CryptoLine>& theirs) const {
    if (!theirs) return;
    plan.receive = theirs->key;
    plan.send = key_for(leg, theirs->key.suite);
    plan.send->srtcp_encrypted = theirs->key.srtcp_encrypted;
}

void OfferAnswer::remember(const Exchange& exchange) {
    for (const StreamPlan& plan : streams_) {
        const OfferedStream& offered = exchange.streams[plan.index];
        for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk}) {
            Leg& used = leg(side, plan.index);
            const auto& key = plan.leg(side).receive;
            used.agreed = side == exchange.offerer ? offered.described.profile : offered.asked;
            used.agreed_suite = key ? std::optional(key->suite) : std::nullopt;
            used.rtcp_mux = plan.leg(side).rtcp_mux;
        }
    }
}

std::string OfferAnswer::write_answer(const Exchange& exchange, Sdp sdp) {
    for (std::size_t i = 0; i < sdp.media.size(); ++i) {
        const auto plan = std::ranges::find(streams_, i, &StreamPlan::index);
        const auto offered = SdpMediaLine::parse(exchange.sdp.media[i].lines.front().value);
        const std::string proto = offered ? offered->proto : "RTP/AVP";
        if (plan == streams_.end()) {
            // RFC 3264 section 6: kind and protocol are the offer's, also where the stream is refused.
            sdp.media[i].lines.front() = exchange.sdp.media[i].lines.front();
            refuse_section(sdp.media[i]);
            continue;
        }
        const LegPlan& ours = plan->leg(exchange.offerer);
        SectionEdit edit{.port = ours.local.told.port(),
                         .proto = proto,
                         .crypto = {},
                         .rtcp_mux = ours.rtcp_mux,
                         .direction = {}};
        if (const auto& chosen = exchange.streams[i].chosen)
            edit.crypto = {{chosen->tag, chosen->suite_spelling, *ours.send}};
        if (const auto answered = StreamDescription::read(sdp.session, sdp.media[i]))
            edit.direction = written_direction(*answered);
        rewrite_section(sdp.media[i], edit);
    }
    return write(exchange.offerer, sdp);
}

std::string OfferAnswer::security(MediaSide side) const {
    std::string text;
    const auto add = [&text](const std::optional<SrtpSuite>& suite) {
        const std::string_view word = suite ? info(*suite).name : "RTP";
        if (text.find(word) == text.npos) text.append(text.empty() ? "" : ", ").append(word);
    };
    if (open_ && open_->offerer == side) {
        for (const OfferedStream& stream : open_->streams)
            if (stream.refused.empty())
                add(stream.chosen ? std::optional(stream.chosen->key.suite) : std::nullopt);
        return text;
    }
    for (const StreamPlan& stream : streams_) {
        const auto& key = stream.leg(side).receive;
        add(key ? std::optional(key->suite) : std::nullopt);
    }
    return text;
}

Result<LocalPorts> OfferAnswer::ports_for(Leg& leg, MediaSide side, MediaKind kind, bool secure) {
    auto& kept = secure ? leg.secure : leg.plain;
    if (kept) return *kept;
    auto ports = ports_.acquire(side, kind, secure);
    if (ports) kept = *ports;
    return ports;
}

const SrtpKey& OfferAnswer::key_for(Leg& leg, SrtpSuite suite) const {
    const auto at = leg.keys.find(suite);
    if (at != leg.keys.end()) return at->second;
    return leg.keys.emplace(suite, SrtpKey::random(suite, policy_.crypto.srtcp)).first->second;
}

/// RFC 3264 section 8: the version in o= grows by one with each change, and only then.
std::string OfferAnswer::write(MediaSide to, Sdp& sdp) {
    Told& side = told(to);
    const auto address = side.address.valid() ? side.address : ports_.address(to);
    const auto origin = [&] {
        return "- " + side.origin_id + " " + std::to_string(side.version) + " " + connection_text(address);
    };
    rewrite_session(sdp.session, origin(), address);
    if (std::string same = sdp.str(); same == side.text) return same;
    ++side.version;
    sdp.session.set('o', origin());
    side.text = sdp.str();
    return side.text;
}

OfferAnswer::Leg& OfferAnswer::leg(MediaSide side, std::size_t index) {
    auto& legs = legs_[static_cast<std::size_t>(side)];
    if (legs.size() <= index) legs.resize(index + 1);
    return legs[index];
}

} // namespace wakeline::media
