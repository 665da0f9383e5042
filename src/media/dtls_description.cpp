// SPDX-License-Identifier: Apache-2.0
#include "media/dtls_description.h"

#include <array>

#include "base/text.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kMostFingerprints = 8;

std::optional<DtlsSetup> setup_named(std::string_view text) {
    for (const auto setup : {DtlsSetup::ActPass, DtlsSetup::Active, DtlsSetup::Passive, DtlsSetup::HoldConn})
        if (iequals(name(setup), text)) return setup;
    return std::nullopt;
}

/// Reads one section; says whether it named a certificate.
bool read_section(const SdpSection& section, DtlsDescription& into) {
    constexpr std::string_view kFingerprint = "fingerprint:", kSetup = "setup:", kTlsId = "tls-id:";
    bool named = false;
    for (const SdpLine& line : section.lines) {
        if (line.type != 'a') continue;
        const std::string_view value = line.value;
        if (istarts_with(value, kFingerprint)) {
            if (!named) into.fingerprints.clear(); // those of the session part
            named = true;
            auto fingerprint = CertificateFingerprint::parse(value.substr(kFingerprint.size()));
            if (fingerprint && into.fingerprints.size() < kMostFingerprints)
                into.fingerprints.push_back(*std::move(fingerprint));
        } else if (istarts_with(value, kSetup)) {
            if (const auto setup = setup_named(trim(value.substr(kSetup.size())))) into.setup = *setup;
        } else if (istarts_with(value, kTlsId)) {
            into.tls_id = trim(value.substr(kTlsId.size())).substr(0, 255);
        }
    }
    return named;
}

} // namespace

std::string_view name(DtlsSetup setup) {
    switch (setup) {
    case DtlsSetup::ActPass: return "actpass";
    case DtlsSetup::Active: return "active";
    case DtlsSetup::Passive: return "passive";
    case DtlsSetup::HoldConn: return "holdconn";
    }
    return {};
}

std::optional<DtlsDescription> DtlsDescription::read(const SdpSection& session, const SdpSection& section) {
    DtlsDescription description;
    read_section(session, description);
    read_section(section, description);
    if (description.fingerprints.empty()) return std::nullopt;
    return description;
}

} // namespace wakeline::media
