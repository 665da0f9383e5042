// SPDX-License-Identifier: Apache-2.0
#include "push/apns_team.h"

#include <algorithm>

namespace wakeline::push {

ApnsTeam::ApnsTeam(net::TimerQueue& timers, std::unique_ptr<http::Client> client, ApnsToken* token,
                   net::Credential credential)
    : client_(std::move(client)), token_(token), credential_(std::move(credential)),
      warm_(
          timers, *client_,
          [this] { return members_.empty() ? std::nullopt : std::optional(members_.front()->probe()); },
          [this](const http::Response& response) {
              if (!members_.empty()) members_.front()->on_probe_answered(response);
          }) {}

void ApnsTeam::join(Member& member) { members_.push_back(&member); }
void ApnsTeam::leave(Member& member) { std::erase(members_, &member); }

} // namespace wakeline::push
