// SPDX-License-Identifier: Apache-2.0
#include "push/credential_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/c_handle.h"

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

} // namespace wakeline::push
