// SPDX-License-Identifier: Apache-2.0
#include "media/crypto_line.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/random.h"
#include "base/text.h"

namespace wakeline::media {

namespace {

constexpr std::array kSuites{
    SrtpSuiteInfo{SrtpSuite::AesCm128Sha1_80, "AES_CM_128_HMAC_SHA1_80", "", 16, 14},
    SrtpSuiteInfo{SrtpSuite::AesCm128Sha1_32, "AES_CM_128_HMAC_SHA1_32", "", 16, 14},
    SrtpSuiteInfo{SrtpSuite::AesCm256Sha1_80, "AES_256_CM_HMAC_SHA1_80", "AES_CM_256_HMAC_SHA1_80", 32, 14},
    SrtpSuiteInfo{SrtpSuite::AeadAes128Gcm, "AEAD_AES_128_GCM", "", 16, 12},
    SrtpSuiteInfo{SrtpSuite::AeadAes256Gcm, "AEAD_AES_256_GCM", "", 32, 12},
};

constexpr std::string_view kUnencryptedSrtcp = "UNENCRYPTED_SRTCP";
constexpr std::size_t kMaxMkiSize = 128;

Error unusable(std::string why) { return {ErrorCode::InvalidInput, "a=crypto " + std::move(why)}; }

/// RFC 4568 section 9.1: a lifetime is decimal or "2^n", at most 2^48 packets. It binds the sender of the
/// packets alone, so that it is checked here and not kept.
bool good_lifetime(std::string_view text) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
    if (text.starts_with("2^")) {
        const auto power = parse_unsigned<unsigned>(text.substr(2));
        return power && *power <= 48;
    }
    const auto packets = parse_unsigned<std::uint64_t>(text);
    return packets && *packets > 0 && *packets <= kMost;
}

/// "value:length": the value in decimal, as that many octets big-endian.
Result<Bytes> parse_mki(std::string_view text) {
    const auto colon = text.find(':');
    const auto value = parse_unsigned<std::uint64_t>(text.substr(0, colon));
    const auto length = parse_unsigned<std::size_t>(text.substr(colon + 1));
    if (!value || !length || *length == 0 || *length > kMaxMkiSize) return unusable("with a bad MKI");
    if (*length < 8 && *value >> (8 * *length) != 0) return unusable("with an MKI longer than it says");
    Bytes mki(*length);
    for (std::size_t i = 0; i < std::min<std::size_t>(*length, 8); ++i)
        mki[*length - 1 - i] = static_cast<std::uint8_t>(*value >> (8 * i));
    return mki;
}

Result<SrtpKey> parse_key(SrtpSuite suite, std::string_view text) {
    constexpr std::string_view kInline = "inline:";
    if (!istarts_with(text, kInline)) return unusable("whose key is not inline");
    if (text.find(';') != std::string_view::npos) return unusable("with several keys");
    const auto parts = split(text.substr(kInline.size()), '|');
    auto key_and_salt = from_base64(parts[0]);
    if (!key_and_salt || key_and_salt->size() != info(suite).key_and_salt())
        return unusable("whose key does not fit its suite");
    SrtpKey key{.suite = suite, .key_and_salt = *std::move(key_and_salt), .mki = {}, .srtcp_encrypted = true};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const bool is_mki = parts[i].find(':') != std::string_view::npos;
        if (i > 2 || (i == 2 && !is_mki)) return unusable("with more than lifetime and MKI after the key");
        if (!is_mki && !good_lifetime(parts[i])) return unusable("with a bad lifetime");
        if (!is_mki) continue;
        auto mki = parse_mki(parts[i]);
        if (!mki) return mki.error();
        key.mki = *std::move(mki);
    }
    return key;
}

Status apply_parameter(std::string_view parameter, SrtpKey& key) {
    if (parameter.starts_with('-')) return Done{};
    if (iequals(parameter, kUnencryptedSrtcp)) {
        key.srtcp_encrypted = false;
        return Done{};
    }
    if (istarts_with(parameter,
                     "WSH=")) { // ours is 1024; a larger wish costs the phone nothing but late packets
        const auto window = parse_unsigned<std::uint32_t>(parameter.substr(4));
        if (window && *window >= 64) return Done{};
        return unusable("with a bad window size");
    }
    if (iequals(parameter, "KDR=0")) return Done{};
    return unusable("with a session parameter we do not do");
}

} // namespace

const SrtpSuiteInfo& info(SrtpSuite suite) {
    const auto at = std::ranges::find(kSuites, suite, &SrtpSuiteInfo::suite);
    WAKELINE_ASSERT(at != kSuites.end());
    return *at;
}

std::optional<SrtpSuite> suite_named(std::string_view name) {
    for (const SrtpSuiteInfo& known : kSuites)
        if (iequals(known.name, name) || (!known.alias.empty() && iequals(known.alias, name)))
            return known.suite;
    return std::nullopt;
}

SrtpKey SrtpKey::random(SrtpSuite suite, bool srtcp_encrypted) {
    SrtpKey key{.suite = suite,
                .key_and_salt = Bytes(info(suite).key_and_salt()),
                .mki = {},
                .srtcp_encrypted = srtcp_encrypted};
    random_bytes(key.key_and_salt);
    return key;
}

Result<CryptoLine> CryptoLine::parse(std::string_view value) {
    auto parts = split(trim(value), ' ');
    std::erase_if(parts, [](std::string_view part) { return part.empty(); });
    if (parts.size() < 3) return unusable("with fewer than three fields");
    const auto tag = parse_unsigned<std::uint32_t>(parts[0]);
    if (!tag || parts[0].size() > 9) return unusable("whose tag is not 1 to 9 digits");
    const auto suite = suite_named(parts[1]);
    if (!suite) return unusable("with a suite we do not do");
    auto key = parse_key(*suite, parts[2]);
    if (!key) return key.error();
    for (std::size_t i = 3; i < parts.size(); ++i)
        if (auto good = apply_parameter(parts[i], *key); !good) return good.error();
    return CryptoLine{*tag, std::string(parts[1]), *std::move(key)};
}

CryptoLine CryptoLine::of(std::uint32_t tag, const SrtpKey& key) {
    return {tag, std::string(info(key.suite).name), key};
}

std::string CryptoLine::str() const {
    std::string text = std::to_string(tag) + " " + suite_spelling + " inline:" + base64(key.key_and_salt);
    if (!key.srtcp_encrypted) text += " " + std::string(kUnencryptedSrtcp);
    return text;
}

} // namespace wakeline::media
