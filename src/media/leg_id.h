// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>

#include "media/media_sessions.h"

namespace wakeline::media {

/// Names a leg of the relay; a leg that is gone is not found.
struct LegId {
    MediaId session = 0;
    std::size_t stream = 0; // by m= line
    MediaSide side = MediaSide::Phone;
    auto operator<=>(const LegId&) const = default;
};

} // namespace wakeline::media
