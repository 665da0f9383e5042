// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>

#include "admin/number_traces.h"
#include "daemon/node_view.h"

// What NodeView says about numbers.
namespace wakeline::daemon {

namespace {

std::string user_part(std::string_view aor) {
    if (aor.starts_with("sip:")) aor.remove_prefix(4);
    return std::string(aor.substr(0, aor.find('@')));
}

} // namespace

Result<std::vector<admin::NumberTrace>> NodeView::number_test(std::string_view trunk,
                                                              std::string_view number) const {
    std::vector<admin::NumberTrace> traces;
    for (const auto& peer : parts_.modules.trunks().all())
        if (trunk.empty() || peer->name() == trunk)
            std::ranges::move(admin::number_traces(peer->name(), peer->plan(), number),
                              std::back_inserter(traces));
    if (traces.empty()) return admin::no_trunk(trunk);
    return traces;
}

std::vector<admin::NumberFault> NodeView::number_check() const {
    std::set<std::string> users;
    parts_.modules.bindings().table().each([&](const registrar::PackedBinding& packed) {
        users.insert(user_part(packed.text(registrar::PackedBinding::Text::Aor)));
    });
    for (const std::string& name : parts_.modules.phones().users().names())
        users.insert(user_part(name));
    std::vector<admin::NumberFault> faults;
    for (const auto& peer : parts_.modules.trunks().all())
        for (const std::string& user : users)
            if (std::string why = peer->plan().fault(user); !why.empty())
                faults.push_back({peer->name(), user, std::move(why)});
    return faults;
}

} // namespace wakeline::daemon
