// SPDX-License-Identifier: Apache-2.0
#include "registrar/device.h"

#include "sip/uri.h"

namespace wakeline::registrar {

namespace {

std::string_view host_of(std::string_view ip_and_port) {
    return ip_and_port.substr(0, ip_and_port.rfind(':'));
}

bool same_contact(const Binding& known, const Binding& fresh) {
    const bool same_call_id = known.call_id == fresh.call_id;
    const bool same_host = host_of(known.received) == host_of(fresh.received);
    if (known.contact == fresh.contact) return same_call_id || same_host;
    if (!same_call_id && !same_host) return false;
    const auto old_uri = sip::Uri::parse(known.contact), new_uri = sip::Uri::parse(fresh.contact);
    if (!old_uri || !new_uri) return false;
    return old_uri->equivalent(*new_uri) || (same_call_id && old_uri->user == new_uri->user);
}

} // namespace

bool same_push(const Binding& a, const Binding& b) { return a.push.usable() && a.push == b.push; }

bool same_device(const Binding& known, const Binding& fresh) {
    const bool other_token = known.push.usable() && fresh.push.usable() && known.push != fresh.push;
    const bool goes_on = known.call_id == fresh.call_id || (known.awake() && known.flow == fresh.flow);
    if (!known.instance_id.empty() && !fresh.instance_id.empty()) {
        if (known.instance_id != fresh.instance_id) return same_push(known, fresh);
        return known.reg_id == fresh.reg_id && (!other_token || goes_on);
    }
    if (same_push(known, fresh)) return true;
    return (!other_token || goes_on) && same_contact(known, fresh);
}

} // namespace wakeline::registrar
