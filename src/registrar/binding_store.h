// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registrar/binding.h"

namespace wakeline::registrar {

/// Keeps bindings over restarts.
class BindingStore {
public:
    /// What one REGISTER, or the end of some bindings, changes: all of it or nothing.
    struct Changes {
        std::vector<Binding> put; // inserted, or replacing the one with the same id
        std::vector<BindingId> remove;
        std::vector<std::string> users = {}; // addresses of record to remember for ever
    };
    struct Kept {
        std::vector<Binding> bindings;
        std::vector<std::string> users; // every address of record that ever had a binding
        Secret key;                     // 32 hexadecimal digits, made once: for the names of bindings
    };
    using DoneCallback = std::function<void(Status)>;

    virtual ~BindingStore() = default;

    /// At start, before the loop runs: everything that is kept.
    virtual Result<Kept> load() = 0;
    /// `done` comes on the loop, never inside this call, in the order of the calls, and after the data would
    /// survive `kill -9`: the answer to the phone waits for it.
    virtual void commit(Changes changes, DoneCallback done) = 0;
};

} // namespace wakeline::registrar
