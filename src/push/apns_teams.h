// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "http/library.h"
#include "net/event_loop.h"
#include "push/apns_team.h"
#include "push/config.h"

namespace wakeline::push {

/// Every team of Apple's that apps belong to. Provider tokens outlive the apps: a key that comes back with
/// the next reload has the token that Apple knows.
class ApnsTeams {
public:
    ApnsTeams(const http::Library& library, net::EventLoop& loop) : library_(library), loop_(loop) {}

    /// The team of that app, with what its credential's file holds now. The error names setting and file.
    Result<ApnsTeam*> team_of(const AppConfig& config);
    /// Teams that no app belongs to any more go when nobody can be inside of them.
    void sweep();

    static std::string endpoint(const AppConfig& config);

private:
    Result<ApnsTeam*> with_key(const AppConfig& config);
    Result<ApnsTeam*> with_certificate(const AppConfig& config);
    Result<ApnsTeam*> find_or_make(const std::string& identity, http::Client::Options options,
                                   ApnsToken* token, net::Credential credential);

    const http::Library& library_;
    net::EventLoop& loop_;
    std::map<std::string, std::unique_ptr<ApnsToken>> tokens_; // by key
    std::map<std::string, std::unique_ptr<ApnsTeam>> teams_;   // by endpoint and credential
};

} // namespace wakeline::push
