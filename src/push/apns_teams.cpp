// SPDX-License-Identifier: Apache-2.0
#include "push/apns_teams.h"

#include <iterator>

#include "push/apns_answer.h"
#include "push/client_certificate.h"
#include "push/credential_file.h"
#include "push/fingerprint.h"
#include "push/hosts.h"

namespace wakeline::push {

namespace {

constexpr std::string_view kRetired = ":2195"; // of the binary service that ended in 2021

Error at(const std::string& setting, const std::string& file, const Error& error) {
    return {error.code, setting + ' ' + file + ' ' + error.message};
}

http::Client::Options options_of(const AppConfig& config) {
    http::Client::Options options;
    options.origin = ApnsTeams::endpoint(config);
    options.ca = config.ca;
    options.proxy = config.proxy;
    options.proves = [](const http::Response& response) { return shows_acceptance(response.status); };
    return options;
}

/// What makes one connection unfit for another app: whom it leads to, and what is trusted there.
std::string way_of(const http::Peer& peer) {
    const auto ca = peer.ca.empty() ? Result<std::string>(std::string()) : read_credential_file(peer.ca);
    return peer.origin + ' ' + peer.proxy + ' ' + fingerprint(ca ? *ca : "", 64);
}

} // namespace

std::string ApnsTeams::endpoint(const AppConfig& config) {
    std::string_view endpoint = config.endpoint;
    if (endpoint.ends_with(kRetired)) endpoint.remove_suffix(kRetired.size());
    if (!endpoint.empty()) return std::string(endpoint);
    const std::string host(config.sandbox ? kApnsSandbox : kApnsProduction);
    return config.port == 2197 ? host + ":2197" : host;
}

Result<ApnsTeam*> ApnsTeams::team_of(const AppConfig& config) {
    return config.certificate.empty() ? with_key(config) : with_certificate(config);
}

Result<ApnsTeam*> ApnsTeams::with_key(const AppConfig& config) {
    for (const auto& [setting, value] : {std::pair{"key_id", &config.key_id}, {"team_id", &config.team_id}})
        if (value->empty() || value->find_first_of("\"\\ /") != std::string::npos)
            return Error{ErrorCode::InvalidInput,
                         std::string(setting) + " is missing or has a character that no " + setting + " has"};
    const auto pem = read_credential_file(config.key);
    if (!pem) return at("key", config.key, pem.error());
    auto key = SigningKey::parse(*pem, SigningKey::Algorithm::Es256);
    if (!key) {
        Error error = at("key", config.key, key.error());
        error.message += "; it must be the AuthKey_<key id>.p8 from Apple's developer site";
        return error;
    }
    const std::string identity = config.team_id + ' ' + config.key_id + ' ' + fingerprint(*pem, 64);
    auto& token = tokens_[identity];
    if (!token) token = std::make_unique<ApnsToken>(loop_, *std::move(key), config.key_id, config.team_id);
    net::Credential credential;
    credential.subject = "key " + config.key_id + " of team " + config.team_id;
    return find_or_make(identity, options_of(config), token.get(), std::move(credential));
}

Result<ApnsTeam*> ApnsTeams::with_certificate(const AppConfig& config) {
    const auto passphrase = read_secret_file(config.passphrase_file);
    if (!passphrase) return at("passphrase_file", config.passphrase_file, passphrase.error());
    const auto file = read_credential_file(config.certificate);
    if (!file) return at("certificate", config.certificate, file.error());
    auto certificate = ClientCertificate::parse(*file, *passphrase);
    if (!certificate) return at("certificate", config.certificate, certificate.error());
    http::Client::Options options = options_of(config);
    options.certificate = std::move(certificate->chain);
    options.certificate_key = std::move(certificate->key);
    return find_or_make(fingerprint(options.certificate, 64), std::move(options), nullptr,
                        std::move(certificate->about));
}

Result<ApnsTeam*> ApnsTeams::find_or_make(const std::string& identity, http::Client::Options options,
                                          ApnsToken* token, net::Credential credential) {
    auto& team = teams_[way_of(options) + ' ' + identity];
    if (team) return team.get();
    auto client = http::Client::create(library_, loop_, std::move(options));
    if (!client) {
        sweep();
        return Error{client.error().code, "endpoint: " + client.error().message};
    }
    team = std::make_unique<ApnsTeam>(loop_, *std::move(client), token, std::move(credential));
    return team.get();
}

void ApnsTeams::sweep() {
    for (auto entry = teams_.begin(); entry != teams_.end();) {
        const bool used = entry->second && !entry->second->empty();
        if (!used && entry->second) loop_.defer_delete(std::move(entry->second));
        entry = used ? std::next(entry) : teams_.erase(entry);
    }
}

} // namespace wakeline::push
