// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <unordered_set>

#include "registrar/bindings.h"

namespace wakeline::registrar {

/// Makes phones register again that the PBX may have forgotten, where we cannot do it for them. SIP has no
/// request for that: a phone whose connection ends opens another and registers (RFC 5626 4.4.1). One that
/// sleeps will do so anyhow. A few at a time, and never in a call.
class Recalls {
public:
    class Surroundings {
    public:
        /// Whether that user has a call.
        virtual bool busy(const std::string& aor) const = 0;
        virtual void close(sip::FlowId flow) = 0;

    protected:
        ~Surroundings() = default;
    };
    static constexpr std::size_t kAtATime = 20; // each second

    Recalls(net::TimerQueue& timers, Surroundings& around, const Bindings& bindings,
            RegistrarMetrics& metrics);

    /// Unless it has registered a moment ago.
    void recall(const Binding& binding);
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Recall {
        BindingId id;
        net::WallTime asked;
    };

    void work();
    /// False: not now.
    bool done(const Recall& recall);

    net::TimerQueue& timers_;
    Surroundings& around_;
    const Bindings& bindings_;
    RegistrarMetrics& metrics_;
    std::deque<Recall> waiting_;
    std::unordered_set<BindingId> known_; // in waiting_
    net::Timer timer_;
};

} // namespace wakeline::registrar
