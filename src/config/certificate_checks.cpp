// SPDX-License-Identifier: Apache-2.0
#include "config/certificate_checks.h"

#include <algorithm>
#include <ctime>

#include "config/loader.h"
#include "net/credential.h"

namespace wakeline::config {

namespace {

std::string day(net::WallTime time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[16];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc)};
}

using Reader = Result<std::vector<net::Credential>> (*)(std::string_view);

std::vector<net::Credential> read(const std::string& file, Reader reader) {
    if (file.empty()) return {};
    const auto text = read_file(file);
    if (!text) return {};
    auto all = reader(*text);
    return all ? *std::move(all) : std::vector<net::Credential>();
}

/// What follows when one is out of date.
struct Consequence {
    const char* expired;
    const char* early = "check this machine's clock";
};

void check_time(const std::string& path, const std::string& file, const net::Credential& one,
                net::WallTime now, Consequence then, Findings& findings) {
    const std::string what = file + ": " + one.subject;
    if (one.expires != net::WallTime{} && one.expires <= now)
        findings.warning(path, what + " expired on " + day(one.expires) + ": " + then.expired);
    else if (now < one.valid_from)
        findings.warning(path, what + " is not valid before " + day(one.valid_from) + ": " + then.early);
}

void check_all(const std::string& path, const std::string& file, Reader reader, net::WallTime now,
               const char* expired, Findings& findings) {
    for (const net::Credential& one : read(file, reader))
        check_time(path, file, one, now, {expired}, findings);
}

bool serves_phones(const Config& config, const std::string& certificate) {
    return std::ranges::any_of(config.access.listeners, [&](const sip::ListenerConfig& listener) {
        return listener.enabled && listener.certificate == certificate;
    });
}

void check_purpose(const std::string& path, const std::string& file, const net::Credential& own,
                   Findings& findings) {
    if (own.usage.find("CA") != std::string::npos)
        findings.warning(path, file + ": " + own.subject +
                                   " is the certificate of an authority: our own one must stand first");
    else if (!own.usage.empty() && own.usage.find("server") == std::string::npos)
        findings.warning(path, file + ": " + own.subject + " was made for \"" + own.usage +
                                   "\" and not for a server: phones will refuse it");
}

void check_profile(const std::string& name, const Config& config, net::WallTime now, Findings& findings) {
    const net::TlsProfile& profile = config.certificates.at(name);
    const std::string at = "certificates." + name;
    const auto chain = read(profile.chain, net::read_certificates);
    if (!chain.empty() && serves_phones(config, name))
        check_purpose(at + ".chain", profile.chain, chain.front(), findings);
    for (const net::Credential& one : chain)
        check_time(at + ".chain", profile.chain, one, now, {"who connects will refuse it; renew it"},
                   findings);
    check_all(at + ".client_ca", profile.client_ca, net::read_certificates, now,
              "the phones whose certificates it signed are refused", findings);
    check_all(at + ".crl", profile.crl, net::read_revocation_lists, now,
              "every phone of that authority is refused until there is a new list", findings);
}

} // namespace

void check_validity(const Config& config, net::WallTime now, Findings& findings) {
    for (const auto& [name, profile] : config.certificates)
        check_profile(name, config, now, findings);
    for (const auto& [name, trunk] : config.trunks)
        check_all("trunks." + name + ".ca", trunk.ca, net::read_certificates, now,
                  "a PBX whose certificate it signed is refused", findings);
}

} // namespace wakeline::config
