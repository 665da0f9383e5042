// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace wakeline::config {

/// The candidate that `word` is most likely a misspelling of; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// A setting that has its place in the file, but that this version does not take.
struct Later {
    std::string_view pattern; // "trunks.*.backup"
    std::string_view allowed; // the one value that may stand there; empty: none
    std::string_view why;     // what an administrator can do instead
};
const Later* find_later(std::string_view pattern);

} // namespace wakeline::config
