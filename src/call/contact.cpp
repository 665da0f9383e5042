// SPDX-License-Identifier: Apache-2.0
#include "call/contact.h"

#include "base/text.h"

namespace wakeline::call {

std::string contact_on(const sip::FlowInfo& flow, std::string_view user) {
    std::string contact = "<sip:";
    if (!user.empty()) contact.append(user).append("@");
    contact.append(flow.sent_by).append(";transport=").append(lower(sip::via_name(flow.kind)));
    return contact + '>';
}

} // namespace wakeline::call
