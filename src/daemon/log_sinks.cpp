// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_sinks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <mutex>

namespace wakeline::daemon {

namespace {

constexpr std::string_view word(Severity severity) {
    switch (severity) {
    case Severity::Error: return "error  ";
    case Severity::Warning: return "warning";
    case Severity::Info: return "info   ";
    case Severity::Debug: return "debug  ";
    }
    return "";
}

/// A pipe or socket whose reader is stuck must not stop a loop. A terminal or file keeps its mode: others
/// may share it.
void never_block_on_stderr() {
    struct stat about {};
    if (::fstat(STDERR_FILENO, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode)))
        ::fcntl(STDERR_FILENO, F_SETFL, ::fcntl(STDERR_FILENO, F_GETFL) | O_NONBLOCK);
}

class JournalSink final : public LogSink {
public:
    void write(Severity severity, std::string_view line) override { stderr_.write(severity, line); }

private:
    StderrSink stderr_;
};

class TerminalSink final : public LogSink {
public:
    void write(Severity severity, std::string_view line) override {
        const std::string text = stamped_line(severity, line);
        static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
    }
};

class FileSink final : public LogSink {
public:
    FileSink(std::string path, bool rotate) : path_(std::move(path)), rotate_(rotate) {}
    ~FileSink() override {
        if (fd_ >= 0) ::close(fd_);
    }

    void write(Severity severity, std::string_view line) override {
        const std::string text = stamped_line(severity, line);
        static_cast<void>(!::write(fd_, text.data(), text.size()));
        if (rotate_ && (size_ += text.size()) >= kRotateAt) rotate();
    }

    /// dup2 swaps the file under a number that other threads go on writing to.
    Status reopen() override {
        const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
        if (fd < 0)
            return Error{ErrorCode::Io, "cannot open the log file " + path_ + ": " + std::strerror(errno)};
        struct stat about {};
        size_ = ::fstat(fd, &about) == 0 ? static_cast<std::size_t>(about.st_size) : 0;
        if (fd_ < 0) {
            fd_ = fd;
        } else {
            ::dup3(fd, fd_, O_CLOEXEC);
            ::close(fd);
        }
        return Done{};
    }

private:
    static constexpr std::size_t kRotateAt = 1'000'000; // octets
    static constexpr int kKept = 4;                     // beside the one that is written

    /// Whoever comes first moves the files; the others write on, into the old one.
    void rotate() {
        const std::unique_lock lock(rotating_, std::try_to_lock);
        if (!lock || size_ < kRotateAt) return;
        size_ = 0;
        for (int i = kKept; i > 0; --i)
            ::rename((i == 1 ? path_ : numbered(i - 1)).c_str(), numbered(i).c_str());
        static_cast<void>(reopen()); // where that fails, the moved file goes on
    }
    std::string numbered(int i) const { return path_ + '.' + std::to_string(i); }

    const std::string path_;
    const bool rotate_;
    int fd_ = -1;
    std::atomic<std::size_t> size_{0};
    std::mutex rotating_;
};

} // namespace

std::string stamped_line(Severity severity, std::string_view line) {
    using namespace std::chrono;
    const auto now = system_clock::now();
    const auto ms = duration_cast<milliseconds>(now.time_since_epoch()).count() % 1'000;
    const std::time_t seconds = system_clock::to_time_t(now);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char stamp[40];
    const auto size = std::strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &local);
    std::snprintf(stamp + size, sizeof stamp - size, ".%03d ", static_cast<int>(ms));
    std::string text(stamp);
    (((text += word(severity)) += ' ') += line) += '\n';
    return text;
}

Result<std::unique_ptr<LogSink>> LogSink::open(const LogConfig& config) {
    never_block_on_stderr();
    switch (config.target) {
    case LogTarget::Journal: return std::unique_ptr<LogSink>(std::make_unique<JournalSink>());
    case LogTarget::Stderr: return std::unique_ptr<LogSink>(std::make_unique<TerminalSink>());
    case LogTarget::File: break;
    }
    auto file = std::make_unique<FileSink>(config.file, config.rotate);
    if (auto opened = file->reopen(); !opened) return opened.error();
    return std::unique_ptr<LogSink>(std::move(file));
}

} // namespace wakeline::daemon
