// SPDX-License-Identifier: Apache-2.0
#include "daemon/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace wakeline::daemon {

namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR;

} // namespace

FileWatch::FileWatch(net::EventLoop& loop, Changed changed, net::Duration quiet)
    : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), changed_(std::move(changed)), quiet_(quiet),
      settled_(loop), readable_(loop, inotify_.get(), [this](net::Readiness) { read(); }) {
    readable_.want({.readable = inotify_.get() >= 0});
}

void FileWatch::watch(const std::vector<std::string>& files) {
    for (const auto& [folder, names] : names_)
        ::inotify_rm_watch(inotify_.get(), folder);
    names_.clear();
    for (const std::string& file : files) {
        const std::size_t slash = file.rfind('/');
        if (slash == std::string::npos) continue; // the configuration takes absolute paths alone
        const int folder = ::inotify_add_watch(inotify_.get(), file.substr(0, slash + 1).c_str(), kEvents);
        if (folder >= 0) names_[folder].insert(file.substr(slash + 1));
    }
}

void FileWatch::read() {
    alignas(inotify_event) std::array<char, 16'384> room;
    bool ours = false;
    for (;;) {
        const ssize_t got = ::read(inotify_.get(), room.data(), room.size());
        if (got <= 0) break;
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            inotify_event event{};
            std::memcpy(&event, room.data() + at, sizeof event);
            const char* name = room.data() + at + sizeof event;
            const auto folder = names_.find(event.wd);
            ours = ours || (event.mask & IN_Q_OVERFLOW) != 0 ||
                   (folder != names_.end() && event.len > 0 && folder->second.contains(name));
            at += sizeof event + event.len;
        }
    }
    if (ours) settled_.arm(quiet_, [this] { changed_(); });
}

} // namespace wakeline::daemon
