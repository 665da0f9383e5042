// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message.h"

namespace wakeline::call {

/// Where the content of one part lies in a multipart body (RFC 2046 section 5.1, RFC 5621). All around it
/// stays as it is.
struct BodyPart {
    std::size_t begin = 0, end = 0;

    /// The first part of that type, at the outermost level. Nothing when `content_type` is not multipart, or
    /// the body is not what it says.
    static std::optional<BodyPart> find(std::string_view content_type, std::string_view body,
                                        std::string_view wanted);
};

/// The session description that a message carries, alone or as a part; empty when there is none.
std::string_view sdp_of(const sip::Message& message);

} // namespace wakeline::call
