// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sip/header_scan.h"

namespace wakeline::sip {

/// What answers a Ping (RFC 5626 section 4.4.1).
constexpr std::string_view kPong = "\r\n";
constexpr std::string_view kPing = "\r\n\r\n"; // RFC 5626 4.4.1

/// A datagram that is no message but keeps a NAT binding open: CRLFs, NULs, spaces, or nothing. Any other
/// datagram goes to Message::parse, which checks the same limits as the framer.
bool is_keepalive(std::string_view datagram) noexcept;

/// Cuts the bytes of one TCP or TLS connection into messages:
///     framer.add(data);
///     while (auto event = framer.next()) ...
/// Drained so after each `add`, it never holds more than one message of the limits' size, and nothing while
/// the connection is idle.
class StreamFramer {
public:
    /// Ready for Message::parse. Good until the next call.
    struct Frame {
        std::string_view bytes;
    };
    /// A double CRLF between messages: write kPong.
    struct Ping {};
    /// Where the next message begins cannot be known: write `response` unless it is empty, then close the
    /// connection. The last event.
    struct Broken {
        std::string why;
        std::string response;
    };
    using Event = std::variant<Frame, Ping, Broken>;

    explicit StreamFramer(const MessageLimits& limits = {}) : limits_(limits), scan_(limits) {}

    void add(std::string_view data);
    std::optional<Event> next();

    /// A message has begun and not ended: the time that may take is the connection's to limit.
    bool mid_message() const noexcept { return start_ < buffer_.size() && !broken_; }
    std::size_t buffered() const noexcept { return buffer_.size() - start_; }

private:
    std::string_view pending() const { return std::string_view(buffer_).substr(start_); }
    std::optional<Event> skip_line_ends();
    std::optional<Event> cut();
    Broken broken(int status, std::string_view why);

    MessageLimits limits_;
    HeaderScan scan_;
    std::string buffer_;
    std::size_t start_ = 0; // what is before has been handed out
    bool half_ping_ = false;
    bool broken_ = false;
};

} // namespace wakeline::sip
