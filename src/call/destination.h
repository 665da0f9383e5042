// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "call/arrival.h"
#include "call/context.h"
#include "call/host_hiding.h"

namespace wakeline::call {

/// For whom a request of the PBX is.
struct Destination {
    std::string aor; // empty: nobody of ours
    bool known = false;
    std::vector<registrar::Binding> devices;
};
Destination find_destination(const Context& context, const sip::Uri& uri);
/// Whom a request of a PBX is for, and from, as the trunk's rules for numbers have it; the name of one device
/// is no number.
sip::Uri called_by_pbx(const Context& context, const Arrival& arrival);
sip::NameAddr caller_of_pbx(const Context& context, const Arrival& arrival);
/// What a call of that user must hide: the PBXs' names and every address.
HostHiding hosts_for(const Context& context, const std::string& aor);

} // namespace wakeline::call
