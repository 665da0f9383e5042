// SPDX-License-Identifier: Apache-2.0
#include "registrar/failed_logins.h"

#include <algorithm>

#include "net/socket.h"

namespace wakeline::registrar {

namespace {

using namespace std::chrono_literals;

constexpr unsigned kFree = 2; // who mistypes is not made to wait
constexpr net::Duration kFirstDelay = 250ms, kLongestDelay = 4s;
constexpr std::size_t kMaxUser = 64;

// Keys: "address", "address\nuser" and "\nuser".
std::string of_pair(const FailedLogins::Source& source) { return source.address + '\n' + source.user; }
std::string of_user(const FailedLogins::Source& source) { return '\n' + source.user; }

net::Duration delay(unsigned failures) {
    if (failures <= kFree) return net::Duration::zero();
    net::Duration wait = kFirstDelay;
    for (unsigned i = kFree + 1; i < failures && wait < kLongestDelay; ++i)
        wait *= 2;
    return std::min(wait, kLongestDelay);
}

} // namespace

FailedLogins::Source::Source(const net::SocketAddress& from, std::string_view claimed)
    : address(net::source_network(from).ip()), user(claimed.substr(0, kMaxUser)) {}

FailedLogins::FailedLogins(net::TimerQueue& timers, Log& log, RegistrarMetrics& metrics)
    : timers_(timers), log_(log), metrics_(metrics) {}

bool FailedLogins::blocked(const Source& source) const {
    if (limits_.most == 0 || entries_.empty()) return false;
    return blocked_for_own(source) || count(source.address) >= limits_.most * kAddressFactor;
}

bool FailedLogins::blocked_for_own(const Source& source) const {
    return limits_.most != 0 && count(of_pair(source)) >= limits_.most;
}

net::Duration FailedLogins::failed(const Source& source) {
    metrics_.authentication_failures.add();
    // fail2ban reads this line (conf/fail2ban).
    if (log_.enabled(Severity::Info) && log_limit_.allow(timers_.now()))
        log_.info("wrong password", {{"address", source.address}, {"user", source.user}});
    if (limits_.most == 0) return net::Duration::zero();
    const unsigned of_both = add(of_pair(source)), at_address = add(source.address),
                   by_user = add(of_user(source));
    if (of_both == limits_.most) say_blocked(source, false);
    if (at_address == limits_.most * kAddressFactor) say_blocked(source, true);
    return delay(std::max(of_both, by_user));
}

void FailedLogins::succeeded(const Source& source) {
    if (entries_.empty()) return;
    const auto at = entries_.find(of_pair(source));
    if (at == entries_.end()) return;
    const unsigned mistakes = at->second->count;
    for (const std::string& key : {of_pair(source), source.address, of_user(source)})
        forgive(key, mistakes);
}

void FailedLogins::forgive(const std::string& key, unsigned failures) {
    const auto at = entries_.find(key);
    if (at == entries_.end()) return;
    at->second->count -= std::min(at->second->count, failures);
    if (at->second->count != 0) return;
    order_.erase(at->second);
    entries_.erase(at);
}

unsigned FailedLogins::count(const std::string& key) const {
    const auto at = entries_.find(key);
    if (at == entries_.end() || timers_.now() - at->second->last >= limits_.block) return 0;
    return at->second->count;
}

unsigned FailedLogins::add(const std::string& key) {
    const unsigned before = count(key);
    if (const auto at = entries_.find(key); at != entries_.end())
        order_.splice(order_.end(), order_, at->second);
    else
        entries_.emplace(key, order_.insert(order_.end(), Entry{key}));
    order_.back().count = before + 1;
    order_.back().last = timers_.now();
    if (entries_.size() > kMostEntries) {
        entries_.erase(order_.front().key);
        order_.pop_front();
    }
    return before + 1;
}

void FailedLogins::say_blocked(const Source& source, bool whole_address) {
    metrics_.blocked.add();
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(limits_.block);
    log_.warning(
        whole_address ? "an address is blocked after too many wrong passwords"
                      : "a user is blocked at one address after too many wrong passwords",
        {{"address", source.address}, {"user", source.user}, {"minutes", std::to_string(minutes.count())}});
}

std::vector<FailedLogins::Blocked> FailedLogins::snapshot() const {
    std::vector<Blocked> all;
    if (limits_.most == 0) return all;
    for (const Entry& entry : order_) {
        const auto line = entry.key.find('\n');
        const bool address_alone = line == std::string::npos;
        if (line == 0 || count(entry.key) < limits_.most * (address_alone ? kAddressFactor : 1)) continue;
        all.push_back(
            {entry.key.substr(0, line), address_alone ? "" : entry.key.substr(line + 1), entry.count});
    }
    return all;
}

} // namespace wakeline::registrar
