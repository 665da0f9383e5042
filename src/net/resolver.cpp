// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <ares.h>
#include <arpa/nameser.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "net/deferred.h"
#include "net/fd_watch.h"

namespace wakeline::net {

namespace {

template <class T>
using Records = Result<std::vector<T>>;

std::string text(const unsigned char* from) { return reinterpret_cast<const char*>(from); }

Error failure(int status, const std::string& name) {
    switch (status) {
    case ARES_ENODATA:
    case ARES_ENOTFOUND: return {ErrorCode::NotFound, "DNS knows no such record for " + name};
    case ARES_ETIMEOUT: return {ErrorCode::Timeout, "no DNS server answers for " + name};
    case ARES_EBADNAME: return {ErrorCode::InvalidInput, "\"" + name + "\" cannot be a name in DNS"};
    default: return {ErrorCode::Io, "DNS failed for " + name + ": " + ares_strerror(status)};
    }
}

Records<NaptrRecord> read_naptr(const unsigned char* reply, int size, const std::string& name) {
    ares_naptr_reply* raw = nullptr;
    const int status = ares_parse_naptr_reply(reply, size, &raw);
    const CHandle<ares_naptr_reply, ares_free_data> list(raw);
    std::vector<NaptrRecord> records;
    for (const auto* r = raw; r != nullptr; r = r->next)
        records.push_back(
            {r->order, r->preference, text(r->flags), text(r->service), text(r->regexp), r->replacement});
    if (records.empty()) return failure(status, name);
    return records;
}

Records<SrvRecord> read_srv(const unsigned char* reply, int size, const std::string& name) {
    ares_srv_reply* raw = nullptr;
    const int status = ares_parse_srv_reply(reply, size, &raw);
    const CHandle<ares_srv_reply, ares_free_data> list(raw);
    std::vector<SrvRecord> records;
    for (const auto* r = raw; r != nullptr; r = r->next)
        records.push_back({r->priority, r->weight, r->port, r->host});
    if (records.empty()) return failure(status, name);
    return records;
}

Records<SocketAddress> read_addresses(const ares_addrinfo* found, const std::string& name) {
    std::vector<SocketAddress> addresses;
    for (const auto* node = found->nodes; node != nullptr; node = node->ai_next)
        addresses.push_back(SocketAddress::from(node->ai_addr, static_cast<socklen_t>(node->ai_addrlen)));
    std::ranges::stable_sort(addresses, {}, &SocketAddress::is_v6);
    if (addresses.empty()) return failure(ARES_ENODATA, name);
    return addresses;
}

class AresResolver final : public Resolver {
public:
    explicit AresResolver(EventLoop& loop) : loop_(loop), deliver_(loop), timer_(loop) {}
    ~AresResolver() override {
        waiting_.clear();
        channel_.reset(); // ends every query, through our callbacks
    }

    Status open(const Options& options);

    QueryId naptr(const std::string& name, Answer<NaptrRecord> answer) override {
        return ask(name, ns_t_naptr, std::move(answer), on_reply<NaptrRecord, read_naptr>);
    }
    QueryId srv(const std::string& name, Answer<SrvRecord> answer) override {
        return ask(name, ns_t_srv, std::move(answer), on_reply<SrvRecord, read_srv>);
    }
    QueryId addresses(const std::string& name, Answer<SocketAddress> answer) override;
    void cancel(QueryId id) override { waiting_.erase(id); }

private:
    /// c-ares owns it until its callback, which always comes.
    template <class T>
    struct Query {
        AresResolver& resolver;
        QueryId id;
        std::string name;
        Answer<T> answer;
    };
    struct Ready {
        QueryId id;
        std::function<void()> call;
    };
    struct Destroy {
        void operator()(ares_channel channel) const noexcept { ares_destroy(channel); }
    };

    template <class T>
    Query<T>* new_query(const std::string& name, Answer<T> answer) {
        waiting_.insert(++last_id_);
        return std::make_unique<Query<T>>(Query<T>{*this, last_id_, name, std::move(answer)}).release();
    }
    template <class T>
    QueryId ask(const std::string& name, ns_type type, Answer<T> answer, ares_callback callback) {
        Query<T>* query = new_query(name, std::move(answer));
        const QueryId id = query->id;
        ares_query(channel_.get(), name.c_str(), ns_c_in, type, callback, query);
        wait();
        return id;
    }
    template <class T>
    void finish(Query<T>& query, Records<T> records);

    template <class T, Records<T> Read(const unsigned char*, int, const std::string&)>
    static void on_reply(void* arg, int status, int, unsigned char* reply, int size) noexcept {
        const std::unique_ptr<Query<T>> query(static_cast<Query<T>*>(arg));
        query->resolver.finish(*query, status == ARES_SUCCESS ? Read(reply, size, query->name)
                                                              : failure(status, query->name));
    }
    static void on_addresses(void* arg, int status, int, ares_addrinfo* found) noexcept;
    static void on_socket(void* resolver, ares_socket_t fd, int readable, int writable) noexcept;

