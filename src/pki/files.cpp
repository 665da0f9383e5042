// SPDX-License-Identifier: Apache-2.0
#include "pki/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include "net/fd.h"

namespace wakeline::pki {

namespace {

Error failed(const char* what, const std::string& path, int error) {
    std::string message =
        "cannot " + std::string(what) + ' ' + path + ": " + std::generic_category().message(error);
    if (error == EEXIST) message += "; it is left as it is: remove it, or choose another name";
    return {ErrorCode::Io, std::move(message)};
}

Status write_all(const net::Fd& fd, const std::string& path, std::string_view text, mode_t mode) {
    if (::fchmod(fd.get(), mode) != 0) return failed("write", path, errno);
    while (!text.empty()) {
        const ssize_t written = ::write(fd.get(), text.data(), text.size());
        if (written < 0) return failed("write", path, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(fd.get()) == 0 ? Status(Done{}) : Status(failed("write", path, errno));
}

} // namespace

Result<std::string> read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return failed("read", path, errno);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return in.bad() ? Result<std::string>(failed("read", path, EIO)) : Result<std::string>(std::move(text));
}

Status write_new(const std::string& path, std::string_view text, mode_t mode) {
    const net::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd) return failed("create", path, errno);
    return write_all(fd, path, text, mode);
}

Status replace(const std::string& path, std::string_view text, mode_t mode) {
    const std::string fresh = path + ".new";
    ::unlink(fresh.c_str());
    if (const Status written = write_new(fresh, text, mode); !written) return written;
    return ::rename(fresh.c_str(), path.c_str()) == 0 ? Status(Done{})
                                                      : Status(failed("replace", path, errno));
}

} // namespace wakeline::pki
