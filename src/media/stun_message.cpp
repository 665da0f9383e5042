// SPDX-License-Identifier: Apache-2.0
#include "media/stun_message.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/text.h"
#include "media/rtp.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kIntegritySize = 20;
constexpr std::uint32_t kFingerprintMask = 0x5354554e; // "STUN"
constexpr std::uint8_t kFamilyV4 = 1, kFamilyV6 = 2;

Error invalid(std::string why) { return {ErrorCode::InvalidInput, "STUN " + std::move(why)}; }

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? 0xedb88320u ^ value >> 1 : value >> 1;
        table[i] = value;
    }
    return table;
}();

/// ITU-T V.42, as RFC 8489 section 14.7 has it. `header` stands for the first octets of `message`.
std::uint32_t crc32(ByteView header, ByteView message) noexcept {
    std::uint32_t crc = 0xffffffffu;
    for (std::size_t i = 0; i < message.size(); ++i)
        crc = kCrcTable[(crc ^ (i < header.size() ? header[i] : message[i])) & 0xff] ^ crc >> 8;
    return ~crc;
}

/// The header with the length that it had when the attribute that ends at `end` was its last.
std::array<std::uint8_t, 4> header_until(ByteView message, std::size_t end) noexcept {
    const std::size_t length = end - StunMessage::kHeader;
    return {message[0], message[1], static_cast<std::uint8_t>(length >> 8),
            static_cast<std::uint8_t>(length)};
}

using Mac = std::array<std::uint8_t, kIntegritySize>;
Mac integrity_of(ByteView message, std::size_t at, std::string_view password) noexcept {
    Bytes covered(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(at));
    std::ranges::copy(header_until(message, at + 4 + kIntegritySize), covered.begin());
    Mac mac{};
    unsigned size = mac.size();
    HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), covered.data(), covered.size(),
         mac.data(), &size);
    return mac;
}

std::uint32_t fingerprint_of(ByteView message, std::size_t at) noexcept {
    return crc32(header_until(message, at + 8), message.first(at)) ^ kFingerprintMask;
}

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// Attributes that a check or an answer may carry, and that we can let be.
bool known(std::uint16_t type) {
    constexpr std::array kOthers{std::uint16_t{0x001c}, std::uint16_t{0x0014}, std::uint16_t{0x0015}};
    switch (static_cast<StunAttribute>(type)) {
    case StunAttribute::MappedAddress:
    case StunAttribute::Username:
    case StunAttribute::MessageIntegrity:
    case StunAttribute::ErrorCode:
    case StunAttribute::UnknownAttributes:
    case StunAttribute::XorMappedAddress:
    case StunAttribute::Priority:
    case StunAttribute::UseCandidate:
    case StunAttribute::Software:
    case StunAttribute::Fingerprint:
    case StunAttribute::IceControlled:
    case StunAttribute::IceControlling: return true;
    }
    return std::ranges::find(kOthers, type) != kOthers.end(); // the SHA-256 integrity, realm, nonce
}

} // namespace

bool StunMessage::looks_like(ByteView datagram) noexcept {
    return datagram.size() >= kHeader && datagram[0] < 4 && read_u32(&datagram[4]) == kCookie &&
           datagram.size() % 4 == 0 && read_u16(&datagram[2]) == datagram.size() - kHeader;
}

Result<StunMessage> StunMessage::parse(ByteView datagram) {
    if (!looks_like(datagram)) return invalid("header that is none");
    StunMessage message(datagram);
    const unsigned type = read_u16(datagram.data());
    message.kind_ = static_cast<StunClass>((type >> 7 & 2u) | (type >> 4 & 1u));
    message.method_ = static_cast<std::uint16_t>((type & 0xf) | (type >> 1 & 0x70) | (type >> 2 & 0xf80));
    std::copy_n(&datagram[8], message.transaction_.size(), message.transaction_.begin());
    if (auto good = message.read_attributes(); !good) return good.error();
    return message;
}

