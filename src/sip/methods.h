// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace wakeline::sip {

/// The methods that some part of Wakeline handles; any other is answered 501.
constexpr std::string_view kMethods[] = {"INVITE",   "ACK",       "CANCEL", "BYE",    "OPTIONS",
                                         "REGISTER", "PRACK",     "UPDATE", "INFO",   "MESSAGE",
                                         "REFER",    "SUBSCRIBE", "NOTIFY", "PUBLISH"};

/// Value of the Allow header.
constexpr std::string_view kAllow = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, PRACK, UPDATE, INFO, "
                                    "MESSAGE, REFER, SUBSCRIBE, NOTIFY, PUBLISH";

/// Methods compare with case (RFC 3261 7.1).
constexpr bool is_known_method(std::string_view method) {
    return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

} // namespace wakeline::sip
