// SPDX-License-Identifier: Apache-2.0
#include "push/credential_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/c_handle.h"
#include "base/text.h"

namespace wakeline::push {

Result<std::string> read_credential_file(const std::string& path) {
    constexpr std::size_t most = 1024 * 1024;
    const CHandle<std::FILE, std::fclose> file(std::fopen(path.c_str(), "rbe"));
    if (!file) return Error{ErrorCode::Io, "cannot be opened: " + std::generic_category().message(errno)};
    std::string text(most + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0)
        return Error{ErrorCode::Io, "cannot be read: " + std::generic_category().message(errno)};
    if (text.size() > most) return Error{ErrorCode::InvalidInput, "is larger than any such file"};
    return text;
}

Result<Secret> secret_in(std::string_view text) {
    Secret secret(std::string(trim(text.substr(0, text.find('\n')))));
    if (secret.empty()) return Error{ErrorCode::InvalidInput, "has an empty first line"};
    return secret;
}

Result<Secret> read_secret_file(const std::string& path) {
    if (path.empty()) return Secret();
    const auto text = read_credential_file(path);
    if (!text) return text.error();
    return secret_in(*text);
}

} // namespace wakeline::push
