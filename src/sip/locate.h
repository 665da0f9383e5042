// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/resolver.h"
#include "sip/transport.h"
#include "sip/uri.h"

namespace wakeline::sip {

/// A random number below its argument, which is not 0.
using PickBelow = std::function<std::uint32_t(std::uint32_t)>;
std::uint32_t pick_below(std::uint32_t bound);

/// SRV records as they are to be tried: by priority, and by chance in proportion to weight within one (RFC
/// 2782).
std::vector<net::SrvRecord> in_order(std::vector<net::SrvRecord> records, const PickBelow& pick);

/// One search for where requests to a URI go (RFC 3263 section 4): NAPTR, SRV, A and AAAA as the URI wants
/// it. Destroying it ends the search.
class Locate {
public:
    /// The addresses to try, in order, at least one and at most 16; or why there is none.
    using Answer = std::function<void(Result<std::vector<FlowTarget>>)>;

    /// `answer` is called once, later, and may destroy the search. An error here and now: a URI that leads
    /// nowhere, whatever DNS says.
    static Result<std::unique_ptr<Locate>> start(net::Resolver& resolver, const Uri& uri, Answer answer,
                                                 PickBelow pick = pick_below);
    ~Locate();
    Locate(const Locate&) = delete;
    Locate& operator=(const Locate&) = delete;

private:
    struct Service { // an SRV name to ask for
        TransportKind kind;
        std::string name;
    };
    struct Hop { // a host name to ask for
        TransportKind kind;
        std::string host;
        std::uint16_t port;
        std::vector<net::SocketAddress> addresses{};
    };

    Locate(net::Resolver& resolver, const Uri& uri, Answer answer, PickBelow pick);

    Status begin(const Uri& uri);
    void ask_naptr();
    void ask_srv();
    void ask_addresses();
    void on_naptr(const std::vector<net::NaptrRecord>& records);
    void on_srv(const Service& service, std::vector<net::SrvRecord> records);
    void on_addresses(std::size_t hop, Result<std::vector<net::SocketAddress>> found);
    void without_srv();
    void finish();
    Service service(TransportKind kind) const;
    TransportKind default_kind() const { return secure_ ? TransportKind::Tls : TransportKind::Udp; }

    net::Resolver& resolver_;
    Answer answer_;
    PickBelow pick_;
    std::string domain_;                // asked for
    std::string tls_name_;              // RFC 5922: of the URI, not of what DNS says
    bool secure_ = false;               // sips
    std::optional<TransportKind> kind_; // the URI says
    std::vector<Service> services_;     // not asked yet, the next one last
    std::vector<Hop> hops_;
    std::vector<net::Resolver::QueryId> queries_;
    std::size_t outstanding_ = 0;
    std::string trouble_; // the last error of DNS
};

} // namespace wakeline::sip
