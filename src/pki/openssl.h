// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/c_handle.h"
#include "base/result.h"

// For pki alone: who frees what.
namespace wakeline::pki {

using Key = CHandle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = CHandle<X509, X509_free>;
using RevocationList = CHandle<X509_CRL, X509_CRL_free>;
using Bio = CHandle<BIO, BIO_free_all>;

/// What was written to a memory BIO.
std::string text_of(BIO* bio);
/// A BIO that reads that text, which must stay.
Bio reader_of(std::string_view text);
/// What OpenSSL says was wrong, behind what was done.
Error failed(std::string_view what);

} // namespace wakeline::pki
