// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sip/builder.h"
#include "sip/message.h"

namespace wakeline::sip {

/// A request that is well formed but that nobody here may act on.
struct Unacceptable {
    int status = 400; // an ACK is never answered, whatever this says
    std::string_view why;
    std::vector<std::pair<std::string_view, std::string>> headers = {}; // what that status must carry

    Builder answer(const Message& request, std::string_view to_tag) const;
};

/// The one place that judges a request by itself (RFC 3261 8.2.1 to 8.2.3 and 16.3), before any transaction
/// user sees it: 400, 406, 415, 416, 420, 483 and 501. Nothing when it may be acted upon. Who may do what,
/// and whether a dialog exists, is for others.
std::optional<Unacceptable> request_check(const Message& request);

/// False for a response that was not meant for us: another hop's Via is below ours (RFC 3261 8.1.3.3). It is
/// dropped.
bool response_check(const Message& response);

/// The option tags that a Require in a request with that method may name: what the registrar understands, or
/// what both ends of a call agree on with us in between.
bool understands_option(std::string_view method, std::string_view tag);

} // namespace wakeline::sip
