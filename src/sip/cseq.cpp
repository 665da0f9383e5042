// SPDX-License-Identifier: Apache-2.0
#include "sip/cseq.h"

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

Result<CSeq> CSeq::parse(std::string_view text) {
    text = trim(text);
    const auto gap = text.find_first_of(" \t\r\n");
    const auto number = parse_unsigned<std::uint32_t>(text.substr(0, gap));
    if (!number) return Error{ErrorCode::InvalidInput, "a CSeq number that is none below 2^32"};
    const std::string_view method =
        gap == std::string_view::npos ? std::string_view{} : trim(text.substr(gap));
    if (!grammar::is_token(method)) return Error{ErrorCode::InvalidInput, "a CSeq without method"};
    return CSeq{*number, std::string(method)};
}

} // namespace wakeline::sip
