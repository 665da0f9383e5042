// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace wakeline {

template <auto Free>
struct CDeleter {
    template <class T>
    void operator()(T* p) const noexcept {
        static_cast<void>(Free(p));
    }
};

/// Sole owner of an object a C library allocated; `Free` is that library's own
/// release function. Costs the same as the raw pointer.
template <class T, auto Free>
using CHandle = std::unique_ptr<T, CDeleter<Free>>;

} // namespace wakeline