Status StunMessage::read_attributes() {
    end_ = datagram_.size();
    for (std::size_t at = kHeader; at < datagram_.size();) {
        if (at + 4 > datagram_.size()) return invalid("attribute without a header");
        const auto type = static_cast<StunAttribute>(read_u16(&datagram_[at]));
        const std::size_t size = read_u16(&datagram_[at + 2]);
        if (at + 4 + padded(size) > datagram_.size())
            return invalid("attribute that is longer than the message");
        if (type == StunAttribute::Fingerprint) {
            if (size != 4 || at + 8 != datagram_.size()) return invalid("FINGERPRINT that is not the end");
            fingerprint_ = at;
            end_ = std::min(end_, at);
        } else if (type == StunAttribute::MessageIntegrity && !integrity_) {
            if (size != kIntegritySize) return invalid("MESSAGE-INTEGRITY of another size");
            integrity_ = at;
            end_ = at;
        }
        at += 4 + padded(size);
    }
    return Done{};
}

std::optional<ByteView> StunMessage::attribute(StunAttribute type) const noexcept {
    for (std::size_t at = kHeader; at < end_;) {
        const std::size_t size = read_u16(&datagram_[at + 2]);
        if (read_u16(&datagram_[at]) == static_cast<std::uint16_t>(type))
            return datagram_.subspan(at + 4, size);
        at += 4 + padded(size);
    }
    return std::nullopt;
}

std::string_view StunMessage::username() const noexcept {
    const auto value = attribute(StunAttribute::Username);
    return value ? as_text(*value) : std::string_view();
}

std::optional<unsigned> StunMessage::error_code() const noexcept {
    const auto value = attribute(StunAttribute::ErrorCode);
    if (!value || value->size() < 4) return std::nullopt;
    return ((*value)[2] & 7u) * 100u + (*value)[3];
}

std::optional<net::SocketAddress> StunMessage::mapped_address() const {
    if (const auto value = attribute(StunAttribute::XorMappedAddress)) return address(*value, true);
    if (const auto value = attribute(StunAttribute::MappedAddress)) return address(*value, false);
    return std::nullopt;
}

/// RFC 8489 section 14.2: port and address are masked with cookie and transaction.
std::optional<net::SocketAddress> StunMessage::address(ByteView value, bool xored) const {
    const bool v6 = value.size() == 20 && value[1] == kFamilyV6;
    if (!v6 && (value.size() != 8 || value[1] != kFamilyV4)) return std::nullopt;
    std::array<std::uint8_t, 20> plain{};
    std::ranges::copy(value, plain.begin());
    if (xored) {
        for (std::size_t i = 0; i < 2; ++i)
            plain[2 + i] ^= datagram_[4 + i];
        for (std::size_t i = 4; i < value.size(); ++i)
            plain[i] ^= datagram_[i]; // the cookie and the transaction follow each other
    }
    sockaddr_in6 six{};
    sockaddr_in four{};
    six.sin6_family = AF_INET6;
    four.sin_family = AF_INET;
    std::copy_n(&plain[2], 2, reinterpret_cast<std::uint8_t*>(&six.sin6_port));
    four.sin_port = six.sin6_port;
    std::copy_n(&plain[4], 16, reinterpret_cast<std::uint8_t*>(&six.sin6_addr));
    std::copy_n(&plain[4], 4, reinterpret_cast<std::uint8_t*>(&four.sin_addr));
    return v6 ? net::SocketAddress::from(reinterpret_cast<const sockaddr*>(&six), sizeof six)
              : net::SocketAddress::from(reinterpret_cast<const sockaddr*>(&four), sizeof four);
}

std::vector<std::uint16_t> StunMessage::unknown_required() const {
    constexpr std::size_t kMost = 16;
    std::vector<std::uint16_t> types;
    for (std::size_t at = kHeader; at < end_ && types.size() < kMost;) {
        const std::uint16_t type = read_u16(&datagram_[at]);
        if (type < 0x8000 && !known(type)) types.push_back(type);
        at += 4 + padded(read_u16(&datagram_[at + 2]));
    }
    return types;
}

