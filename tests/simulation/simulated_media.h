// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "media/media_sessions.h"
#include "simulation/scene.h"

namespace wakeline::simulation {

/// Media that pass every SDP on but for its addresses, so that each end can see whose it has; and that know
/// when an offer or answer is against RFC 3264.
class SimulatedMedia final : public media::MediaSessions {
public:
    explicit SimulatedMedia(Scene& scene) : scene_(scene) {}

    media::MediaId open(const Setup& setup) override {
        sessions_.emplace(++last_id_, Session{setup.call, {}});
        return last_id_;
    }
    void set_signalling(media::MediaId id, media::MediaSide, const net::SocketAddress&) override {
        find(id, "an address");
    }
    Result<std::string> offer(media::MediaId id, media::MediaSide from, std::string_view sdp) override {
        Session* session = find(id, "an offer");
        if (session == nullptr) return Error{ErrorCode::InvalidInput, "no session"};
        if (session->offered_by) scene_.ledger.broken("an offer while another one is open");
        session->offered_by = from;
        return rewritten(sdp);
    }
    Result<std::string> answer(media::MediaId id, media::MediaSide, std::string_view sdp) override {
        Session* session = find(id, "an answer");
        if (session == nullptr) return Error{ErrorCode::InvalidInput, "no session"};
        session->offered_by.reset();
        session->answered = true;
        return rewritten(sdp);
    }
    void rollback(media::MediaId id) override {
        if (Session* session = find(id, "a rollback")) session->offered_by.reset();
    }
    void select(media::MediaId id) override { find(id, "a choice"); }
    void stats(media::MediaId id, StatsCallback callback) override {
        find(id, "a question");
        callback({});
    }
    void close(media::MediaId id, StatsCallback last) override {
        if (sessions_.erase(id) == 0) scene_.ledger.broken("a media session was closed twice");
        if (last) last({});
    }

    struct Session {
        std::string call; // the daemon's id of it
        std::optional<media::MediaSide> offered_by;
        bool answered = false;
    };
    const std::map<media::MediaId, Session>& sessions() const { return sessions_; }

private:
    Session* find(media::MediaId id, const std::string& what) {
        const auto at = sessions_.find(id);
        if (at == sessions_.end()) scene_.ledger.broken(what + " for a media session that is closed");
        return at == sessions_.end() ? nullptr : &at->second;
    }
    static std::string rewritten(std::string_view sdp) {
        std::string text(sdp);
        for (auto at = text.find("IN IP4 "); at != text.npos; at = text.find("IN IP4 ", at + 7))
            text.replace(at + 7, text.find("\r\n", at) - at - 7, "192.0.2.1");
        return text;
    }

    Scene& scene_;
    std::map<media::MediaId, Session> sessions_;
    media::MediaId last_id_ = 0;
};

} // namespace wakeline::simulation
