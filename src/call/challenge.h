// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trunk/peers.h"

namespace wakeline::call {

inline bool is_challenge(const sip::Message& response) {
    return response.status() == 401 || response.status() == 407;
}

/// Puts the trunk's own password, if it has one, into the repetition of a request that its PBX challenged.
inline bool answer_challenge(const trunk::Trunk* trunk, const sip::Message& response, sip::Builder& again) {
    return trunk != nullptr && is_challenge(response) && trunk->authorize(response, again);
}

} // namespace wakeline::call
