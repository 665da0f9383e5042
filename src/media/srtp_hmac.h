// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <srtp2/auth.h>

namespace wakeline::media {

/// HMAC-SHA1 (RFC 3711 section 4.2.1) with OpenSSL's SHA-1, as libsrtp wants an authentication type.
extern const srtp_auth_type_t kHmacSha1;

} // namespace wakeline::media
