// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "push/waker.h"

namespace wakeline::push {

/// What follows an answer.
enum class Next : std::uint8_t {
    Finish,        // the result stands
    Repeat,        // the same once more: nothing was wrong with it
    RepeatLater,   // the same after `hold`, if that is in time
    NewConnection, // once more, on another connection
    NewCredential, // once more, with another JWT or access token
    Shrink,        // once more, without the caller's name
};

/// How one answer of a push service is to be taken: the result if it stays at that, and whether it need not.
struct Verdict {
    WakeResult result;
    Next next = Next::Finish;
    std::chrono::seconds hold{0}; // pause that the service asked for
    bool alarm = false;           // our configuration or a mistake of ours: an operator must look
};

} // namespace wakeline::push
