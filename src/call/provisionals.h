// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "call/dialogs.h"

namespace wakeline::call {

/// RAck of RFC 3262 7.2: `776656 1 INVITE`.
struct RAck {
    std::uint32_t rseq = 0, cseq = 0;
    std::string method; // its own: the header that it was read from is a temporary
    static std::optional<RAck> parse(std::string_view value);
};

/// The RSeq numbers of one INVITE that we serve. Those of the other side's legs become one row of ours, so
/// that each PRACK finds the leg that it is for (RFC 3262 end to end; the far end repeats until PRACKed).
class Provisionals {
public:
    struct Source {
        LegId leg = 0;
        std::uint32_t rseq = 0;
        bool operator==(const Source&) const = default;
    };

    explicit Provisionals(std::uint32_t first_rseq) : next_(first_rseq) {}

    /// The number for it: the same for a repetition. Nothing when it must wait: RFC 3262 section 3 lets no
    /// second one go before the first is acknowledged. The far end will repeat it.
    std::optional<std::uint32_t> relay(const Source& source);
    /// For a reliable 1xx of our own.
    std::uint32_t add_own();

    struct Acknowledged {
        bool own = false;
        Source source;
    };
    /// What the caller's PRACK is for; nothing: 481.
    std::optional<Acknowledged> acknowledge(std::uint32_t rseq);

private:
    struct Sent {
        std::uint32_t rseq = 0;
        bool own = false, acknowledged = false;
        Source source;
    };
    std::uint32_t next_;
    std::vector<Sent> sent_;
};

} // namespace wakeline::call
