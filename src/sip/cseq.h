// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wakeline::sip {

/// RFC 3261 section 20.16.
struct CSeq {
    std::uint32_t number = 0;
    std::string method;

    static Result<CSeq> parse(std::string_view text);
    std::string str() const { return std::to_string(number) + ' ' + method; }
    bool operator==(const CSeq&) const = default;
};

} // namespace wakeline::sip
