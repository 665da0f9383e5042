// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "net/credential.h"

namespace wakeline::push {

/// What we show a push service that knows its customers by their certificates.
struct ClientCertificate {
    std::string chain; // PEM, leaf first
    Secret key;        // PEM
    net::Credential about;

    /// PKCS #12, also as encrypted by programs of before OpenSSL 3; or PEM with certificate and key. The
    /// error says what is wrong with the file.
    static Result<ClientCertificate> parse(std::string_view file, const Secret& passphrase);
};

} // namespace wakeline::push
