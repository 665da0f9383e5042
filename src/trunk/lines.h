// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

namespace wakeline::trunk {

class Lines;

/// One call's place on a trunk: free again when it goes. The trunk outlives it.
class Line {
public:
    Line() = default;
    Line(Line&& other) noexcept : lines_(std::exchange(other.lines_, nullptr)) {}
    Line& operator=(Line&& other) noexcept {
        std::swap(lines_, other.lines_);
        return *this;
    }
    ~Line();

private:
    friend class Lines;
    explicit Line(Lines& lines) : lines_(&lines) {}

    Lines* lines_ = nullptr;
};

/// How many calls a trunk has, and may have.
class Lines {
public:
    explicit Lines(std::size_t limit = 0) : limit_(limit) {} // 0: no limit
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    void set_limit(std::size_t limit) noexcept { limit_ = limit; }
    std::size_t limit() const noexcept { return limit_; }
    std::size_t in_use() const noexcept { return in_use_; }
    bool busy() const noexcept { return limit_ != 0 && in_use_ >= limit_; }

    /// Nothing when all are busy. An emergency call always gets one.
    std::optional<Line> seize(bool emergency = false) {
        if (busy() && !emergency) return std::nullopt;
        ++in_use_;
        return Line(*this);
    }

private:
    friend class Line;

    std::size_t limit_, in_use_ = 0;
};

inline Line::~Line() {
    if (lines_ != nullptr) --lines_->in_use_;
}

} // namespace wakeline::trunk
