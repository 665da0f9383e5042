// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sip/cseq.h"
#include "sip/header_scan.h"
#include "sip/name_addr.h"
#include "sip/refusal.h"
#include "sip/via.h"

namespace wakeline::sip {

/// One received SIP message. Immutable, move-only; keeps its text, so every header can be copied as it came.
/// The four headers of RFC 3261 8.1.1 that every message must have, and at least one Via, are known to be
/// present and well formed. Nobody keeps one in a dialog or a binding: it costs some KB.
class Message {
public:
    /// One message: a datagram, or what the stream framer (sip/framing.h) cut out. Any bytes are safe; the
    /// limits are checked here. Octets after the body are ignored (RFC 3261 18.3); a body without
    /// Content-Length reaches to the end.
    static std::variant<Message, Refusal> parse(std::string_view bytes, const MessageLimits& limits = {});

    Message(Message&&) noexcept;
    Message& operator=(Message&&) noexcept;
    ~Message();

    bool is_request() const noexcept;
    bool is_response() const noexcept { return !is_request(); }
    /// Of the request line, or of CSeq in a response. Case-sensitive.
    std::string_view method() const noexcept;
    const Uri& request_uri() const; // requests only
    int status() const noexcept;    // 0 for requests
    std::string_view reason() const noexcept;

    std::string_view call_id() const noexcept;
    const CSeq& cseq() const noexcept;
    const NameAddr& from() const noexcept;
    const NameAddr& to() const noexcept;
    std::string_view from_tag() const { return from().tag(); }
    std::string_view to_tag() const { return to().tag(); }
    const Via& top_via() const noexcept;
    std::size_t via_count() const;

    /// Contact values; `*` shows as star() with an empty list.
    std::vector<NameAddr> contacts() const;
    bool contact_star() const;
    std::vector<NameAddr> routes() const;
    std::vector<NameAddr> record_routes() const;
    std::optional<std::uint32_t> expires() const; // saturated at 2^32-1
    std::optional<std::uint32_t> max_forwards() const;

    /// The first header of that name (long or compact form), trimmed, folding removed; or nothing.
    std::optional<std::string> header(std::string_view name) const;
    /// The same without a copy; empty when there is none.
    std::string_view first(std::string_view name) const;
    /// Every header line of that name, in order; a comma list stays one value.
    std::vector<std::string> headers(std::string_view name) const;
    void each_value(std::string_view name, const std::function<void(std::string_view value)>& visit) const;
    /// The tokens of a comma-separated header over all its lines: `tokens("Supported")`.
    std::vector<std::string> tokens(std::string_view name) const;
    bool has_token(std::string_view name, std::string_view token) const;
    /// Every header in order with its long name, as (name, value); folding removed, otherwise as it came.
    void each_header(const std::function<void(std::string_view name, std::string_view value)>& visit) const;

    std::string_view body() const noexcept;
    std::size_t size() const noexcept; // octets, without folding
    std::string content_type() const;  // lower case, no parameters; empty when there is none

private:
    struct Parsed;
    std::vector<NameAddr> addresses(std::string_view name) const;
    explicit Message(std::unique_ptr<Parsed> parsed);
    std::unique_ptr<Parsed> parsed_;
};

} // namespace wakeline::sip
