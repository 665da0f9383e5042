// SPDX-License-Identifier: Apache-2.0
#include "media/trunk_sides.h"

#include <algorithm>

namespace wakeline::media {

std::vector<MediaId> TrunkSides::take(MediaId id, std::vector<TrunkSide> sides) {
    std::vector<MediaId> touched;
    const auto touch_holder = [&](const std::vector<MediaId>& takers) {
        if (!takers.empty() && takers.back() != id) touched.push_back(takers.back());
    };
    for (const TrunkSide& side : wanted_[id]) {
        const auto found = takers_.find(side);
        const bool had = found->second.back() == id;
        std::erase(found->second, id);
        const bool kept = std::ranges::find(sides, side) != sides.end();
        if (had && !kept) touch_holder(found->second); // the heir
        if (found->second.empty()) takers_.erase(found);
    }
    for (const TrunkSide& side : sides) {
        auto& takers = takers_[side];
        touch_holder(takers); // the one that loses it
        std::erase(takers, id);
        takers.push_back(id);
    }
    if (sides.empty())
        wanted_.erase(id);
    else
        wanted_[id] = std::move(sides);
    return touched;
}

bool TrunkSides::has(MediaId id) const {
    const auto wanted = wanted_.find(id);
    if (wanted == wanted_.end()) return false;
    return std::ranges::all_of(wanted->second,
                               [&](const TrunkSide& side) { return takers_.at(side).back() == id; });
}

} // namespace wakeline::media
