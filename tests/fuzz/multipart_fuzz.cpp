// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "call/multipart.h"

/// A Content-Type, and behind the first line feed a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    const auto body = end < text.size() ? text.substr(end + 1) : std::string_view();
    for (const std::string_view wanted : {"application/sdp", "a/b"})
        if (const auto part = wakeline::call::BodyPart::find(text.substr(0, end), body, wanted))
            WAKELINE_ASSERT(part->begin <= part->end && part->end <= body.size());
    return 0;
}
