// SPDX-License-Identifier: Apache-2.0
#include "net/stream_listener.h"

#include <sys/socket.h>

#include <cerrno>
#include <unordered_map>

#include "base/rate_limit.h"
#include "net/socket.h"
#include "net/socket_stream.h"

namespace wakeline::net {

namespace {

using namespace std::chrono_literals;

constexpr int kAcceptsPerTurn = 64;
constexpr Duration kPauseWithoutDescriptors = 200ms;
constexpr unsigned kTurnsPerSecond = 50; // a fiftieth of a second's handshakes may begin together

class Listener final : public StreamListener {
public:
    Listener(EventLoop& loop, Fd fd, TlsContext* context, Options options, Accept accept, Refused refused)
        : loop_(loop), context_(context), options_(options), accept_(std::move(accept)),
          refused_(std::move(refused)), fd_(std::move(fd)), local_(local_address(fd_)), pause_(loop),
          pace_(std::max(options.handshake_rate / kTurnsPerSecond, 1U),
                std::chrono::nanoseconds(1s) / std::max(options.handshake_rate, 1U)),
          watch_(loop, fd_.get(), [this](Readiness) { accept_waiting(); }) {
        watch_.want({.readable = true});
    }

    const SocketAddress& local() const override { return local_; }
    std::size_t half_open() const override { return half_open_.size(); }

private:
    /// A connection on its way through the TLS handshake.
    struct HalfOpen final : Stream::User {
        HalfOpen(Listener& l, std::unique_ptr<SocketStream> s) : listener(l), stream(std::move(s)) {}
        void on_connected() override { listener.handed_over(*this); }
        void on_data(std::string_view) override {} // none before start()
        void on_closed(std::string_view why) override { listener.failed(*this, why); }
        Listener& listener;
        std::unique_ptr<SocketStream> stream;
    };

    void accept_waiting();
    /// False when there is nothing more to accept now.
    bool accept_one();
    void take(Fd fd, const SocketAddress& from);
    void handed_over(HalfOpen& half);
    void failed(HalfOpen& half, std::string_view why);
    std::unique_ptr<HalfOpen> forget(HalfOpen& half);

    EventLoop& loop_;
    TlsContext* context_;
    const Options options_;
    const Accept accept_;
    const Refused refused_;
    Fd fd_;
    const SocketAddress local_;
    std::unordered_map<HalfOpen*, std::unique_ptr<HalfOpen>> half_open_;
    std::unordered_map<SocketAddress, std::size_t> half_open_of_;
    Timer pause_;
    RateLimit pace_;
    FdWatch watch_;
};

void Listener::accept_waiting() {
    for (int accepts = 0; accept_one(); ++accepts)
        if (accepts + 1 == kAcceptsPerTurn) return loop_.more_waits();
}

bool Listener::accept_one() {
    if (half_open_.size() >= options_.max_half_open) {
        watch_.want({}); // the rest waits in the backlog until a place is free
        return false;
    }
    if (context_ != nullptr && options_.handshake_rate != 0 && !pace_.allow(loop_.now())) {
        watch_.want({});
        pause_.arm(std::chrono::milliseconds(1'000 / kTurnsPerSecond),
                   [this] { watch_.want({.readable = true}); });
        return false;
    }
    sockaddr_storage raw{};
    socklen_t size = sizeof raw;
    Fd fd(::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&raw), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
        take(std::move(fd), SocketAddress::from(reinterpret_cast<sockaddr*>(&raw), size));
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        watch_.want({});
        pause_.arm(kPauseWithoutDescriptors, [this] { watch_.want({.readable = true}); });
        refused_({}, {}, "no descriptor left for a connection: raise LimitNOFILE");
        return false;
    }
    return errno == ECONNABORTED || errno == EINTR || errno == EPROTO; // accept(2): that one is gone
}

void Listener::take(Fd fd, const SocketAddress& from) {
    auto stream = std::make_unique<SocketStream>(loop_, from, options_.stream);
    if (context_ == nullptr) {
        stream->accept(std::move(fd), nullptr);
        return accept_(std::move(stream));
    }
    std::size_t& of_source = half_open_of_[source_network(from)];
    if (of_source >= options_.max_half_open_per_source)
        return refused_(from, {}, "too many connections of this source without a finished handshake");
    ++of_source;
    stream->accept(std::move(fd), context_);
    auto half = std::make_unique<HalfOpen>(*this, std::move(stream));
    HalfOpen& placed = *half_open_.emplace(half.get(), std::move(half)).first->second;
    placed.stream->negotiate(placed);
}

std::unique_ptr<Listener::HalfOpen> Listener::forget(HalfOpen& half) {
    auto node = half_open_.extract(&half);
    const auto source = half_open_of_.find(source_network(half.stream->remote()));
    if (--source->second == 0) half_open_of_.erase(source);
    if (!pause_.armed()) watch_.want({.readable = true});
    return std::move(node.mapped());
}

void Listener::handed_over(HalfOpen& half) {
    auto done = forget(half);
    std::unique_ptr<Stream> stream = std::move(done->stream);
    loop_.defer_delete(std::move(done));
    accept_(std::move(stream));
}

void Listener::failed(HalfOpen& half, std::string_view why) {
    auto done = forget(half);
    const SocketStream& stream = *done->stream;
    loop_.defer_delete(std::move(done));
    refused_(stream.remote(), stream.peer_certificate(), why);
}

} // namespace

Result<std::unique_ptr<StreamListener>> StreamListener::open(EventLoop& loop, const SocketAddress& address,
                                                             TlsContext* context, Options options,
                                                             Accept accept, Refused refused) {
    auto fd = new_socket(address, SOCK_STREAM);
    if (!fd) return fd.error();
    set_flag(*fd, SOL_SOCKET, SO_REUSEADDR);
    set_dscp(*fd, address.family(), options.stream.dscp);
    if (const Status bound = bind_socket(*fd, address); !bound) return bound.error();
    if (::listen(fd->get(), SOMAXCONN) != 0)
        return Error{ErrorCode::Io, "cannot listen on " + address.str() + ": " + errno_text(errno)};
    return std::unique_ptr<StreamListener>(std::make_unique<Listener>(loop, *std::move(fd), context, options,
                                                                      std::move(accept), std::move(refused)));
}

} // namespace wakeline::net
