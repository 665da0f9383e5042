// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/node.h"
#include "base/log.h"
#include "base/metrics.h"
#include "config/config.h"
#include "config/loader.h"
#include "net/resolver.h"
#include "sip/locate.h"

namespace wakeline::daemon {

/// The names of others that the configuration leads to, trunks and push services: looked up again and again,
/// with the earlier addresses kept when DNS fails (SBC-DNS-02, SBC-DNS-03).
class Names {
public:
    struct Parts {
        net::TimerQueue& timers;
        net::Resolver& resolver;
        Log& log;
        Metrics& metrics;
    };
    explicit Names(const Parts& parts);

    /// From now on these; what is known of a name that stays is kept.
    void watch(const config::Config& config);
    /// "192.0.2.1,2001:db8::1", as far as known; empty for a name that is not watched.
    std::string addresses(std::string_view host) const;
    /// Every name has been answered for, well or not.
    bool settled() const;
    std::vector<admin::NameStatus> snapshot() const;

private:
    struct Name {
        explicit Name(const Parts& parts) : resolver(parts.resolver), again(parts.timers) {}
        ~Name() { resolver.cancel(query); }
        Name(const Name&) = delete;
        Name& operator=(const Name&) = delete;

        net::Resolver& resolver;
        std::string setting, host;
        std::string uri; // of a trunk: NAPTR and SRV count, too
        std::vector<std::string> known;
        std::string failure;
        bool answered = false;
        net::Resolver::QueryId query = 0;
        std::unique_ptr<sip::Locate> search;
        net::Timer again;
    };

    void add(std::string setting, std::string host, std::string uri);
    void ask(Name& name);
    void answered(Name& name, Result<std::vector<std::string>> addresses);

    Parts parts_;
    Metric& failing_;
    std::list<std::unique_ptr<Name>> names_;
    std::list<std::unique_ptr<Name>> earlier_; // while they change
};

net::Resolver::Options resolver_options(const net::DnsConfig& config);

/// For --check-config: the names that cannot be found within a few seconds, at their settings' lines.
config::Problems names_not_found(const config::Loaded& loaded);

} // namespace wakeline::daemon
