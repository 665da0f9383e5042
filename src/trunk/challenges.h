// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/timer.h"
#include "sip/transport.h"

namespace wakeline::trunk {

/// Which address challenged which request: its repetition with credentials goes there, because another node
/// of the PBX may not know the nonce.
class Challenges {
public:
    void note(std::string_view call_id, const sip::FlowTarget& target, net::TimePoint now);
    /// Null when nobody challenged it lately.
    const sip::FlowTarget* find(std::string_view call_id, net::TimePoint now) const;

private:
    struct Challenge {
        sip::FlowTarget target;
        net::TimePoint until;
    };
    struct Due {
        net::TimePoint until;
        std::string call_id;
    };
    void forget_old(net::TimePoint now);

    std::unordered_map<std::string, Challenge> by_call_;
    std::deque<Due> due_;
};

} // namespace wakeline::trunk
