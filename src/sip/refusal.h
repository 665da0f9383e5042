// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wakeline::sip {

/// Why bytes are not a message we act on. `status` 0: drop and count. Otherwise `response` is the complete
/// answer, ready to send when the sender can be told (400, 416, 505 ...).
struct Refusal {
    int status = 0;
    std::string why;
    std::string response;
};

/// The refusal of bytes that may be anything: answered when they begin as a request other than ACK and hold a
/// Via line to answer to. The lines that a response repeats are taken as they came, so the answer is possible
/// even where nothing can be parsed (RFC 4475 3.3.1).
Refusal refuse(std::string_view bytes, int status, std::string why);

} // namespace wakeline::sip
