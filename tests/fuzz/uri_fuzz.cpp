// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "sip/uri.h"

using wakeline::sip::Uri;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto uri = Uri::parse(wakeline::as_text({data, size}));
    if (!uri) return 0;
    // What was read can be written, and reads the same again.
    const auto again = Uri::parse(uri->str());
    WAKELINE_ASSERT(again && *again == *uri);
    WAKELINE_ASSERT(uri->equivalent(*again));
    WAKELINE_ASSERT(uri->aor() == again->aor());
    return 0;
}
