// SPDX-License-Identifier: Apache-2.0
#include "sip/locate.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/random.h"
#include "base/text.h"

namespace wakeline::sip {

namespace {

constexpr std::size_t kMaxHops = 8;
constexpr std::size_t kMaxTargets = 16;

constexpr std::uint16_t default_port(TransportKind kind) { return kind == TransportKind::Tls ? 5061 : 5060; }

std::string without_brackets(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return std::string(host);
}

std::optional<TransportKind> kind_of_param(std::string_view transport) {
    if (iequals(transport, "udp")) return TransportKind::Udp;
    if (iequals(transport, "tcp")) return TransportKind::Tcp;
    if (iequals(transport, "tls")) return TransportKind::Tls; // obsolete (RFC 3261 26.2.2), and in wide use
    return std::nullopt;
}

std::optional<TransportKind> kind_of_service(std::string_view service) {
    if (iequals(service, "SIP+D2U")) return TransportKind::Udp;
    if (iequals(service, "SIP+D2T")) return TransportKind::Tcp;
    if (iequals(service, "SIPS+D2T")) return TransportKind::Tls;
    return std::nullopt;
}

/// The record that RFC 2782 draws: zero weights first, then where the running sum reaches a random number.
std::size_t draw(const std::vector<net::SrvRecord>& records, std::size_t from, std::size_t to,
                 const PickBelow& pick) {
    std::uint32_t total = 0;
    for (std::size_t i = from; i < to; ++i)
        total += records[i].weight;
    const std::uint32_t at = pick(total + 1);
    std::uint32_t sum = 0;
    for (std::size_t i = from; i < to; ++i)
        if ((sum += records[i].weight) >= at) return i;
    return to - 1;
}

} // namespace

std::uint32_t pick_below(std::uint32_t bound) { return random_u32() % bound; }

std::vector<net::SrvRecord> in_order(std::vector<net::SrvRecord> records, const PickBelow& pick) {
    const auto rank = [](const net::SrvRecord& r) { return std::tuple(r.priority, r.weight != 0); };
    std::ranges::stable_sort(records, {}, rank);
    for (std::size_t from = 0; from < records.size(); ++from) {
        auto to = from + 1;
        while (to < records.size() && records[to].priority == records[from].priority)
            ++to;
        const auto first = records.begin() + static_cast<std::ptrdiff_t>(from);
        const auto drawn = records.begin() + static_cast<std::ptrdiff_t>(draw(records, from, to, pick));
        std::rotate(first, drawn, drawn + 1);
    }
    return records;
}

Result<std::unique_ptr<Locate>> Locate::start(net::Resolver& resolver, const Uri& uri, Answer answer,
                                              PickBelow pick) {
    std::unique_ptr<Locate> search(new Locate(resolver, uri, std::move(answer), std::move(pick)));
    if (const auto begun = search->begin(uri); !begun) return begun.error();
    return search;
}

Locate::Locate(net::Resolver& resolver, const Uri& uri, Answer answer, PickBelow pick)
    : resolver_(resolver), answer_(std::move(answer)), pick_(std::move(pick)),
      domain_(without_brackets(uri.params.get("maddr").value_or(uri.host))),
      tls_name_(without_brackets(uri.host)), secure_(uri.scheme == "sips") {}

// The callbacks below capture `this`: no query outlives the search.
Locate::~Locate() {
    for (const auto query : queries_)
        resolver_.cancel(query);
}

Status Locate::begin(const Uri& uri) {
    const auto unusable = [&uri](std::string_view why) {
        return Error{ErrorCode::InvalidInput, "\"" + uri.str() + "\" " + std::string(why)};
    };
    if (!uri.is_sip() || domain_.empty()) return unusable("is not a sip: or sips: address");
    if (const auto transport = uri.params.get("transport")) {
        kind_ = kind_of_param(*transport);
        if (!kind_) return unusable("wants a transport other than udp, tcp and tls");
        if (secure_ && kind_ == TransportKind::Udp) return unusable("wants TLS and UDP at once");
        if (secure_) kind_ = TransportKind::Tls;
    }
    const bool numeric = net::SocketAddress::parse(domain_, 0).has_value();
    if (numeric || uri.port != 0) {
        const TransportKind kind = kind_.value_or(default_kind());
        hops_.push_back({kind, domain_, uri.port != 0 ? uri.port : default_port(kind)});
        ask_addresses();
    } else if (kind_) {
        services_ = {service(*kind_)};
        ask_srv();
    } else {
        ask_naptr();
    }
    return Done{};
}

void Locate::ask_naptr() {
    queries_.push_back(resolver_.naptr(domain_, [this](Result<std::vector<net::NaptrRecord>> found) {
        on_naptr(found ? *found : std::vector<net::NaptrRecord>{});
    }));
}

void Locate::on_naptr(const std::vector<net::NaptrRecord>& records) {
    std::vector<net::NaptrRecord> ranked = records;
    std::ranges::stable_sort(ranked, std::ranges::greater{},
                             [](const net::NaptrRecord& r) { return std::pair(r.order, r.preference); });
    for (const net::NaptrRecord& record : ranked) { // the best one ends up last
        const auto kind = kind_of_service(record.service);
        const bool usable = kind && iequals(record.flags, "s") && !record.replacement.empty();
        if (usable && (!secure_ || kind == TransportKind::Tls))
            services_.push_back({*kind, record.replacement});
    }
    if (services_.empty() && secure_) services_ = {service(TransportKind::Tls)};
    if (services_.empty()) services_ = {service(TransportKind::Tcp), service(TransportKind::Udp)};
    ask_srv();
}

void Locate::ask_srv() {
    if (services_.empty()) return without_srv();
    const Service next = std::move(services_.back());
    services_.pop_back();
    queries_.push_back(resolver_.srv(next.name, [this, next](Result<std::vector<net::SrvRecord>> found) {
        if (found && !found->empty()) return on_srv(next, std::move(*found));
        if (!found) trouble_ = found.error().message;
        ask_srv();
    }));
}

void Locate::on_srv(const Service& service, std::vector<net::SrvRecord> records) {
    const auto nowhere = [](const net::SrvRecord& r) { return r.target.empty() || r.target == "."; };
    std::erase_if(records, nowhere); // RFC 2782: decidedly no such service
    if (records.empty()) trouble_ = service.name + " says that there is no such service";
    for (const net::SrvRecord& record : in_order(std::move(records), pick_))
        if (hops_.size() < kMaxHops) hops_.push_back({service.kind, record.target, record.port});
    ask_addresses();
}

/// RFC 3263 4.1 and 4.2: without SRV the name itself is asked for, with the default transport and port.
void Locate::without_srv() {
    const TransportKind kind = kind_.value_or(default_kind());
    hops_.push_back({kind, domain_, default_port(kind)});
    ask_addresses();
}

void Locate::ask_addresses() {
    outstanding_ = hops_.size();
    if (outstanding_ == 0) return finish();
    for (std::size_t i = 0; i < hops_.size(); ++i)
        queries_.push_back(
            resolver_.addresses(hops_[i].host, [this, i](Result<std::vector<net::SocketAddress>> found) {
                on_addresses(i, std::move(found));
            }));
}

void Locate::on_addresses(std::size_t hop, Result<std::vector<net::SocketAddress>> found) {
    if (found)
        hops_[hop].addresses = std::move(*found);
    else
        trouble_ = found.error().message;
    if (--outstanding_ == 0) finish();
}

void Locate::finish() {
    std::vector<FlowTarget> targets;
    for (const Hop& hop : hops_)
        for (net::SocketAddress address : hop.addresses) {
            if (targets.size() == kMaxTargets) break;
            address.set_port(hop.port);
            targets.push_back(
                {hop.kind, address, hop.kind == TransportKind::Tls ? tls_name_ : std::string{}});
        }
    const auto answer = std::exchange(answer_, nullptr);
    if (targets.empty())
        answer(Error{ErrorCode::NotFound,
                     "no address for " + domain_ + (trouble_.empty() ? std::string{} : ": " + trouble_)});
    else
        answer(std::move(targets));
}

Locate::Service Locate::service(TransportKind kind) const {
    const char* prefix = kind == TransportKind::Udp   ? "_sip._udp."
                         : kind == TransportKind::Tcp ? "_sip._tcp."
                                                      : "_sips._tcp.";
    return {kind, prefix + domain_};
}

} // namespace wakeline::sip
