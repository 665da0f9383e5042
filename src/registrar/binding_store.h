// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "registrar/binding.h"

namespace wakeline::registrar {

/// Keeps bindings over restarts. `done` comes on the loop, after the data would survive `kill -9`, in the
/// order of the calls; an acknowledgement to the phone waits for it.
class BindingStore {
public:
    using DoneCallback = std::function<void(Status)>;

    virtual ~BindingStore() = default;

    /// At start, before the loop runs: everything that is kept.
    virtual Result<std::vector<Binding>> load() = 0;
    /// Inserts, or replaces the one with the same id.
    virtual void put(const Binding& binding, DoneCallback done) = 0;
    virtual void remove(BindingId id, DoneCallback done) = 0;
};

} // namespace wakeline::registrar
