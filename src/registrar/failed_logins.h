// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "base/rate_limit.h"
#include "net/socket_address.h"
#include "net/timer.h"
#include "registrar/metrics.h"

namespace wakeline::registrar {

/// Counts wrong passwords, and says whose answer shall be slow and who is not listened to for a while
/// (SBC-AUTH-05). A user is never blocked as such: strangers could lock anybody out.
class FailedLogins {
public:
    struct Limits {
        unsigned most = 10; // of one user from one address; 0: nobody is blocked
        net::Duration block = std::chrono::minutes(5);
    };
    /// Who tried: an IPv4 address or IPv6 /64, and the user that was claimed.
    struct Source {
        Source(const net::SocketAddress& from, std::string_view claimed);
        std::string address, user;
    };
    struct Blocked {
        std::string address, user; // user empty: whoever it is
        unsigned failures = 0;
    };
    static constexpr unsigned kAddressFactor = 10; // an office may hide many phones
    static constexpr std::size_t kMostEntries = 20'000;

    FailedLogins(net::TimerQueue& timers, Log& log, RegistrarMetrics& metrics);

    void configure(Limits limits) { limits_ = limits; }
    bool blocked(const Source& source) const;
    /// As `blocked`, but what others did at that address does not count.
    bool blocked_for_own(const Source& source) const;
    /// One more. Says how long the answer shall take.
    net::Duration failed(const Source& source);
    /// Whatever came before was a mistake, or a nonce that had run out.
    void succeeded(const Source& source);

    std::vector<Blocked> snapshot() const;
    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::string key;
        unsigned count = 0;
        net::TimePoint last{};
    };
    using Order = std::list<Entry>; // the one that failed longest ago first

    unsigned count(const std::string& key) const;
    unsigned add(const std::string& key);
    void forgive(const std::string& key, unsigned failures);
    void say_blocked(const Source& source, bool whole_address);

    net::TimerQueue& timers_;
    Log& log_;
    RateLimit log_limit_{20, std::chrono::seconds(1)};
    RegistrarMetrics& metrics_;
    Limits limits_;
    Order order_;
    std::unordered_map<std::string, Order::iterator> entries_;
};

} // namespace wakeline::registrar
