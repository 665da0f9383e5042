// SPDX-License-Identifier: Apache-2.0
#include "pki/openssl.h"

#include <string>

#include "net/tls_error.h"

namespace wakeline::pki {

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Bio reader_of(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Error failed(std::string_view what) {
    return {ErrorCode::Crypto, std::string(what) + ": " + net::take_tls_error()};
}

} // namespace wakeline::pki
