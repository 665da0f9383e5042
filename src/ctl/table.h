// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace wakeline::ctl {

/// Rows under a head, each column as wide as it must be. What peers sent is made harmless for a terminal.
class Table {
public:
    explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
    void add(std::vector<std::string> row);
    std::string str() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// Control characters as '?': a caller's name must not drive the terminal.
std::string harmless(std::string text);

/// 95 s as "1 min 35 s", at most two units.
std::string span_in_words(long long seconds);

/// "2026-01-31T12:34:56.789Z" as the local "2026-01-31 13:34:56"; empty stays empty.
std::string local_time(const std::string& rfc3339);

} // namespace wakeline::ctl