bool StunMessage::fingerprint_good() const noexcept {
    return fingerprint_ &&
           read_u32(&datagram_[*fingerprint_ + 4]) == fingerprint_of(datagram_, *fingerprint_);
}

bool StunMessage::integrity_good(std::string_view password) const noexcept {
    if (!integrity_) return false;
    const Mac mac = integrity_of(datagram_, *integrity_, password);
    return CRYPTO_memcmp(mac.data(), &datagram_[*integrity_ + 4], mac.size()) == 0;
}

StunWriter::StunWriter(StunClass kind, std::uint16_t method, const StunTransaction& transaction) {
    message_.reserve(128);
    const unsigned bits = static_cast<unsigned>(kind);
    put((method & 0xfu) | (method & 0x70u) << 1 | (method & 0xf80u) << 2 | (bits & 1u) << 4 |
            (bits & 2u) << 7,
        2);
    put(0, 2);
    put(StunMessage::kCookie, 4);
    message_.insert(message_.end(), transaction.begin(), transaction.end());
}

void StunWriter::put(std::uint32_t value, std::size_t octets) {
    for (std::size_t i = octets; i > 0; --i)
        message_.push_back(static_cast<std::uint8_t>(value >> (8 * (i - 1))));
}

void StunWriter::set_length(std::size_t attributes) {
    message_[2] = static_cast<std::uint8_t>(attributes >> 8);
    message_[3] = static_cast<std::uint8_t>(attributes);
}

StunWriter& StunWriter::add(StunAttribute type, ByteView value) {
    put(static_cast<std::uint16_t>(type), 2);
    put(static_cast<std::uint32_t>(value.size()), 2);
    message_.insert(message_.end(), value.begin(), value.end());
    message_.resize(padded(message_.size()));
    set_length(message_.size() - StunMessage::kHeader);
    return *this;
}

StunWriter& StunWriter::add_u32(StunAttribute type, std::uint32_t value) {
    const std::array octets{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
    return add(type, octets);
}

StunWriter& StunWriter::add_mapped(const net::SocketAddress& address) {
    std::array<std::uint8_t, 20> value{0, address.is_v6() ? kFamilyV6 : kFamilyV4,
                                       static_cast<std::uint8_t>(address.port() >> 8),
                                       static_cast<std::uint8_t>(address.port())};
    const std::size_t size = address.is_v6() ? 20 : 8;
    const auto* ip = address.is_v6() ? reinterpret_cast<const std::uint8_t*>(
                                           &reinterpret_cast<const sockaddr_in6*>(address.sa())->sin6_addr)
                                     : reinterpret_cast<const std::uint8_t*>(
                                           &reinterpret_cast<const sockaddr_in*>(address.sa())->sin_addr);
    for (std::size_t i = 0; i < 2; ++i)
        value[2 + i] ^= message_[4 + i];
    for (std::size_t i = 4; i < size; ++i)
        value[i] = static_cast<std::uint8_t>(ip[i - 4] ^ message_[i]);
    return add(StunAttribute::XorMappedAddress, ByteView(value).first(size));
}

StunWriter& StunWriter::add_error(unsigned code, std::string_view reason) {
    Bytes value{0, 0, static_cast<std::uint8_t>(code / 100), static_cast<std::uint8_t>(code % 100)};
    value.insert(value.end(), reason.begin(), reason.end());
    return add(StunAttribute::ErrorCode, value);
}

StunWriter& StunWriter::add_integrity(std::string_view password) {
    return add(StunAttribute::MessageIntegrity, integrity_of(message_, message_.size(), password));
}

StunWriter& StunWriter::add_fingerprint() {
    return add_u32(StunAttribute::Fingerprint, fingerprint_of(message_, message_.size()));
}

} // namespace wakeline::media
