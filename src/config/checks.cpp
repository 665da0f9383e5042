// SPDX-License-Identifier: Apache-2.0
#include "config/checks.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "config/findings.h"
#include "config/policy_checks.h"
#include "config/trunk_checks.h"
#include "config/values.h"
#include "net/socket_address.h"

namespace wakeline::config {

namespace {

using std::chrono::milliseconds;

std::string time(milliseconds value) { return Kind<milliseconds>::show(value); }

bool collide(const Bound& a, const Bound& b) {
    const auto any = [](const std::string& ip) { return ip == "0.0.0.0" || ip == "::"; };
    return a.port == b.port && (a.address == b.address || any(a.address) || any(b.address));
}

void check_ports(const std::vector<Bound>& sockets, Findings& findings) {
    for (std::size_t i = 0; i < sockets.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (collide(sockets[i], sockets[j])) {
                findings.error(sockets[i].path, "port " + std::to_string(sockets[i].port) +
                                                    " is taken already by " + sockets[j].path);
                break;
            }
}

void check_listeners(const Config& config, Findings& findings, std::vector<Bound>& tcp,
                     std::vector<Bound>& udp) {
    std::map<std::string, std::size_t> names;
    bool any = false;
    for (std::size_t i = 0; i < config.access.listeners.size(); ++i) {
        const auto& listener = config.access.listeners[i];
        const std::string path = "access.listeners[" + std::to_string(i) + "]";
        if (const auto [seen, first] = names.emplace(listener.name, i); !first)
            findings.error(path + ".name", "\"" + listener.name + "\" is the name of another listener too");
        const bool tls = listener.transport == sip::ListenTransport::Tls;
        if (tls && listener.certificate.empty())
            findings.error(path + ".certificate", "must be given: transport tls needs a certificate");
        if (!tls && !listener.certificate.empty())
            findings.error(path + ".certificate", "is for transport tls only");
        check_certificate_name(config, path + ".certificate", listener.certificate, findings);
        if (!listener.enabled) continue;
        any = true;
        auto& sockets = listener.transport == sip::ListenTransport::Udp ? udp : tcp;
        sockets.push_back({path + ".port", listener.address, listener.port});
    }
    if (!any) findings.warning("access.listeners", "no listener is enabled: phones cannot connect");
}

/// The eight ports of the shared pool; RTCP is beside RTP.
void check_media(const media::MediaConfig& media, Findings& findings, std::vector<Bound>& udp) {
    struct Pair {
        const char* path;
        unsigned port;
    };
    std::vector<Pair> pairs{{"media.plain_audio", media.plain_audio},
                            {"media.plain_video", media.plain_video},
                            {"media.secure_video", media.secure_video}};
    if (!media.single_audio_port) pairs.push_back({"media.secure_audio", media.secure_audio});
    for (const Pair& pair : pairs)
        for (const unsigned port : {pair.port, pair.port + 1})
            udp.push_back({pair.path, media.address, port});
    if (media.srtp.suites.empty() && media.srtp.mode != media::SrtpMode::Off)
        findings.error("media.srtp.suites", "must name at least one suite unless srtp.mode is off");
}

/// SBC-HOLD-08, SBC-RING-12: what the PBX does by its own clock while we wait for a phone.
void check_pbx_timers(const PushConfig& push, Findings& findings) {
    constexpr milliseconds kTimeToAnswer{5'000}, kLongestRing{25'000};
    const call::PbxTimers& pbx = push.pbx_timers;
    const std::string hold = "push.hold (" + time(push.hold) + ')';
    const auto known = [](milliseconds timer) { return timer != milliseconds(0); };

    if (known(pbx.ring) && push.hold + kTimeToAnswer > pbx.ring)
        findings.warning("push.hold", time(push.hold) +
                                          " leaves a phone that wakes at the last moment less than " +
                                          time(kTimeToAnswer) + " to be answered: the PBX rings for " +
                                          time(pbx.ring) + " (push.pbx_timers.ring)");
    else if (!known(pbx.ring) && push.hold > kLongestRing)
        findings.warning("push.hold", time(push.hold) +
                                          " is longer than most PBXes ring before they go on to "
                                          "the next device or voicemail");
    if (pbx.ring > kLongestRing)
        findings.warning("push.pbx_timers.ring", time(pbx.ring) + " is more than the " + time(kLongestRing) +
                                                     " that a PBX rings a mobile phone at most");
    if (known(pbx.no_reply) && push.hold >= pbx.no_reply)
        findings.warning("push.pbx_timers.no_reply", "the PBX forwards the call after " + time(pbx.no_reply) +
                                                         ", before " + hold + " is over");
    if (push.send_ringing == call::HoldAnswer::None && known(pbx.not_reachable) &&
        push.hold > pbx.not_reachable)
        findings.warning("push.send_ringing",
                         "none: the PBX gives up after " + time(pbx.not_reachable) +
                             " without 180 or 183 (push.pbx_timers.not_reachable), before " + hold +
                             " is over");
}

void check_push(const Config& config, Findings& findings) {
    for (const auto& [name, app] : config.push.apps)
        check_push_app("push.apps." + name, app, findings);
    const PushConfig& push = config.push;
    for (const auto& [path, value] :
         {std::pair{"push.probe", push.probe}, std::pair{"push.no_response", push.no_response}})
        if (value >= push.hold)
            findings.warning(path,
                             time(value) + " has no effect: push.hold (" + time(push.hold) + ") ends before");
    check_pbx_timers(push, findings);
}

void check_registration(const Config& config, Findings& findings) {
    const registrar::RegistrationConfig& registration = config.registration;
    const std::vector<std::string>& domains = config.domains;
    if (registration.min_expiry > registration.max_expiry)
        findings.error("registration.min_expiry", "must not be longer than registration.max_expiry (" +
                                                      time(registration.max_expiry) + ")");
    for (const auto& [path, value] : {std::pair{"registration.min_expiry", registration.min_expiry},
                                      std::pair{"registration.max_expiry", registration.max_expiry}})
        if (value % std::chrono::seconds(1) != milliseconds(0))
            findings.error(path, "must be whole seconds: SIP has no smaller unit");
    const bool local = registration.mode == registrar::Mode::Local;
    if (local && registration.users.empty())
        findings.error("registration.users", "must be given: mode local needs a users file");
    if (local && domains.empty())
        findings.error("domains",
                       "must name a domain: the first one is the realm of registration mode local");
}

void check_dns(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.dns.servers.size(); ++i)
        if (!net::SocketAddress::parse(config.dns.servers[i], 53) &&
            !net::SocketAddress::parse(config.dns.servers[i]))
            findings.error("dns.servers[" + std::to_string(i) + "]",
                           "must be an address, with a port or without: a name could not be looked up");
}

void check_domains(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.domains.size(); ++i)
        if (!kHost.holds(config.domains[i]))
            findings.error("domains[" + std::to_string(i) + "]",
                           "must be " + kHost.wanted() + ", not \"" + config.domains[i] + '"');
}

Sockets check_sockets(const Config& config, Findings& findings) {
    Sockets sockets;
    check_listeners(config, findings, sockets.tcp, sockets.udp);
    check_media(config.media, findings, sockets.udp);
    check_trunks(config, findings, sockets.tcp, sockets.udp);
    if (const auto http = net::SocketAddress::parse(config.control.http))
        sockets.tcp.push_back({"control.http", http->ip(), http->port()});
    return sockets;
}

} // namespace

void check_together(const Config& config, const Node& document, Problems& problems) {
    Findings findings(document, problems);
    check_domains(config, findings);
    const Sockets sockets = check_sockets(config, findings);
    check_registration(config, findings);
    check_dns(config, findings);
    check_push(config, findings);
    check_policies(config, findings);
    check_ring_plan(config, findings);
    check_ports(sockets.tcp, findings);
    check_ports(sockets.udp, findings);
}

Sockets sockets_of(const Config& config) {
    const Node nowhere;
    Problems said_elsewhere;
    Findings findings(nowhere, said_elsewhere);
    return check_sockets(config, findings);
}

} // namespace wakeline::config
