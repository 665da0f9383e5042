// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/assert.h"
#include "media/ice_lite.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

const IcePlan kPlan{.ours = {"evtj", "VOkJxbRl1RmTxUk/WvJxBt"}, .their_ufrag = "h6vY"};

/// What we answer is STUN that we would read.
void answer(const StunMessage& message, const char* source) {
    const auto check = IceCheck::answer(message, kPlan, *net::SocketAddress::parse(source));
    if (check.verdict == IceCheck::Verdict::Dropped) {
        WAKELINE_ASSERT(check.response.empty());
        return;
    }
    const auto response = StunMessage::parse(check.response);
    WAKELINE_ASSERT(response && response->fingerprint_good());
    WAKELINE_ASSERT(response->integrity_good(kPlan.ours.password));
    WAKELINE_ASSERT(response->transaction() == message.transaction());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = StunMessage::parse({data, size});
    if (!message) return 0;
    static_cast<void>(message->username());
    static_cast<void>(message->error_code());
    static_cast<void>(message->mapped_address());
    static_cast<void>(message->unknown_required());
    answer(*message, "192.0.2.1:32853");
    answer(*message, "[2001:db8::1]:1");
    return 0;
}
