// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/timer.h"
#include "push/jwt.h"

namespace wakeline::push {

/// Apple's provider token: a JWT that is made here, used for 50 minutes, and never replaced within 20: Apple
/// punishes more with 429 TooManyProviderTokenUpdates.
class ApnsToken {
public:
    using Generation = std::uint64_t;
    struct Current {
        const std::string& text;
        Generation generation;
    };

    ApnsToken(net::TimerQueue& clock, SigningKey key, std::string key_id, std::string team_id);

    Current current();
    /// The service calls the token of `rejected` expired. True when there is another one now, whoever made
    /// it.
    bool replace(Generation rejected);
    /// Apple has seen too many tokens: none is made for 20 minutes from now.
    void freeze();

    std::optional<net::WallTime> made() const {
        return generation_ == 0 ? std::nullopt : std::optional(made_wall_);
    }

private:
    void make();
    bool may_replace() const;
    bool clock_jumped() const;

    net::TimerQueue& clock_;
    const SigningKey key_;
    const std::string header_, team_id_;
    std::string text_;
    Generation generation_ = 0;
    net::TimePoint made_{}, not_before_{};
    net::WallTime made_wall_{};
};

} // namespace wakeline::push
