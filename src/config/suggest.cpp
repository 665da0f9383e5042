// SPDX-License-Identifier: Apache-2.0
#include "config/suggest.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace wakeline::config {

namespace {

/// Levenshtein's distance: insertions, deletions and replacements that make `a` into `b`.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

constexpr std::array kLater{
    Later{"store.url", "", "is not taken: the only store of this version is type sqlite with a path"},
};

} // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
    const std::size_t tolerance = std::min<std::size_t>(3, (word.size() + 2) / 3);
    std::size_t best = tolerance + 1;
    std::string_view found;
    for (const std::string_view candidate : candidates)
        if (const auto d = distance(word.substr(0, 64), candidate); d < best) {
            best = d;
            found = candidate;
        }
    return found;
}

const Later* find_later(std::string_view pattern) {
    const auto found = std::ranges::find(kLater, pattern, &Later::pattern);
    return found == kLater.end() ? nullptr : &*found;
}

} // namespace wakeline::config
