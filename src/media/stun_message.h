// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/socket_address.h"

namespace wakeline::media {

enum class StunClass : std::uint8_t { Request, Indication, Success, Error };

using StunTransaction = std::array<std::uint8_t, 12>;

/// Attribute types of RFC 8489, RFC 5780 and RFC 8445, as far as we read or write them.
enum class StunAttribute : std::uint16_t {
    MappedAddress = 0x0001,
    Username = 0x0006,
    MessageIntegrity = 0x0008,
    ErrorCode = 0x0009,
    UnknownAttributes = 0x000a,
    XorMappedAddress = 0x0020,
    Priority = 0x0024,
    UseCandidate = 0x0025,
    Software = 0x8022,
    Fingerprint = 0x8028,
    IceControlled = 0x8029,
    IceControlling = 0x802a,
};

/// A STUN message as it came, RFC 8489 section 5. It looks into the datagram and copies nothing.
class StunMessage {
public:
    static constexpr std::uint16_t kBinding = 0x001;
    static constexpr std::uint32_t kCookie = 0x2112a442;
    static constexpr std::size_t kHeader = 20;

    /// RFC 7983 and RFC 8489 section 5: the first two bits, the cookie, and a length that is the datagram's.
    static bool looks_like(ByteView datagram) noexcept;
    /// Every attribute within bounds. What follows MESSAGE-INTEGRITY is not looked at, but for FINGERPRINT.
    static Result<StunMessage> parse(ByteView datagram);

    StunClass kind() const noexcept { return kind_; }
    std::uint16_t method() const noexcept { return method_; }
    const StunTransaction& transaction() const noexcept { return transaction_; }

    /// The value of its first occurrence.
    std::optional<ByteView> attribute(StunAttribute type) const noexcept;
    bool has(StunAttribute type) const noexcept { return attribute(type).has_value(); }
    std::string_view username() const noexcept;
    std::optional<unsigned> error_code() const noexcept;
    /// XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS from a server of old.
    std::optional<net::SocketAddress> mapped_address() const;
    /// The types below 0x8000 that we do not know: a request with one is answered 420.
    std::vector<std::uint16_t> unknown_required() const;

    /// A FINGERPRINT that is there and right.
    bool fingerprint_good() const noexcept;
    /// MESSAGE-INTEGRITY is there and made with that short-term password.
    bool integrity_good(std::string_view password) const noexcept;

private:
    explicit StunMessage(ByteView datagram) : datagram_(datagram) {}
    Status read_attributes();
    std::optional<net::SocketAddress> address(ByteView value, bool xored) const;

    ByteView datagram_;
    StunClass kind_ = StunClass::Request;
    std::uint16_t method_ = 0;
    StunTransaction transaction_{};
    std::size_t end_ = 0;                  // of the attributes that count
    std::optional<std::size_t> integrity_; // where the attribute begins
    std::optional<std::size_t> fingerprint_;
};

/// Writes a message, attribute by attribute in the order in which they are to stand.
class StunWriter {
public:
    StunWriter(StunClass kind, std::uint16_t method, const StunTransaction& transaction);

    StunWriter& add(StunAttribute type, ByteView value);
    StunWriter& add(StunAttribute type, std::string_view text) { return add(type, as_bytes(text)); }
    StunWriter& add_u32(StunAttribute type, std::uint32_t value);
    StunWriter& add_mapped(const net::SocketAddress& address); // XOR-MAPPED-ADDRESS
    StunWriter& add_error(unsigned code, std::string_view reason);
    StunWriter& add_integrity(std::string_view password);
    /// Nothing may follow it.
    StunWriter& add_fingerprint();

    const Bytes& bytes() const noexcept { return message_; }

private:
    void set_length(std::size_t attributes);
    void put(std::uint32_t value, std::size_t octets);

    Bytes message_;
};

} // namespace wakeline::media
