// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "media/media_sessions.h"

namespace wakeline::test {

/// Media without SDP work or sockets. Every request becomes a line of `transcript`; what it gives back says
/// in its s= line what it is ("s=offer 1 for phone #1"), so that a test can follow it through the call.
class FakeMedia final : public media::MediaSessions {
public:
    struct Session {
        Setup setup;
        net::SocketAddress phone_signalling, trunk_signalling;
        std::optional<media::MediaSide> offered_by; // while an offer is open
        std::vector<std::string> received;          // SDP as given to offer() and answer()
        bool selected = false, closed = false;
    };

    media::MediaId open(const Setup& setup) override {
        const media::MediaId id = ++last_id_;
        Session& session = sessions[id];
        session.setup = setup;
        session.phone_signalling = setup.phone_signalling;
        session.trunk_signalling = setup.trunk_signalling;
        note("open", id);
        return id;
    }

    void set_signalling(media::MediaId id, media::MediaSide side,
                        const net::SocketAddress& address) override {
        Session& session = sessions.at(id);
        (side == media::MediaSide::Phone ? session.phone_signalling : session.trunk_signalling) = address;
        note("signalling", id, name(side) + " " + address.str());
    }

    Result<std::string> offer(media::MediaId id, media::MediaSide from, std::string_view sdp) override {
        Session& session = sessions.at(id);
        note("offer", id, "from " + name(from));
        session.received.emplace_back(sdp);
        if (refuse_next) return *std::exchange(refuse_next, std::nullopt);
        session.offered_by = from;
        return sdp_saying("offer", id, other(from));
    }

    Result<std::string> answer(media::MediaId id, media::MediaSide from, std::string_view sdp) override {
        Session& session = sessions.at(id);
        note("answer", id, "from " + name(from));
        session.received.emplace_back(sdp);
        if (refuse_next) return *std::exchange(refuse_next, std::nullopt);
        session.offered_by.reset();
        return sdp_saying("answer", id, other(from));
    }

    std::string security(media::MediaId, media::MediaSide side) const override {
        return side == media::MediaSide::Phone ? phone_security : trunk_security;
    }

    void rollback(media::MediaId id) override {
        sessions.at(id).offered_by.reset();
        note("rollback", id);
    }

    void select(media::MediaId id) override {
        sessions.at(id).selected = true;
        note("select", id);
    }

    void stats(media::MediaId id, StatsCallback callback) override {
        note("stats", id);
        callback(stats_to_give);
    }

    void close(media::MediaId id, StatsCallback last) override {
        sessions.at(id).closed = true;
        note("close", id);
        if (last) last(stats_to_give);
    }

    std::size_t open_sessions() const {
        std::size_t count = 0;
        for (const auto& [id, session] : sessions)
            count += session.closed ? 0 : 1;
        return count;
    }

    std::vector<std::string> transcript;
    std::map<media::MediaId, Session> sessions; // closed ones too
    std::optional<Error> refuse_next;           // what the next offer or answer gets
    media::MediaStats stats_to_give;
    std::string phone_security, trunk_security;
    bool keys = false; // its SDP has a=crypto

private:
    static std::string name(media::MediaSide side) {
        return side == media::MediaSide::Phone ? "phone" : "trunk";
    }

    void note(const std::string& what, media::MediaId id, const std::string& detail = {}) {
        transcript.push_back(what + " " + std::to_string(id) + (detail.empty() ? "" : " " + detail));
    }

    std::string sdp_saying(const std::string& what, media::MediaId id, media::MediaSide to) {
        const std::string session = std::to_string(id), number = std::to_string(++given_);
        return "v=0\r\no=- " + session + " " + number + " IN IP4 192.0.2.1\r\ns=" + what + " " + session +
               " for " + name(to) + " #" + number +
               "\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 5008 RTP/AVP 8\r\n" +
               (keys ? "a=crypto:1 x inline:y\r\n" : "");
    }

    media::MediaId last_id_ = 0;
    std::uint64_t given_ = 0;
};

} // namespace wakeline::test
