// SPDX-License-Identifier: Apache-2.0
#include "media/ice_lite.h"

#include <algorithm>

#include "base/random.h"

namespace wakeline::media {

namespace {

/// RFC 8839 section 5.1: 64 of them, so that six bits choose one.
constexpr std::string_view kIceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string random_ice_chars(std::size_t size) {
    Bytes octets(size);
    random_bytes(octets);
    std::string text;
    text.reserve(size);
    for (const std::uint8_t octet : octets)
        text += kIceChars[octet & 63u];
    return text;
}

bool ice_chars(std::string_view text, std::size_t least) {
    constexpr std::size_t kMost = 256;
    return text.size() >= least && text.size() <= kMost &&
           text.find_first_not_of(kIceChars) == std::string_view::npos;
}

Bytes refusal(const StunMessage& request, unsigned code, std::string_view reason, std::string_view password) {
    StunWriter writer(StunClass::Error, request.method(), request.transaction());
    writer.add_error(code, reason);
    if (code == 420) {
        Bytes types;
        for (const std::uint16_t type : request.unknown_required()) {
            types.push_back(static_cast<std::uint8_t>(type >> 8));
            types.push_back(static_cast<std::uint8_t>(type));
        }
        writer.add(StunAttribute::UnknownAttributes, types);
    }
    return writer.add_integrity(password).add_fingerprint().bytes();
}

} // namespace

IceCredentials IceCredentials::random() {
    return {random_ice_chars(kUfragSize), random_ice_chars(kPasswordSize)};
}

bool IceCredentials::acceptable() const { return ice_chars(ufrag, 4) && ice_chars(password, 22); }

std::string_view ufrag_asked(const StunMessage& request) {
    const auto username = request.username();
    const auto colon = username.find(':');
    return colon == std::string_view::npos ? std::string_view() : username.substr(0, colon);
}

IceCheck IceCheck::answer(const StunMessage& request, const IcePlan& plan, const net::SocketAddress& source) {
    if (request.kind() != StunClass::Request || request.method() != StunMessage::kBinding) return {};
    const auto username = request.username();
    const auto asked = ufrag_asked(request);
    if (asked != plan.ours.ufrag || username.substr(asked.size() + 1) != plan.their_ufrag) return {};
    if (!request.fingerprint_good() || !request.integrity_good(plan.ours.password)) return {};
    const auto refuse = [&](unsigned code, std::string_view reason) {
        return IceCheck{Verdict::Refused, refusal(request, code, reason, plan.ours.password)};
    };
    if (!request.unknown_required().empty()) return refuse(420, "Unknown Attribute");
    // A lite agent is always the controlled one (RFC 8445 section 6.1.1); the peer changes its role and asks
    // anew.
    if (request.has(StunAttribute::IceControlled)) return refuse(487, "Role Conflict");
    StunWriter writer(StunClass::Success, StunMessage::kBinding, request.transaction());
    writer.add_mapped(source).add_integrity(plan.ours.password).add_fingerprint();
    const bool nominated = request.has(StunAttribute::UseCandidate);
    return {nominated ? Verdict::Nominated : Verdict::Valid, writer.bytes()};
}

} // namespace wakeline::media
