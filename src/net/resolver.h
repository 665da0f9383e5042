// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/event_loop.h"
#include "net/socket_address.h"

namespace wakeline::net {

struct NaptrRecord {
    std::uint16_t order = 0, preference = 0;
    std::string flags, service, regexp, replacement;
};
struct SrvRecord {
    std::uint16_t priority = 0, weight = 0, port = 0;
    std::string target;
};

/// DNS through c-ares on our loop; nothing blocks. Callbacks come later, never inside the query, each exactly
/// once unless the query is cancelled or the resolver destroyed (which none of them may do). An answer is
/// never empty: a name without such records is ErrorCode::NotFound, servers that keep silent are Timeout.
class Resolver {
public:
    using QueryId = std::uint64_t;
    template <class T>
    using Answer = std::function<void(Result<std::vector<T>>)>;

    virtual ~Resolver() = default;
    virtual QueryId naptr(const std::string& name, Answer<NaptrRecord> answer) = 0;
    virtual QueryId srv(const std::string& name, Answer<SrvRecord> answer) = 0;
    /// A and AAAA, with port 0; IPv4 first. Numeric text is answered too. Knows /etc/hosts.
    virtual QueryId addresses(const std::string& name, Answer<SocketAddress> answer) = 0;
    virtual void cancel(QueryId id) = 0;

    struct Options {
        std::string servers = {}; // "192.0.2.53,192.0.2.54:5353"; empty: /etc/resolv.conf
        Duration timeout = std::chrono::seconds(2);
        int tries = 2;
    };
    static Result<std::unique_ptr<Resolver>> create(EventLoop& loop, Options options);
};

} // namespace wakeline::net
