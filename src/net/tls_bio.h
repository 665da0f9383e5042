// SPDX-License-Identifier: Apache-2.0
#pragma once

typedef struct bio_st BIO;

namespace wakeline::net {

/// OpenSSL's way to a socket, without SIGPIPE: its own socket BIO writes with write(2), which ends a process
/// that does not ignore the signal. Does not own the descriptor. Null without memory.
BIO* new_socket_bio(int fd);

} // namespace wakeline::net
