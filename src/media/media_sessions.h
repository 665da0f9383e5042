// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/socket_address.h"

namespace wakeline::media {

using MediaId = std::uint64_t; // 0: none; never reused

/// The two sides that a call's media has.
enum class MediaSide : std::uint8_t { Phone, Trunk };
constexpr MediaSide other(MediaSide side) {
    return side == MediaSide::Phone ? MediaSide::Trunk : MediaSide::Phone;
}

struct DirectionStats {
    std::uint64_t packets = 0, octets = 0, lost = 0, auth_failed = 0, dropped = 0;
    double jitter_ms = 0;
};
struct StreamStats {
    std::string kind;                           // "audio", "video"
    std::string codec;                          // as negotiated, "PCMA/8000"
    std::string phone_security, trunk_security; // "RTP" or the SRTP suite
    std::string phone_remote, trunk_remote;     // ip:port in use, empty before the first packet
    DirectionStats from_phone, from_trunk;      // received from there
    DirectionStats rtcp_from_phone, rtcp_from_trunk;
};
using MediaStats = std::vector<StreamStats>;

/// The media of all calls, as the call module sees it: offers and answers in, rewritten offers and answers
/// out. Everything between is the relay's business. One MediaId is one dialog pair: a phone branch with the
/// trunk leg. Follows RFC 3264: one offer open at a time; errors say what a 488 or 500 log needs. Their
/// codes: Refused, no codec that is allowed; Crypto, protected otherwise than we must have it; Exhausted, no
/// port; InvalidInput, bad SDP.
class MediaSessions {
public:
    class Listener {
    public:
        /// No packet on any stream of an answered session for the configured time, and nobody is on hold.
        /// Comes again after each such time. A session that was answered by a 183 alone may be silent with
        /// good reason.
        virtual void on_media_timeout(MediaId id) = 0;

    protected:
        ~Listener() = default;
    };

    virtual ~MediaSessions() = default;

    /// `phone_signalling` and `trunk_signalling`: the peers' signalling addresses (plain RTP from an unknown
    /// source is taken only from there or from the SDP's address); not valid when not known yet.
    struct Setup {
        std::string call; // for logs
        net::SocketAddress phone_signalling, trunk_signalling;
        bool phone_signalling_secure = true; // TLS: keys may be told to it
        std::string trunk = {};              // by name: its codecs, and what it must encrypt
        bool trunk_signalling_secure = false;
    };
    virtual MediaId open(const Setup& setup) = 0;
    /// The device's address becomes known, or changes (it came back on another connection).
    virtual void set_signalling(MediaId id, MediaSide side, const net::SocketAddress& address) = 0;

    /// The SDP for the other side. Sessions opened for the forks of one call may each be given the same trunk
    /// offer.
    virtual Result<std::string> offer(MediaId id, MediaSide from, std::string_view sdp) = 0;
    /// The answer for the side that offered; media flows from here on. A repeated equal answer is fine (183,
    /// then 200).
    virtual Result<std::string> answer(MediaId id, MediaSide from, std::string_view sdp) = 0;
    /// How the media of that side are protected, as far as its SDP has said: of the open offer if it is its
    /// own, else as agreed. "RTP", the SRTP suite, both with a comma between; empty: not known yet.
    virtual std::string security(MediaId, MediaSide) const { return {}; }
    /// The open offer was refused: as before it.
    virtual void rollback(MediaId id) = 0;
    /// Of several forks with early media, this one has the trunk side from now on (the newest answer has it
    /// otherwise).
    virtual void select(MediaId id) = 0;

    /// Statistics arrive on the loop, soon; the last ones of a session with `close`.
    using StatsCallback = std::function<void(MediaStats)>;
    virtual void stats(MediaId id, StatsCallback callback) = 0;
    virtual void close(MediaId id, StatsCallback last) = 0;
};

} // namespace wakeline::media
