// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "sip/name_addr.h"
#include "sip/via.h"

using wakeline::sip::NameAddr;
using wakeline::sip::Via;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::array<std::string, 1> text = {std::string(wakeline::as_text({data, size}))};
    if (const auto address = NameAddr::parse(text[0])) {
        const auto again = NameAddr::parse(address->str());
        WAKELINE_ASSERT(again && *again == *address);
    }
    if (const auto list = NameAddr::parse_list(text)) {
        for (const NameAddr& one : *list)
            WAKELINE_ASSERT(NameAddr::parse(one.str()).has_value());
    }
    if (const auto via = Via::parse(text[0])) {
        const auto again = Via::parse(via->str());
        WAKELINE_ASSERT(again && *again == *via);
    }
    return 0;
}
