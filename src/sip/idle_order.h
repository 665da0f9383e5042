// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <utility>

#include "net/timer.h"

namespace wakeline::sip {

/// Things in the order of their last use: the one unused for longest is found at once, a use costs O(1).
template <class T>
class IdleOrder {
    struct Entry {
        T* thing;
        net::TimePoint used;
    };

public:
    using Place = typename std::list<Entry>::iterator;

    Place add(T& thing, net::TimePoint now) { return order_.insert(order_.end(), {&thing, now}); }
    void remove(Place place) { order_.erase(place); }
    void touch(Place place, net::TimePoint now) {
        place->used = now;
        order_.splice(order_.end(), order_, place);
    }

    /// Null when it is empty.
    T* oldest() const { return order_.empty() ? nullptr : order_.front().thing; }
    /// The one unused for longest, if that is `idle` or more; else null.
    T* idle_since(net::TimePoint now, net::Duration idle) const {
        return !order_.empty() && now - order_.front().used >= idle ? order_.front().thing : nullptr;
    }
    std::size_t size() const noexcept { return order_.size(); }

private:
    std::list<Entry> order_;
};

} // namespace wakeline::sip
