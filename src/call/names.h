// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace wakeline::call {

/// Where the call module gets every name that must be new: call ids, tags, Call-IDs. Random in the daemon,
/// counted in tests and simulations.
class Names {
public:
    virtual ~Names() = default;

    /// Cannot be guessed: 96 bits.
    virtual std::string token() = 0;
    virtual std::string uuid() = 0;
    /// The same for the same text as long as we run, and says nothing about it. A phone that repeats its
    /// INVITE with credentials keeps its Call-ID, and some PBXs (Asterisk's chan_sip) tie a nonce to the
    /// Call-ID: so ours towards the PBX must stay the same too.
    virtual std::string derived(std::string_view text) = 0;
};

class RandomNames final : public Names {
public:
    RandomNames();

    std::string token() override;
    std::string uuid() override;
    std::string derived(std::string_view text) override;

private:
    Secret key_;
};

} // namespace wakeline::call
