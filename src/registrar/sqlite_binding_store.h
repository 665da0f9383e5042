// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registrar/binding_store.h"
#include "store/worker.h"

namespace wakeline::registrar {

/// Bindings in the database file.
class SqliteBindingStore final : public BindingStore {
public:
    explicit SqliteBindingStore(store::Worker& worker) : worker_(worker) {}

    /// Also makes the tables, and brings those of an older Wakeline forward.
    Result<Kept> load() override;
    void commit(Changes changes, DoneCallback done) override;

private:
    store::Worker& worker_;
};

} // namespace wakeline::registrar
