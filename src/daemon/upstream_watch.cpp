// SPDX-License-Identifier: Apache-2.0
#include "daemon/upstream_watch.h"

#include <vector>

#include "daemon/upstreams.h"

namespace wakeline::daemon {

UpstreamWatch::UpstreamWatch(const Parts& parts)
    : parts_(parts), keeper_({.timers = parts.timers,
                              .bindings = parts.bindings,
                              .users = parts.users,
                              .upstreams =
                                  [&trunks = parts.trunks](const registrar::UpstreamWanted& wanted) {
                                      return upstreams_of(trunks, wanted);
                                  },
                              .log = parts.log,
                              .metrics = parts.metrics}),
      recalls_(parts.timers, *this, parts.bindings, parts.metrics) {
    parts.bindings.add_listener(*this);
    parts.trunks.set_listener(*this);
    keeper_.take_over();
}

void UpstreamWatch::on_doubted(const registrar::Binding& binding) {
    if (keeper_.keeps(binding.aor))
        keeper_.doubt(binding);
    else
        recalls_.recall(binding);
}

void UpstreamWatch::on_peer_back(std::string_view) {
    keeper_.doubt_all();
    std::vector<registrar::BindingId> awake;
    parts_.bindings.table().each([&](const registrar::PackedBinding& row) {
        if (row.flow != 0 && !keeper_.keeps(row.text(registrar::PackedBinding::Text::Aor)))
            awake.push_back(row.id);
    });
    for (const registrar::BindingId id : awake)
        if (const auto binding = parts_.bindings.table().find(id)) recalls_.recall(*binding);
}

} // namespace wakeline::daemon
