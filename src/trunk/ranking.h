// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace wakeline::trunk {

/// Where a trunk stands among those of its priority for that user: the lowest goes first. A weight of 3 is
/// first for three times as many users as one of 1, and each user always has the same order, so that
/// registration, calls and their repetition with credentials meet the same PBX.
double rank(std::string_view user, std::string_view trunk, unsigned weight);

} // namespace wakeline::trunk
