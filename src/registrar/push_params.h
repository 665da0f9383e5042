// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "registrar/binding.h"
#include "sip/params.h"

namespace wakeline::registrar {

/// What a Contact says about push.
struct PushParams {
    enum class Form : std::uint8_t {
        None,
        Query,  // pn-provider alone: "do you push through this service?", or, when empty, "through which?"
        Full,   // RFC 8599 with a token
        Legacy, // pn-tok, pn-type and app-id of older Linphone clients
    };

    Form form = Form::None;
    PushData data; // of a query without the token
};

/// Reads the parameters of a Contact URI and removes every one that has to do with push: they are for us
/// alone (RFC 8599 section 13). An error when they cannot be understood, and then all are removed, too.
Result<PushParams> take_push_params(sip::Params& params);

/// Only removes them, from a URI that should not have had any (scenario 43).
void strip_push_params(sip::Params& params);

} // namespace wakeline::registrar
