// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/secret.h"

namespace wakeline::sip {

/// What we know of a user: the password, or per hash H(user:realm:password); what is empty is not known.
struct DigestUser {
    Secret password = {}, ha1_md5 = {}, ha1_sha256 = {};
};

} // namespace wakeline::sip
