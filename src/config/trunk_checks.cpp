// SPDX-License-Identifier: Apache-2.0
#include "config/trunk_checks.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "config/values.h"
#include "net/socket_address.h"
#include "sip/uri.h"
#include "trunk/number_plan.h"
#include "trunk/sources.h"

namespace wakeline::config {

namespace {

using std::chrono::milliseconds;

std::string certificates_there(const Config& config) {
    if (config.certificates.empty()) return "certificates is empty";
    std::string names;
    for (const auto& [name, profile] : config.certificates)
        (names += names.empty() ? "there are: " : ", ") += name;
    return names;
}

std::string time(milliseconds value) { return Kind<milliseconds>::show(value); }

/// The transport that a good URI asks for; empty when there is something wrong, which is said.
std::string check_uri(const std::string& path, const std::string& text, Findings& findings) {
    const auto uri = sip::Uri::parse(text);
    if (!uri || !uri->is_sip() || uri->host.empty()) {
        findings.error(path, "must be sip:HOST, sip:HOST:PORT or the like, not \"" + text + '"');
        return {};
    }
    if (!uri->password.empty()) findings.error(path, "must not hold a password: Wakeline never sends one");
    const std::string transport = lower(uri->params.get("transport").value_or("udp"));
    if (transport != "udp" && transport != "tcp" && transport != "tls") {
        findings.error(path, "has transport=" + transport + "; udp, tcp and tls are known");
        return {};
    }
    return uri->scheme == "sips" ? "tls" : transport;
}

/// One trunk of a configuration, and where it stands.
struct TrunkCheck {
    const Config& config;
    const std::string& name;
    const trunk::TrunkConfig& trunk;
    const std::string path;
    Findings& findings;

