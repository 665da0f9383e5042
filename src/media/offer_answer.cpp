// SPDX-License-Identifier: Apache-2.0
#include "media/offer_answer.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
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

} // namespace

OfferAnswer::OfferAnswer(OfferAnswerPolicy policy, Ports& ports) : policy_(std::move(policy)), ports_(ports) {
    for (Told& told : told_)
        told.origin_id = new_origin_id();
}

OfferAnswer::~OfferAnswer() {
    for (const auto& side : legs_)
        for (const NegotiatedLeg& leg : side)
            leg.give_back(ports_);
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
    auto& exchange = open_ ? open_ : last_;
    if (!row || !exchange || exchange->offerer == from) return refused("an answer without an offer");
    auto parsed = Sdp::parse(sdp);
    if (!parsed) return parsed.error();
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
    Exchange exchange{from, *std::move(parsed), {}, {}};
    if (last_) exchange.layouts = last_->layouts;
    MediaLayout& layout = exchange.layout(from);
    if (exchange.sdp.media.size() < layout.lines())
        return refused("an offer with fewer m= lines than before");
    const auto usable = [&](const SdpSection& section) {
        return read_offered(from, exchange.sdp, section).refused.empty();
    };
    const bool secure = policy_.mode(from) != SrtpMode::Off && policy_.may_be_secure(MediaSide::Trunk);
    layout.fold(exchange.sdp, usable, secure);
    for (const SdpSection& section : exchange.sdp.media)
        exchange.streams.push_back(read_offered(from, exchange.sdp, section));
    filter_offer(from, exchange.sdp, exchange.streams);
    std::string reasons;
    ErrorCode code = ErrorCode::InvalidInput;
    for (std::size_t i = 0; i < exchange.streams.size(); ++i) {
        OfferedStream& stream = exchange.streams[i];
        if (stream.refused.empty())
            if (auto good = prepare(exchange, i); !good) return good.error();
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
    auto security = policy_.judge(from, stream.described);
    stream.refused = std::move(security.refused);
    stream.refused_as = ErrorCode::Crypto;
    stream.chosen = std::move(security.chosen);
    return stream;
}

/// Our sockets of a side are of one family: a stream in the other would be silent. An address of the relay
/// itself comes back through a PBX that only passes SDP on; nobody else may name it.
Status OfferAnswer::check_address(MediaSide side, const Sdp& sdp, const StreamDescription& stream) const {
    const bool v6 = ports_.address(side).is_v6();
    if (stream.rtp.is_unspecified()) return Done{};
    if (stream.rtp.is_v6() != v6)
        return refused(v6 ? "an IPv4 address on a side whose media is IPv6"
                          : "an IPv6 address on a side whose media is IPv4");
    const bool may_be_ours =
        side == MediaSide::Trunk && policy_.own_session && policy_.own_session(origin_id_of(sdp));
    if (!may_be_ours && ports_.ours(stream.rtp))
        return refused("the address of this relay itself, for no call of its own");
    return Done{};
}

/// Ports on both sides, and what the other side is asked for.
Status OfferAnswer::prepare(Exchange& exchange, std::size_t index) {
    OfferedStream& stream = exchange.streams[index];
    const MediaSide offerer = exchange.offerer, answerer = other(offerer);
    const MediaKind kind = stream.described.kind;
    NegotiatedLeg& ours = leg(offerer, index);
    NegotiatedLeg& theirs = leg(answerer, index);
    stream.form = form_for(answerer, theirs, stream);
    const MediaLayout& layout = exchange.layout(answerer);
    // A line that was refused when it was new has one place only.
    if (offered_twice(stream.form) && index < layout.streams() && !layout.is_twice(index))
        stream.form = OfferForm::BestEffort;
    auto near = ours.ports(ports_, offerer, kind, stream.chosen.secure());
    if (!near) return near.error();
    auto far = theirs.ports(ports_, answerer, kind, has_secure_line(stream.form));
    if (!far) return far.error();
    stream.offerer_ports = *near;
    stream.answerer_ports = *far;
    if (offered_twice(stream.form)) {
        auto plain = theirs.ports(ports_, answerer, kind, false);
        if (!plain) return plain.error();
        stream.plain_ports = *plain;
    }
    if (offerer == MediaSide::Phone && policy_.ice != IceMode::Off && stream.described.uses_ice())
        stream.ice = ours.ice_with(stream.described.ice->theirs);
    const bool first_ice = answerer == MediaSide::Phone && policy_.ice == IceMode::Offer && !theirs.agreed;
    if (theirs.uses_ice() || first_ice) stream.ice_asked = theirs.ice_to_offer();
    auto good = prepare_security(answerer, theirs, stream);
    stream.rtcp_mux = theirs.rtcp_mux || (!theirs.agreed && stream.asked.profile.dtls);
    return good;
}

OfferForm OfferAnswer::form_for(MediaSide side, const NegotiatedLeg& leg, const OfferedStream& stream) const {
    const bool matched = side == MediaSide::Phone && policy_.match_trunk && !policy_.required(side);
    if (matched) return stream.chosen.secure() ? policy_.form(side) : OfferForm::Plain;
    const auto as_before = [](const NegotiatedLeg& before) {
        if (before.agreed->secure) return OfferForm::Secure;
        return before.agreed_suite || before.agreed_dtls ? OfferForm::BestEffort : OfferForm::Plain;
    };
    if (leg.agreed) return as_before(leg);
    for (const NegotiatedLeg& other : legs_[static_cast<std::size_t>(side)])
        if (other.agreed) return as_before(other); // video added to a plain call is plain too
    return policy_.form(side);
}

Status OfferAnswer::prepare_security(MediaSide side, NegotiatedLeg& leg, OfferedStream& stream) {
    const StreamDescription& offered = stream.described;
    // Few PBXs know feedback for voice, which browsers always offer.
    const bool browser_voice = offered.profile.dtls && offered.kind == MediaKind::Audio;
    stream.asked.profile = {.secure = has_secure_line(stream.form),
                            .feedback = leg.agreed ? leg.agreed->feedback
                                                   : offered.profile.feedback && !browser_voice};
    if (stream.form == OfferForm::Plain) return Done{};
    KeysAllowed keys = policy_.offers(side);
    if (leg.agreed_dtls)
        keys = {.sdes = false, .dtls = true};
    else if (leg.agreed_suite)
        keys.dtls = false;
    if (!keys.sdes && !keys.dtls) {
        if (!stream.asked.profile.secure) return Done{};
        return Error{ErrorCode::Crypto, "SRTP is required, and its keys may not be told to the " +
                                            std::string(side == MediaSide::Trunk ? "PBX" : "phone") +
                                            " through signalling that is not TLS"};
    }
    stream.asked.dtls = keys.dtls;
    stream.asked.profile.dtls =
        stream.asked.profile.secure && keys.dtls && (leg.agreed ? leg.agreed->dtls : !keys.sdes);
    if (keys.sdes) stream.asked.lines = crypto_to_offer(side, leg);
    return Done{};
}

std::vector<CryptoLine> OfferAnswer::crypto_to_offer(MediaSide side, NegotiatedLeg& leg) const {
    auto terms = policy_.terms(side);
    std::stable_partition(terms.suites.begin(), terms.suites.end(),
                          [&](SrtpSuite suite) { return suite == leg.agreed_suite; });
    std::vector<CryptoLine> lines;
    for (const SrtpSuite suite : terms.suites)
        lines.push_back(
            CryptoLine::of(static_cast<std::uint32_t>(lines.size() + 1), leg.key(suite, terms.srtcp)));
    return lines;
}

std::string OfferAnswer::write_offer(Exchange& exchange) {
    const MediaSide to = other(exchange.offerer);
    MediaLayout& layout = exchange.layout(to);
    Sdp sdp = exchange.sdp;
    std::vector<SdpSection> plain;
    bool ice = false;
    for (std::size_t i = 0; i < sdp.media.size(); ++i) {
        const OfferedStream& stream = exchange.streams[i];
        const bool good = stream.refused.empty();
        if (i >= layout.streams()) layout.add(layout_of(good ? stream.form : OfferForm::Plain));
        if (!good) {
            refuse_section(sdp.media[i]);
            continue;
        }
        ice = ice || stream.ice_asked;
        if (offered_twice(stream.form)) {
            plain.resize(i + 1);
            plain[i] = sdp.media[i];
            rewrite_section(plain[i], offer_edit(to, stream, true));
        } else {
            layout.use(i, has_secure_line(stream.form));
        }
        rewrite_section(sdp.media[i], offer_edit(to, stream, false));
    }
    layout.unfold(sdp, plain);
    return write(to, sdp, ice);
}

SectionEdit OfferAnswer::offer_edit(MediaSide to, const OfferedStream& stream, bool plain) const {
    SectionEdit edit;
    edit.address = told_at(to, plain ? stream.plain_ports : stream.answerer_ports);
    edit.ice = stream.ice_asked;
    edit.rtcp_mux = edit.offers_mux = stream.rtcp_mux;
    edit.direction = stream.described.direction_to_write();
    const RtpProfile& profile = stream.asked.profile;
    edit.proto = plain ? RtpProfile{.feedback = profile.feedback}.str() : profile.str();
    if (plain) return edit;
    edit.crypto = stream.asked.lines;
    if (stream.asked.dtls) edit.dtls = {policy_.fingerprint, DtlsSetup::ActPass};
    return edit;
}

std::string OfferAnswer::security(MediaSide side) const {
    std::string text;
    const auto add = [&text](bool dtls, const std::optional<SrtpSuite>& suite) {
        const std::string_view word = dtls ? "DTLS" : suite ? info(*suite).name : "RTP";
        if (text.find(word) == text.npos) text.append(text.empty() ? "" : ", ").append(word);
    };
    if (open_ && open_->offerer == side) {
        for (const OfferedStream& stream : open_->streams) {
            const auto& line = stream.chosen.sdes;
            if (stream.refused.empty())
                add(stream.chosen.dtls.has_value(), line ? std::optional(line->key.suite) : std::nullopt);
        }
        return text;
    }
    for (const StreamPlan& stream : streams_) {
        const auto& key = stream.leg(side).receive;
        add(stream.leg(side).dtls.has_value(), key ? std::optional(key->suite) : std::nullopt);
    }
    return text;
}

/// RFC 3264 section 8: the version in o= grows by one with each change, and only then.
std::string OfferAnswer::write(MediaSide to, Sdp& sdp, bool ice) {
    Told& side = told(to);
    const auto address = side.address.valid() ? side.address : ports_.address(to);
    const auto origin = [&] {
        return "- " + side.origin_id + " " + std::to_string(side.version) + " " + connection_text(address);
    };
    rewrite_session(sdp.session, origin(), address);
    if (ice) sdp.session.add_attribute("ice-lite");
    if (!side.text.empty() && sdp.str() == side.text) return side.text;
    ++side.version;
    sdp.session.set('o', origin());
    side.text = sdp.str();
    return side.text;
}

net::SocketAddress OfferAnswer::told_at(MediaSide side, const LocalPorts& ports) const {
    net::SocketAddress address = told(side).address.valid() ? told(side).address : ports_.address(side);
    address.set_port(ports.told.port());
    return address;
}

NegotiatedLeg& OfferAnswer::leg(MediaSide side, std::size_t index) {
    auto& legs = legs_[static_cast<std::size_t>(side)];
    if (legs.size() <= index) legs.resize(index + 1);
    return legs[index];
}

} // namespace wakeline::media
