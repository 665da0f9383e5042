// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

typedef struct ssl_st SSL;

namespace wakeline::net {

/// What OpenSSL says was wrong, from this thread's error queue, which is empty afterwards.
std::string take_tls_error();

/// Why a handshake or a connection failed, in words for an administrator; empties the queue.
std::string explain_tls_failure(SSL* ssl, int ssl_error, int errno_then);

} // namespace wakeline::net
