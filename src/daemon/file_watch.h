// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "net/event_loop.h"
#include "net/fd.h"
#include "net/fd_watch.h"

namespace wakeline::daemon {

/// Notices that files were changed or replaced (inotify(7) on their folders, so that one that is renamed into
/// place, or a link that is turned, counts too), and calls back when they have been quiet for a while: who
/// renews a certificate writes several files.
class FileWatch {
public:
    using Changed = std::function<void()>;
    static constexpr net::Duration kQuiet = std::chrono::seconds(1);

    FileWatch(net::EventLoop& loop, Changed changed, net::Duration quiet = kQuiet);

    /// From now on these and no others. A folder that is not there is not watched.
    void watch(const std::vector<std::string>& files);

private:
    void read();

    net::Fd inotify_;
    const Changed changed_;
    const net::Duration quiet_;
    std::map<int, std::set<std::string>> names_; // of the files, by their folder's watch
    net::Timer settled_;
    net::FdWatch readable_;
};

} // namespace wakeline::daemon
