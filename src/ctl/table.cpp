// SPDX-License-Identifier: Apache-2.0
#include "ctl/table.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace wakeline::ctl {

namespace {

/// Characters on the screen, for UTF-8 text without combining ones.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace

std::string harmless(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = '?';
    return text;
}

std::string span_in_words(long long seconds) {
    struct Unit {
        long long length;
        const char* name;
    };
    constexpr std::array units{Unit{86'400, " d"}, Unit{3'600, " h"}, Unit{60, " min"}, Unit{1, " s"}};
    std::string out;
    int shown = 0;
    for (const Unit& unit : units) {
        const long long count = seconds / unit.length;
        seconds %= unit.length;
        if (count == 0 || shown == 2) continue;
        out += (out.empty() ? "" : " ") + std::to_string(count) + unit.name;
        ++shown;
    }
    return out.empty() ? "0 s" : out;
}

std::string local_time(const std::string& rfc3339) {
    std::tm utc{};
    const char* rest = ::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == nullptr) return rfc3339;
    const std::time_t when = ::timegm(&utc);
    std::tm local{};
    ::localtime_r(&when, &local);
    char out[32];
    std::strftime(out, sizeof out, "%Y-%m-%d %H:%M:%S", &local);
    return out;
}

void Table::add(std::vector<std::string> row) {
    for (std::string& cell : row) {
        cell = harmless(std::move(cell));
        if (cell.empty()) cell = "-";
    }
    rows_.push_back(std::move(row));
}

std::string Table::str() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    std::string out;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            out += row[i];
            if (i + 1 < widths.size()) out.append(widths[i] - width(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

} // namespace wakeline::ctl