    void process(int readable, int writable);
    void wait();
    void deliver();

    EventLoop& loop_;
    QueryId last_id_ = 0;
    std::unordered_set<QueryId> waiting_; // whose callers still want to be called
    std::deque<Ready> ready_;
    Deferred deliver_;
    Timer timer_;
    std::unordered_map<int, std::unique_ptr<FdWatch>> watches_;
    std::unique_ptr<std::remove_pointer_t<ares_channel>, Destroy> channel_;
};

Status AresResolver::open(const Options& options) {
    ares_options raw{};
    raw.timeout =
        static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout).count());
    raw.tries = options.tries;
    raw.sock_state_cb = on_socket;
    raw.sock_state_cb_data = this;
    ares_channel channel = nullptr;
    int status =
        ares_init_options(&channel, &raw, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) return Error{ErrorCode::Io, std::string("DNS: ") + ares_strerror(status)};
    channel_.reset(channel);
    if (options.servers.empty()) return Done{};
    status = ares_set_servers_ports_csv(channel, options.servers.c_str());
    if (status == ARES_SUCCESS) return Done{};
    return Error{ErrorCode::InvalidInput,
                 "DNS servers \"" + options.servers + "\": " + ares_strerror(status)};
}

template <class T>
void AresResolver::finish(Query<T>& query, Records<T> records) {
    if (!waiting_.contains(query.id)) return;
    ready_.push_back({query.id, [answer = std::move(query.answer), result = std::move(records)]() mutable {
                          answer(std::move(result));
                      }});
    deliver_.arm([this] { deliver(); });
}

Resolver::QueryId AresResolver::addresses(const std::string& name, Answer<SocketAddress> answer) {
    Query<SocketAddress>* query = new_query(name, std::move(answer));
    const QueryId id = query->id;
    if (const auto numeric = SocketAddress::parse(name, 0)) { // c-ares 1.18 asks servers for IPv6 ones
        const std::unique_ptr<Query<SocketAddress>> done(query);
        finish(*done, Records<SocketAddress>(std::vector{*numeric}));
        return id;
    }
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_flags = ARES_AI_NOSORT; // RFC 6724 sorting opens a socket for each address
    ares_getaddrinfo(channel_.get(), name.c_str(), nullptr, &hints, on_addresses, query);
    wait();
    return id;
}

void AresResolver::on_addresses(void* arg, int status, int, ares_addrinfo* raw) noexcept {
    const std::unique_ptr<Query<SocketAddress>> query(static_cast<Query<SocketAddress>*>(arg));
    const CHandle<ares_addrinfo, ares_freeaddrinfo> found(raw);
    query->resolver.finish(*query, status == ARES_SUCCESS ? read_addresses(found.get(), query->name)
                                                          : failure(status, query->name));
}

void AresResolver::deliver() {
    for (std::size_t left = ready_.size(); left > 0; --left) {
        const Ready ready = std::move(ready_.front());
        ready_.pop_front();
        if (waiting_.erase(ready.id) == 1) ready.call();
    }
    if (!ready_.empty()) deliver_.arm([this] { deliver(); });
}

void AresResolver::on_socket(void* arg, ares_socket_t fd, int readable, int writable) noexcept {
    auto& resolver = *static_cast<AresResolver*>(arg);
    if (readable == 0 && writable == 0) {
        resolver.watches_.erase(fd); // c-ares is about to close it
        return;
    }
    auto& watch = resolver.watches_[fd];
    if (!watch)
        watch = std::make_unique<FdWatch>(resolver.loop_, fd, [&resolver, fd](Readiness ready) {
            resolver.process(ready.readable ? fd : ARES_SOCKET_BAD, ready.writable ? fd : ARES_SOCKET_BAD);
        });
    watch->want({.readable = readable != 0, .writable = writable != 0});
}

void AresResolver::process(int readable, int writable) {
    ares_process_fd(channel_.get(), readable, writable);
    wait();
}

/// For the next thing that c-ares gives up.
void AresResolver::wait() {
    timeval room{};
    const timeval* next = ares_timeout(channel_.get(), nullptr, &room);
    if (next == nullptr) return timer_.cancel();
    timer_.arm(std::chrono::seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec),
               [this] { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); });
}

} // namespace

Result<std::unique_ptr<Resolver>> Resolver::create(EventLoop& loop, Options options) {
    auto resolver = std::make_unique<AresResolver>(loop);
    if (const Status opened = resolver->open(options); !opened) return opened.error();
    return std::unique_ptr<Resolver>(std::move(resolver));
}

} // namespace wakeline::net
