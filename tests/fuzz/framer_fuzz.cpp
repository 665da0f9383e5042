// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "sip/framing.h"

using namespace wakeline::sip;

namespace {

constexpr MessageLimits kLimits{.header_bytes = 2'048, .lines = 40, .commas = 50, .body_bytes = 500};

std::string drain(StreamFramer& framer) {
    std::string seen;
    while (auto event = framer.next()) {
        if (const auto* frame = std::get_if<StreamFramer::Frame>(&*event)) {
            WAKELINE_ASSERT(frame->bytes.size() <= kLimits.header_bytes + kLimits.body_bytes);
            seen.append("[").append(frame->bytes).append("]");
        } else {
            seen += std::holds_alternative<StreamFramer::Ping>(*event) ? "ping" : "broken";
        }
    }
    WAKELINE_ASSERT(framer.buffered() <= kLimits.header_bytes + kLimits.body_bytes);
    return seen;
}

} // namespace

/// The first octet says in pieces of what size the rest arrives; that must make no difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::max<std::size_t>(data[0], 1);
    const std::string_view stream = wakeline::as_text({data + 1, size - 1});

    StreamFramer at_once(kLimits), in_pieces(kLimits);
    at_once.add(stream);
    const std::string expected = drain(at_once);
    std::string seen;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        in_pieces.add(stream.substr(at, piece));
        seen += drain(in_pieces);
    }
    WAKELINE_ASSERT(seen == expected);
    WAKELINE_ASSERT(in_pieces.mid_message() == at_once.mid_message());
    static_cast<void>(is_keepalive(stream));
    return 0;
}
