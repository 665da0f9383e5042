// SPDX-License-Identifier: Apache-2.0
#include "admin/token.h"

#include <openssl/crypto.h>

#include "base/text.h"
#include "push/credential_file.h"

namespace wakeline::admin {

namespace {

constexpr std::size_t kShortest = 16;
constexpr std::string_view kScheme = "Bearer ";

} // namespace

Result<Secret> read_token(const std::string& file) {
    auto token = push::read_secret_file(file);
    if (!token) return Error{token.error().code, file + ' ' + token.error().message};
    if (!file.empty() && token->reveal().size() < kShortest)
        return Error{ErrorCode::InvalidInput,
                     file + " must have a token of 16 characters or more in its first line: "
                            "openssl rand -hex 16 makes one"};
    return token;
}

bool shows_token(std::string_view authorization, const Secret& token) {
    if (token.empty() || !istarts_with(authorization, kScheme)) return false;
    const std::string_view shown = trim(authorization.substr(kScheme.size()));
    return shown.size() == token.reveal().size() &&
           CRYPTO_memcmp(shown.data(), token.reveal().data(), shown.size()) == 0;
}

} // namespace wakeline::admin
