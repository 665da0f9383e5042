// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "media/config.h"

namespace wakeline::media {

/// What RFC 4568, RFC 6188, RFC 7714 and libsrtp must agree on for a suite.
struct SrtpSuiteInfo {
    SrtpSuite suite;
    std::string_view name;  // as we write it
    std::string_view alias; // as some phones write it; empty when nobody does
    std::size_t key_size, salt_size;

    constexpr std::size_t key_and_salt() const { return key_size + salt_size; }
};
const SrtpSuiteInfo& info(SrtpSuite suite);
/// Letter case is ignored, as by most phones.
std::optional<SrtpSuite> suite_named(std::string_view name);

/// One direction's SRTP parameters: everything a context is made of. Never logged, never printed but as SDP
/// for its own peer.
struct SrtpKey {
    SrtpSuite suite = SrtpSuite::AesCm128Sha1_80;
    Bytes key_and_salt;
    Bytes mki; // carried in every packet when not empty
    bool srtcp_encrypted = true;

    static SrtpKey random(SrtpSuite suite, bool srtcp_encrypted);
    bool operator==(const SrtpKey&) const = default;
};

/// "a=crypto:<tag> <suite> inline:<key||salt>[|lifetime][|MKI:length] [session parameters]", RFC 4568
/// section 9.
struct CryptoLine {
    std::uint32_t tag = 1;
    std::string suite_spelling; // an answer repeats the offer's
    SrtpKey key;

    /// An error means: this line cannot be used. Unknown suites, wrong key lengths, several keys, and session
    /// parameters we do not do (section 6.3: only those with a leading "-" may be ignored) all are.
    static Result<CryptoLine> parse(std::string_view value);
    static CryptoLine of(std::uint32_t tag, const SrtpKey& key);
    std::string str() const;
};

} // namespace wakeline::media