    void all() const;
    void transport() const;
    void family() const;
    void names() const;
    void sources() const;
    void registration() const;
    void numbers() const;
    void timers() const;
};

void TrunkCheck::all() const {
    transport();
    family();
    names();
    sources();
    registration();
    numbers();
    timers();
}

void TrunkCheck::transport() const {
    if (trunk.uri.empty()) return;
    std::string transport = check_uri(path + ".uri", trunk.uri, findings);
    if (!trunk.registration.registrar.empty() &&
        check_uri(path + ".register.registrar", trunk.registration.registrar, findings) == "tls")
        transport = "tls";
    check_certificate_name(config, path + ".certificate", trunk.certificate, findings);
    if (transport.empty()) return;
    if (transport != "tls") {
        if (!trunk.ca.empty()) findings.error(path + ".ca", "is for transport=tls only");
        if (!trunk.certificate.empty()) findings.error(path + ".certificate", "is for transport=tls only");
    } else if (trunk.verify == trunk::Verify::None) {
        findings.warning(path + ".verify", "none: whoever answers at that address is taken for the PBX");
    }
}

void TrunkCheck::family() const {
    const auto uri = sip::Uri::parse(trunk.uri);
    const auto local = net::SocketAddress::parse(trunk.local);
    if (!uri || !local) return;
    std::string host = uri->host;
    std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
    const auto remote = net::SocketAddress::parse(host, 0);
    if (remote && remote->is_v6() != local->is_v6())
        findings.error(path + ".local", std::string("is ") + (local->is_v6() ? "IPv6" : "IPv4") +
                                            " and uri is not: no packet gets from one to the other");
}

void TrunkCheck::names() const {
    for (std::size_t i = 0; i < trunk.domains.size(); ++i)
        if (std::ranges::none_of(config.domains, [&](const auto& d) { return iequals(d, trunk.domains[i]); }))
            findings.error(path + ".domains[" + std::to_string(i) + ']',
                           "\"" + trunk.domains[i] + "\" is not one of domains");
    if (trunk.backup.empty()) return;
    const auto backup = config.trunks.find(trunk.backup);
    if (backup == config.trunks.end() || trunk.backup == name)
        findings.error(path + ".backup", "must name another trunk, not \"" + trunk.backup + '"');
    else if (!backup->second.backup.empty())
        findings.error(path + ".backup",
                       trunk.backup + " has a backup itself: one of them would serve nobody");
}

void TrunkCheck::sources() const {
    if (const auto sources = trunk::Sources::create(trunk.accept_from, {}); !sources)
        findings.error(path + ".accept_from", sources.error().message);
    if (trunk.accept_names.empty()) return;
    const auto own = config.certificates.find(trunk.certificate);
    if (own == config.certificates.end() || own->second.client_ca.empty() ||
        own->second.verify == net::TlsVerify::None)
        findings.error(path + ".accept_names",
                       "proves nothing unless certificate names a profile with client_ca and verify");
}

void TrunkCheck::registration() const {
    const trunk::RegisterConfig& registration = trunk.registration;
    if (registration.user.empty()) return;
    if (registration.password_file.empty())
        findings.error(path + ".register.password_file", "must be given: a registration is challenged");
    if (registration.expires % std::chrono::seconds(1) != milliseconds(0))
        findings.error(path + ".register.expires", "must be whole seconds: SIP has no smaller unit");
    if (registration.retry > registration.retry_most)
        findings.error(path + ".register.retry", "must not be longer than retry_most");
}

void TrunkCheck::numbers() const {
    const trunk::NumberConfig& numbers = trunk.numbers;
    if (const auto plan = trunk::NumberPlan::create(numbers); !plan)
        findings.error(path + ".numbers", plan.error().message);
    if (numbers.schema == trunk::NumberSchema::E164 && numbers.country.empty())
        findings.error(path + ".numbers.country", "must be given: schema e164 needs the country code");
    const std::string& location = numbers.location;
    if (!location.empty() &&
        (location.front() != '+' || location.find_first_not_of("0123456789", 1) != std::string::npos ||
         location.size() < 3 || location.size() > 15))
        findings.error(path + ".numbers.location",
                       "must be an E.164 number such as +4989700, not \"" + location + '"');
}

/// SBC-RING-12, SBC-XFER-03: a call to a mobile user goes through all stages of the PBX's plan.
void TrunkCheck::timers() const {
    milliseconds plan{};
    for (const milliseconds stage : config.push.pbx_timers.ring_plan)
        plan += stage;
    const milliseconds ringing = trunk.timers.ringing;
    if (ringing != milliseconds(0) && ringing < config.push.hold + plan)
        findings.warning(path + ".timers.ringing",
                         time(ringing) +
                             " ends calls to other phones of ours before these have had push.hold (" +
                             time(config.push.hold) + ") to wake up" +
                             (plan == milliseconds(0)
                                  ? ""
                                  : " and push.pbx_timers.ring_plan (" + time(plan) + " together) to ring"));
}

/// Trunks may share an address of ours, with one certificate.
void check_address(const Config& config, const TrunkCheck& check,
                   std::map<std::string, std::string>& by_local, std::vector<Bound>& tcp,
                   std::vector<Bound>& udp) {
    const auto local = net::SocketAddress::parse(check.trunk.local);
    if (!local) return;
    const auto [shared, fresh] = by_local.emplace(local->str(), check.name);
    if (!fresh) {
        if (config.trunks.at(shared->second).certificate != check.trunk.certificate)
            check.findings.error(check.path + ".certificate",
                                 "must be that of " + shared->second + ", which has the same local address");
        return;
    }
    const Bound bound{check.path + ".local", local->ip(), local->port()};
    tcp.push_back(bound);
    udp.push_back(bound);
}

} // namespace

void check_certificate_name(const Config& config, const std::string& path, const std::string& name,
                            Findings& findings) {
    if (!name.empty() && !config.certificates.contains(name))
        findings.error(path, "names the certificate \"" + name + "\", which is not there; " +
                                 certificates_there(config));
}

void check_trunks(const Config& config, Findings& findings, std::vector<Bound>& tcp,
                  std::vector<Bound>& udp) {
    if (config.trunks.empty())
        findings.warning("trunks", config.registration.mode == registrar::Mode::Forward
                                       ? "no PBX: calls fail, and nobody can register in mode forward"
                                       : "no PBX: calls fail");
    std::map<std::string, std::string> by_local;
    for (const auto& [name, trunk] : config.trunks) {
        const TrunkCheck check{config, name, trunk, "trunks." + name, findings};
        check.all();
        check_address(config, check, by_local, tcp, udp);
    }
}

} // namespace wakeline::config
