// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "media/media_sessions.h"

namespace wakeline::media {

/// The far end of a trunk leg: an address of the PBX, or the session whose own SDP came back through the PBX.
struct TrunkSide {
    net::SocketAddress address;
    MediaId inner = 0;

    bool operator==(const TrunkSide&) const = default;
};

/// Who has which trunk side. The forks of a call were all given the same SDP of the PBX; the one that took it
/// last has it, and when that one ends, the one before it.
class TrunkSides {
public:
    /// The session wants these sides from now on, and no others. Returns those whose `has` may be different
    /// now.
    std::vector<MediaId> take(MediaId id, std::vector<TrunkSide> sides);
    std::vector<MediaId> leave(MediaId id) { return take(id, {}); }

    bool wants(MediaId id) const { return wanted_.contains(id); }
    /// All that it wants, and it wants some.
    bool has(MediaId id) const;

private:
    struct Hash {
        std::size_t operator()(const TrunkSide& side) const noexcept {
            return side.address.hash() ^ (side.inner * 0x9e3779b97f4a7c15u);
        }
    };

    std::unordered_map<TrunkSide, std::vector<MediaId>, Hash> takers_; // the last one has it
    std::unordered_map<MediaId, std::vector<TrunkSide>> wanted_;
};

} // namespace wakeline::media
