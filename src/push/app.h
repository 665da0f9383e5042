// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "http/library.h"
#include "net/event_loop.h"
#include "push/config.h"
#include "push/metrics.h"
#include "push/status.h"
#include "push/waker.h"

namespace wakeline::push {

class ApnsTeams;

/// One app of one push service: its credentials, its connection, its pushes under way.
class App {
public:
    virtual ~App() = default;

    /// Whether this device is one of this app, and can be woken for that.
    virtual bool serves(const Device& device, WakeKind kind) const = 0;
    virtual void wake(WakeId id, const Device& device, const WakeRequest& request, Waker::Sent sent,
                      Waker::Finished finished) = 0;
    virtual void cancel(WakeId id) = 0;
    /// Asks the service now, without a device, whether we can reach it and whether it takes our credentials.
    virtual void check(Waker::Finished finished) = 0;
    virtual AppStatus status() const = 0;
};

/// What every app is made from; all of it lives longer.
struct AppContext {
    const http::Library& library;
    net::EventLoop& loop;
    Log& log;
    ProviderMetrics& metrics;
    ApnsTeams& teams;
};

} // namespace wakeline::push
