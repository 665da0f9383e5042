// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/bytes.h"

typedef struct bio_st BIO;

namespace wakeline::media {

/// What OpenSSL reads and writes instead of a socket: datagrams, each whole.
struct DatagramBox {
    ByteView in; // the datagram that came; empty once it is read
    std::vector<Bytes> out;
};

/// Reads and writes `box`, which outlives it. Null without memory.
BIO* new_datagram_bio(DatagramBox& box);

} // namespace wakeline::media
