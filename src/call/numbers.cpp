// SPDX-License-Identifier: Apache-2.0
#include "call/numbers.h"

#include "base/text.h"

namespace wakeline::call {

namespace {

using trunk::RuleDirection;
using trunk::RuleField;

/// Escaped as RFC 3261 25.1 wants a user part: what numbers have beyond percent_encode's set stays legible.
std::string as_user(std::string_view number) {
    std::string user;
    for (const char c : number)
        user += c == '+' || c == '*' || c == '&' ? std::string(1, c) : percent_encode({&c, 1});
    return user;
}

/// False when it stays as it is.
bool rewrite(sip::Uri& uri, const trunk::Trunk& trunk, RuleDirection direction, RuleField field) {
    if (uri.user.empty()) return false;
    const std::string before = uri.decoded_user();
    const std::string after = trunk.number(direction, field, before);
    if (after == before || after.empty()) return false;
    uri.user = as_user(after);
    return true;
}

} // namespace

bool speaks_tls(const sip::Uri& uri) {
    return uri.scheme == "sips" || iequals(uri.params.get("transport").value_or(""), "tls");
}

std::string with_number(const std::string& uri, const trunk::Trunk& trunk, RuleField field) {
    auto parsed = sip::Uri::parse(uri);
    return parsed && rewrite(*parsed, trunk, RuleDirection::ToPbx, field) ? parsed->str() : uri;
}

sip::NameAddr with_number(sip::NameAddr address, const trunk::Trunk& trunk, RuleField field) {
    rewrite(address.uri, trunk, RuleDirection::ToPbx, field);
    return address;
}

sip::Uri number_from(sip::Uri uri, const trunk::Trunk& trunk, RuleField field) {
    rewrite(uri, trunk, RuleDirection::FromPbx, field);
    return uri;
}

} // namespace wakeline::call
