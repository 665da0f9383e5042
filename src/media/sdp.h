// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/socket_address.h"

namespace wakeline::media {

struct SdpLine {
    char type;
    std::string value;
    bool operator==(const SdpLine&) const = default;
};

/// "m=<kind> <port>[/<count>] <proto> <format> ..."
struct SdpMediaLine {
    std::string kind;
    std::uint16_t port = 0;
    unsigned count = 1;
    std::string proto;
    std::vector<std::string> formats;

    static Result<SdpMediaLine> parse(std::string_view value);
    std::string str() const;
};

/// "o=<user> <id> <version> IN <family> <address>"; id and version are decimal, of any length RFC 8866
/// allows.
struct SdpOrigin {
    std::string user, id, version, family, address;

    static Result<SdpOrigin> parse(std::string_view value);
};

/// The lines of the session part or of one m= section, in the order in which they came.
class SdpSection {
public:
    std::vector<SdpLine> lines;

    const std::string* find(char type) const;
    /// Replaces the first line of that type, or puts one where RFC 8866 section 5 wants it.
    void set(char type, std::string value);
    void remove(char type);

    /// The value of "a=name:value"; empty for the flag "a=name"; nothing when there is no such line.
    std::optional<std::string_view> attribute(std::string_view name) const;
    bool has_attribute(std::string_view name) const { return attribute(name).has_value(); }
    std::vector<std::string_view> attributes(std::string_view name) const;
    void add_attribute(std::string value) { lines.push_back({'a', std::move(value)}); }
    void remove_attribute(std::string_view name);
    void
    remove_attributes_if(const std::function<bool(std::string_view name, std::string_view value)>& unwanted);

    bool operator==(const SdpSection&) const = default;
};

/// A session description as a list of lines: what is not looked at comes out as it went in.
class Sdp {
public:
    static constexpr std::size_t kMaxBytes = 32 * 1024;
    static constexpr std::size_t kMaxLineBytes = 4 * 1024;
    static constexpr std::size_t kMaxLines = 1'000;
    static constexpr std::size_t kMaxMedia = 16;

    /// Takes CRLF and LF. Refuses what no phone sends: limits exceeded, control characters, a missing v=, o=
    /// or t=, an m= that cannot be read, an m= in use without a c=.
    static Result<Sdp> parse(std::string_view text);
    std::string str() const;

    SdpSection session;
    std::vector<SdpSection> media; // each begins with its m= line

    bool operator==(const Sdp&) const = default;
};

/// The address of "IN IP4 192.0.2.1", with that port. Names, multicast and unknown families are refused.
Result<net::SocketAddress> parse_connection(std::string_view value, std::uint16_t port);
/// "IN IP4 192.0.2.1" or "IN IP6 2001:db8::1".
std::string connection_text(const net::SocketAddress& address);

} // namespace wakeline::media
