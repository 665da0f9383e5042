// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "net/timer.h"

struct evp_mac_ctx_st; // OpenSSL's

namespace wakeline::sip {

/// Makes nonces that say themselves when they were made (RFC 7616 section 3.3), so that a challenge costs no
/// memory, and remembers the count of each nonce that was used, so that no answer counts twice.
class Nonces {
public:
    struct Options {
        net::Duration lifetime = std::chrono::minutes(5);
        std::size_t max_used = 100'000; // beyond it the oldest used nonces become stale
    };
    enum class Use : std::uint8_t {
        Fresh,    // ours, in time, and the count is higher than before
        Ageing,   // the same, but more than half of its life is over: time to offer the next
        Stale,    // not ours, too old, or forgotten: ask again with a new one
        Replayed, // this count was seen already
    };

    /// `key`: what nonces are signed with; nodes that share it accept each other's.
    Nonces(const Secret& key, Options options);

    std::string make(net::WallTime now) const;
    /// To be asked only once the response has proved right: an entry is kept for every good nonce.
    Use use(std::string_view nonce, std::uint32_t count, net::WallTime now);
    std::size_t used() const noexcept { return counts_.size(); }

private:
    using Stamp = std::uint64_t; // milliseconds since 1970

    std::string signature(std::string_view stamp_and_salt) const;
    std::optional<Stamp> stamp_of(std::string_view nonce) const;
    void forget_old(Stamp oldest);

    struct FreeMac {
        void operator()(evp_mac_ctx_st* mac) const noexcept;
    };
    std::unique_ptr<evp_mac_ctx_st, FreeMac> mac_; // has the key
    Options options_;
    std::map<std::pair<Stamp, std::string>, std::uint32_t> counts_; // oldest first
    Stamp forgotten_ = 0; // of nonces made until then we may not know the count any more
};

} // namespace wakeline::sip
