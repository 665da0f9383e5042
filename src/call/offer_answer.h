// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "media/media_sessions.h"

namespace wakeline::call {

/// The media session of one dialog pair, and which offer is open in it (RFC 3264). Closes it when it dies.
class OfferAnswer {
public:
    OfferAnswer(media::MediaSessions& sessions, std::string call)
        : sessions_(sessions), call_(std::move(call)) {}
    ~OfferAnswer() { close({}); }
    OfferAnswer(const OfferAnswer&) = delete;
    OfferAnswer& operator=(const OfferAnswer&) = delete;

    struct Ends {
        net::SocketAddress phone, trunk;
        bool phone_secure = true; // its signalling is TLS
        std::string trunk_name = {};
        bool trunk_secure = false;
    };
    /// There is no session: both sides get each other's SDP as it is.
    void pass() { passes_ = true; }
    /// Nothing happens when it is open already.
    void open(const Ends& ends);
    void close(media::MediaSessions::StatsCallback last);

    /// The SDP for the other side.
    Result<std::string> offer(media::MediaSide from, std::string_view sdp);
    Result<std::string> answer(media::MediaSide from, std::string_view sdp);
    /// As MediaSessions::security.
    std::string security(media::MediaSide side) const { return sessions_.security(id_, side); }
    void rollback();
    /// What that side has agreed to last, as an offer once more: it refreshes, and changes nothing.
    Result<std::string> repeat(media::MediaSide from);
    /// The answer, as the other side gave it last, to an offer that changes nothing. An error when it does.
    Result<std::string> repeat_answer(media::MediaSide from, std::string_view sdp);
    void select();
    /// Nothing happens when it is the one that we have.
    void set_signalling(media::MediaSide side, const net::SocketAddress& address);

    media::MediaId id() const noexcept { return id_; }
    /// Who waits for an answer.
    std::optional<media::MediaSide> offered_by() const noexcept { return offered_by_; }
    bool settled() const noexcept { return settled_; } // an answer was given once

private:
    media::MediaSessions& sessions_;
    std::string call_;
    media::MediaId id_ = 0;
    std::optional<media::MediaSide> offered_by_;
    std::string open_offer_;              // as it came
    std::array<std::string, 2> agreed_{}; // of each side, as it came
    Ends ends_;
    bool settled_ = false, passes_ = false;
};

} // namespace wakeline::call
