// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <srtp2/cipher.h>

namespace wakeline::media {

/// AES in Galois/counter mode from OpenSSL, as libsrtp wants a cipher type: AEAD_AES_128_GCM and
/// AEAD_AES_256_GCM of RFC 7714. A packet whose tag is wrong is left as it was.
extern const srtp_cipher_type_t kEvpGcm128, kEvpGcm256;

} // namespace wakeline::media
