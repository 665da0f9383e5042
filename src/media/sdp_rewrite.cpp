// SPDX-License-Identifier: Apache-2.0
#include "media/sdp_rewrite.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/text.h"

namespace wakeline::media {

namespace {

/// Attributes that hold between one peer and us: keys, addresses, and transport that we do not relay. a=ssrc
/// goes because its cname is often user@address; the SSRCs themselves pass in the packets.
constexpr std::array<std::string_view, 39> kOwnAttributes{
    "crypto",
    "rtcp",
    "rtcp-mux",
    "rtcp-mux-only",
    "candidate",
    "ice-ufrag",
    "ice-pwd",
    "ice-options",
    "ice-lite",
    "ice-mismatch",
    "ice-pacing",
    "ice2",
    "end-of-candidates",
    "remote-candidates",
    "fingerprint",
    "setup",
    "connection",
    "tls-id",
    "dtls-id",
    "identity",
    "msid",
    "msid-semantic",
    "ssrc",
    "ssrc-group",
    "bundle-only",
    "key-mgmt",
    "zrtp-hash",
    "encryption",
    "tcap",
    "acap",
    "pcfg",
    "acfg",
    "csup",
    "creq",
    "alt",
    "oldmediaip",
    "oldoip",
    "source-filter",
    "nortpproxy",
};

bool concerns_one_side(std::string_view name, std::string_view value) {
    const bool listed = std::ranges::any_of(kOwnAttributes, [&](auto own) { return iequals(own, name); });
    // Streams share no ports (RFC 9143), and of two address families we have chosen (RFC 4091).
    const bool grouped = iequals(name, "group");
    return listed || (grouped && (istarts_with(value, "BUNDLE") || istarts_with(value, "ANAT")));
}

void strip(SdpSection& section) {
    section.remove('k'); // RFC 8866 section 5.12: obsolete, and a key
    section.remove_attributes_if(concerns_one_side);
}

void set_direction(SdpSection& section, MediaDirection direction) {
    for (const auto other : {MediaDirection::SendRecv, MediaDirection::SendOnly, MediaDirection::RecvOnly,
                             MediaDirection::Inactive})
        section.remove_attribute(name(other));
    section.add_attribute(std::string(name(direction)));
}

SdpMediaLine media_line(const SdpSection& section) {
    auto line = SdpMediaLine::parse(section.lines.front().value);
    WAKELINE_ASSERT(line.has_value()); // Sdp::parse lets no other in
    return *std::move(line);
}

} // namespace

void rewrite_session(SdpSection& session, std::string origin, const net::SocketAddress& address) {
    strip(session);
    session.set('o', std::move(origin));
    if (session.find('s') == nullptr) session.set('s', "-");
    session.set('c', connection_text(address));
}

void rewrite_section(SdpSection& section, const SectionEdit& edit) {
    auto line = media_line(section);
    line.port = edit.address.port();
    line.proto = edit.proto;
    strip(section);
    section.remove('c');
    section.lines.front().value = line.str();
    if (edit.rtcp_mux) section.add_attribute("rtcp-mux");
    for (const CryptoLine& crypto : edit.crypto)
        section.add_attribute("crypto:" + crypto.str());
    if (edit.dtls) {
        section.add_attribute("fingerprint:" + edit.dtls->fingerprint);
        section.add_attribute("setup:" + std::string(name(edit.dtls->setup)));
    }
    if (edit.ice) write_ice(section, *edit.ice, edit.address, edit.rtcp_mux && !edit.offers_mux);
    if (edit.ice_mismatch) section.add_attribute("ice-mismatch");
    if (edit.direction) set_direction(section, *edit.direction);
}

void refuse_section(SdpSection& section, std::string_view proto) {
    auto line = media_line(section);
    line.port = 0;
    line.count = 1;
    if (!proto.empty()) line.proto = proto;
    section.lines = {{'m', line.str()}};
}

} // namespace wakeline::media
