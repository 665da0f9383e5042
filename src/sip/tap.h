// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sip/transport.h"

namespace wakeline::sip {

/// Hears every message as it is on the wire, for a person who looks for a fault. Called on the loop, before a
/// message is acted upon or sent; calls nothing back.
class Tap {
public:
    enum class Way : std::uint8_t { Received, Sent };
    virtual void on_octets(Way way, const FlowInfo& flow, std::string_view octets) = 0;

protected:
    ~Tap() = default;
};

} // namespace wakeline::sip
