// SPDX-License-Identifier: Apache-2.0
#include "media/ice_description.h"

#include "base/text.h"

namespace wakeline::media {

namespace {

constexpr std::uint16_t kDiscard = 9; // the port in SDP that has no candidate yet (RFC 8840 section 4.1.1)

struct Seen {
    IceCredentials theirs;
    bool lite = false, mismatch = false;
    bool candidates = false; // of RTP, with an address that can be compared
    bool fits = false;       // one of them is the default one
};

/// "<foundation> <component> <transport> <priority> <address> <port> typ ...", RFC 8839 section 5.1.
void read_candidate(std::string_view value, const net::SocketAddress& default_address, Seen& seen) {
    const auto fields = split(trim(value), ' ');
    if (fields.size() < 8 || fields[1] != "1" || !iequals(fields[2], "UDP")) return;
    const auto port = parse_unsigned<std::uint16_t>(fields[5]);
    const auto address = net::SocketAddress::parse(fields[4], port.value_or(0));
    if (!port || !address) return; // a name: mDNS hides addresses
    seen.candidates = true;
    if (*address == default_address) seen.fits = true;
}

void read_section(const SdpSection& section, const net::SocketAddress& default_address, Seen& seen) {
    constexpr std::string_view kUfrag = "ice-ufrag:", kPassword = "ice-pwd:", kCandidate = "candidate:";
    for (const SdpLine& line : section.lines) {
        if (line.type != 'a') continue;
        const std::string_view value = line.value;
        if (istarts_with(value, kUfrag))
            seen.theirs.ufrag = trim(value.substr(kUfrag.size()));
        else if (istarts_with(value, kPassword))
            seen.theirs.password = trim(value.substr(kPassword.size()));
        else if (istarts_with(value, kCandidate))
            read_candidate(value.substr(kCandidate.size()), default_address, seen);
        else if (iequals(value, "ice-lite"))
            seen.lite = true;
        else if (iequals(value, "ice-mismatch"))
            seen.mismatch = true;
    }
}

void add_candidate(SdpSection& section, unsigned component, const net::SocketAddress& address) {
    section.add_attribute("candidate:1 " + std::to_string(component) + " UDP " +
                          std::to_string(host_priority(component)) + " " + address.ip() + " " +
                          std::to_string(address.port()) + " typ host");
}

} // namespace

std::optional<IceDescription> IceDescription::read(const SdpSection& session, const SdpSection& section,
                                                   const net::SocketAddress& default_address) {
    Seen seen;
    read_section(session, default_address, seen);
    read_section(section, default_address, seen);
    if (!seen.theirs.acceptable() || seen.lite) return std::nullopt;
    const bool none_yet = default_address.is_unspecified() || default_address.port() == kDiscard;
    const bool changed = !none_yet && seen.candidates && !seen.fits;
    return IceDescription{std::move(seen.theirs), changed || seen.mismatch};
}

void write_ice(SdpSection& section, const IceCredentials& ours, const net::SocketAddress& address,
               bool rtcp_mux) {
    section.add_attribute("ice-ufrag:" + ours.ufrag);
    section.add_attribute("ice-pwd:" + ours.password);
    add_candidate(section, 1, address);
    if (rtcp_mux) return;
    net::SocketAddress next = address;
    next.set_port(static_cast<std::uint16_t>(address.port() + 1));
    add_candidate(section, 2, next);
}

} // namespace wakeline::media
