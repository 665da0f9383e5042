// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sip/header_name.h"

namespace wakeline::sip {

/// What one message may cost us before we know whom it is from.
struct MessageLimits {
    std::size_t header_bytes = 32 * 1024; // start line and headers
    std::size_t lines = 256;
    std::size_t commas = 1'024; // elements of lists
    std::size_t body_bytes = 64 * 1024;
};

/// One pass over the start line and headers of a message, as its bytes arrive: finds where they end and how
/// long the body is. Refuses what leaves that open (a bare CR or LF, two Content-Lengths, anything beyond the
/// limits); what only spoils this one message is its flaw().
class HeaderScan {
public:
    enum class State : std::uint8_t { More, Complete, Refused };

    explicit HeaderScan(const MessageLimits& limits = {}) : limits_(limits) {}
    /// As above; puts every header line there, as it is in the bytes and with its long name.
    HeaderScan(const MessageLimits& limits, std::vector<HeaderLine>& lines)
        : limits_(limits), index_(&lines) {}

    /// Goes on where it stopped. `bytes` begins with the start line and has all that has arrived; what was
    /// seen before must still be there.
    State scan(std::string_view bytes);

    /// Start line, headers and the empty line; known when Complete.
    std::size_t header_size() const noexcept { return header_size_; }
    std::optional<std::size_t> content_length() const noexcept { return content_length_; }
    /// Some header goes on in a second line.
    bool folded() const noexcept { return folded_; }
    /// Why a message that is Complete must not reach the parser all the same: a NUL, a header line without
    /// name or colon. Empty when it may.
    std::string_view flaw() const noexcept { return flaw_; }
    /// For Refused: 400, 413 or 513, and the reason.
    int status() const noexcept { return status_; }
    std::string_view why() const noexcept { return why_; }

private:
    State refuse(int status, std::string_view why);
    State take_line(std::string_view bytes, std::size_t end);
    State take_header(std::string_view line);
    State end_of_headers(std::string_view bytes);
    State read_content_length(std::string_view value);

    MessageLimits limits_;
    std::vector<HeaderLine>* index_ = nullptr;
    std::size_t line_start_ = 0, searched_ = 0;
    std::size_t lines_ = 0;
    std::size_t length_begin_ = 0, length_end_ = 0; // the value of Content-Length; 0: none yet
    bool in_length_ = false;                        // the next folded line belongs to it
    bool folded_ = false;
    std::size_t header_size_ = 0;
    std::optional<std::size_t> content_length_;
    int status_ = 0;
    std::string_view why_, flaw_;
};

} // namespace wakeline::sip
