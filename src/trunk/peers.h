// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip/next_hop.h"
#include "trunk/config.h"
#include "trunk/lines.h"

namespace wakeline::trunk {

enum class PeerState : std::uint8_t { Unknown, Up, Down };

struct PeerSnapshot {
    std::string name, uri, transport, address;
    PeerState state = PeerState::Unknown;
    std::string why; // Down: what failed
    net::WallTime since{};
    std::size_t calls = 0, max_calls = 0; // max_calls 0: no limit
    unsigned priority = 1, weight = 1;
    std::string backup;
    std::string registration; // in words; empty: it does not register
    bool registered = false;
    std::string last_failure;    // the last thing that went wrong, also when it is mended
    net::WallTime last_failed{}; // 0: nothing has
};

/// Told of what becomes of peers.
class PeerListener {
public:
    /// It was down and answers again: maybe without what it knew.
    virtual void on_peer_back(std::string_view name) = 0;

protected:
    ~PeerListener() = default;
};

/// One trunk as a call sees it: the way to the PBX, and the terms.
class Trunk : public sip::NextHop {
public:
    virtual Lines& lines() = 0;
    /// How long an INVITE may be without any answer at one address.
    virtual net::Duration call_response() const = 0;
    /// How long the PBX may let a call ring; 0: as long as it likes.
    virtual net::Duration ringing() const = 0;
    /// A number as it is written on the other side.
    virtual std::string number(RuleDirection direction, RuleField field, std::string_view number) const = 0;
    /// Its media cross our connection to the internet.
    virtual bool internet() const = 0;
    /// Answers a challenge of the PBX to that request, with the password of our own registration there. False
    /// when we have none, or none that it takes.
    virtual bool authorize(const sip::Message& challenge, sip::Builder& request) const {
        static_cast<void>(challenge), static_cast<void>(request);
        return false;
    }
    /// Of our own registration there, by which it calls us whoever is meant; empty: none.
    virtual std::string_view registered_user() const { return {}; }
};

/// What somebody wants a trunk for.
struct Wanted {
    std::string_view aor = {};        // of the phone's user
    std::string_view granted_by = {}; // the trunk that has the registration of the device; empty: not known
    std::string_view call_id =
        {}; // of the request as we send it: credentials go where the challenge came from
};

/// The PBX peers, as the call module and the registrar see them.
class Peers {
public:
    virtual ~Peers() = default;

    /// The trunks to try, in this order: those that are up first. Empty when none serves that user.
    virtual std::vector<Trunk*> choose(const Wanted& wanted) = 0;
    /// Without those that are down.
    std::vector<Trunk*> choose_up(const Wanted& wanted) {
        auto all = choose(wanted);
        std::erase_if(all, [](const Trunk* trunk) { return !trunk->available(); });
        return all;
    }
    /// The first of them; null when there is none at all.
    Trunk* route(std::string_view aor) {
        const auto all = choose({.aor = aor});
        return all.empty() ? nullptr : all.front();
    }
    /// Null when there is none of that name.
    virtual Trunk* find(std::string_view name) = 0;
    /// The name of the peer that owns this source; empty: nobody we know, the request is refused.
    virtual std::string match(const sip::FlowInfo& from) const = 0;
    /// Host names of the PBXs, which phones must not see.
    virtual std::vector<std::string> hosts() const = 0;
    /// A connection ended, maybe one of ours.
    virtual void on_flow_closed(sip::FlowId) {}
    virtual std::vector<PeerSnapshot> snapshot() const = 0;
};

} // namespace wakeline::trunk
