// SPDX-License-Identifier: Apache-2.0
#include "net/socket_stream.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/assert.h"
#include "net/plain_channel.h"
#include "net/socket.h"
#include "net/tls_channel.h"

namespace wakeline::net {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadSize = 65'536;
constexpr int kReadsPerTurn = 4; // one fast sender does not keep the others waiting
constexpr Duration kDrainTime = 5s, kLingerTime = 2s;

std::string seconds(Duration d) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(d).count()) + " s";
}

std::unique_ptr<Channel> client_channel(int fd, TlsContext* context, std::string name,
                                        const SocketAddress& remote) {
    if (context == nullptr) return std::make_unique<PlainChannel>(fd);
    std::string key = name + '|' + remote.str();
    return TlsChannel::client(*context, fd, std::move(name), std::move(key));
}

} // namespace

SocketStream::SocketStream(EventLoop& loop, const SocketAddress& remote, const Options& options)
    : loop_(loop), remote_(remote), options_(options), timer_(loop), later_(loop) {}

SocketStream::~SocketStream() {
    if (destroyed_ != nullptr) *destroyed_ = true;
}

void SocketStream::connect(const SocketAddress& from, TlsContext* context, std::string name, User& user) {
    user_ = &user;
    if (const Status begun = begin_connect(from, context, std::move(name)); !begun)
        return end_later(begun.error().message);
    timer_.arm(options_.handshake_timeout, [this] {
        const std::string what = phase_ == Phase::Connecting ? "connection" : "TLS handshake";
        end("no " + what + " with " + remote_.str() + " within " + seconds(options_.handshake_timeout));
    });
    wait();
}

Status SocketStream::begin_connect(const SocketAddress& from, TlsContext* context, std::string name) {
    auto fd = new_socket(remote_, SOCK_STREAM);
    if (!fd) return fd.error();
    if (from.valid() && !from.is_unspecified() && from.family() == remote_.family()) {
        set_flag(*fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
        SocketAddress any_port = from;
        any_port.set_port(0);
        if (const Status bound = bind_socket(*fd, any_port); !bound) return bound;
    }
    set_dscp(*fd, remote_.family(), options_.dscp);
    channel_ = client_channel(fd->get(), context, std::move(name), remote_);
    if (!channel_) return Error{ErrorCode::Exhausted, "no memory for TLS with " + remote_.str()};
    if (::connect(fd->get(), remote_.sa(), remote_.size()) != 0 && errno != EINPROGRESS)
        return Error{ErrorCode::Io, "cannot connect to " + remote_.str() + ": " + errno_text(errno)};
    own(*std::move(fd));
    return Done{};
}

void SocketStream::accept(Fd fd, TlsContext* context) {
    accepted_ = true;
    phase_ = Phase::Waiting;
    set_dscp(fd, remote_.family(), options_.dscp);
    if (context == nullptr)
        channel_ = std::make_unique<PlainChannel>(fd.get());
    else
        channel_ = TlsChannel::server(*context, fd.get());
    own(std::move(fd));
    if (!channel_) end_later("no memory for TLS");
}

void SocketStream::own(Fd fd) {
    fd_ = std::move(fd);
    local_ = local_address(fd_);
    set_flag(fd_, IPPROTO_TCP, TCP_NODELAY);
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(options_.unacknowledged);
    set_flag(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(limit.count()));
    watch_.emplace(loop_, fd_.get(), [this](Readiness ready) { on_ready(ready); });
}

void SocketStream::negotiate(User& user) {
    user_ = &user;
    if (phase_ == Phase::Closed) return;
    phase_ = Phase::Handshaking;
    timer_.arm(options_.handshake_timeout,
               [this] { end("no TLS handshake within " + seconds(options_.handshake_timeout)); });
    wait();
}

void SocketStream::start(User& user) {
    user_ = &user;
    if (phase_ == Phase::Closed) return; // on_closed is on its way
    WAKELINE_ASSERT(phase_ == Phase::Waiting);
    phase_ = Phase::Open;
    read_again_ = true; // what came with the end of the handshake
    later_.arm([this] { end_of_turn(); });
    wait();
}

bool SocketStream::write(std::string_view data) {
    if (phase_ >= Phase::Draining) return false;
    if (queue_.size() + data.size() > options_.max_queue_bytes) {
        end_later("slow reader: more than " + std::to_string(options_.max_queue_bytes) + " octets unsent");
        return false;
    }
    queue_.add(data);
    if (phase_ == Phase::Open && !write_blocked_) later_.arm([this] { end_of_turn(); });
    return true;
}

void SocketStream::close() {
    if (phase_ >= Phase::Draining) return;
    if (phase_ != Phase::Open) return end_later("closed");
    phase_ = Phase::Draining;
    timer_.arm(kDrainTime, [this] { end("closed, with octets unsent"); });
    later_.arm([this] { end_of_turn(); });
    wait();
}

const PeerCertificate& SocketStream::peer_certificate() const {
    return channel_ ? channel_->peer() : no_certificate();
}

void SocketStream::on_ready(Readiness ready) {
    switch (phase_) {
    case Phase::Connecting: return finish_connect();
    case Phase::Handshaking: return handshake();
    case Phase::Open:
    case Phase::Draining:
        if (ready.writable || write_needs_data_) flush();
        if (phase_ == Phase::Open && (ready.readable || read_needs_room_)) read();
        return;
    case Phase::Lingering: return discard();
    case Phase::Waiting:
    case Phase::Closed: return;
    }
}

void SocketStream::finish_connect() {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return end("cannot connect to " + remote_.str() + ": " + errno_text(error));
    local_ = local_address(fd_);
    phase_ = Phase::Handshaking;
    handshake();
}

void SocketStream::handshake() {
    const Io io = channel_->handshake();
    switch (io) {
    case Io::Done: return opened();
    case Io::WantRead:
    case Io::WantWrite:
        return watch_->want({.readable = io == Io::WantRead, .writable = io == Io::WantWrite});
    case Io::Closed:
    case Io::Failed: return end(channel_->why());
    }
}

void SocketStream::opened() {
    timer_.cancel();
    if (accepted_) {
        phase_ = Phase::Waiting;
        wait();
        return std::exchange(user_, nullptr)->on_connected();
    }
    phase_ = Phase::Open;
    read_again_ = true;
    later_.arm([this] { end_of_turn(); });
    wait();
    user_->on_connected();
}

void SocketStream::read() {
    for (int reads = 0; reads < kReadsPerTurn; ++reads) {
        const auto room = loop_.scratch(kReadSize);
        const IoResult got = channel_->read(room);
        read_needs_room_ = got.io == Io::WantWrite;
        if (got.io == Io::Closed) return end("closed by the peer");
        if (got.io == Io::Failed) return end(channel_->why());
        if (got.io != Io::Done) return wait();
        bool destroyed = false;
        destroyed_ = &destroyed;
        user_->on_data({room.data(), got.bytes});
        if (destroyed) return;
        destroyed_ = nullptr;
        if (phase_ != Phase::Open) return;
        // Less than there was room for: to ask again would only be told that there is no more.
        if (got.bytes < room.size() && !channel_->pending()) return wait();
    }
    loop_.more_waits();
    read_again_ = channel_->pending();
    if (read_again_) later_.arm([this] { end_of_turn(); });
}

/// Never calls the user.
void SocketStream::flush() {
    while (!queue_.empty()) {
        const IoResult sent = channel_->write(queue_.front());
        write_needs_data_ = sent.io == Io::WantRead;
        if (sent.io == Io::Closed) return end_later("closed by the peer");
        if (sent.io == Io::Failed) return end_later(channel_->why());
        if (sent.io != Io::Done) break;
        queue_.remove(sent.bytes);
    }
    write_blocked_ = !queue_.empty();
    if (phase_ == Phase::Draining && queue_.empty()) return linger();
    wait();
}

void SocketStream::linger() {
    phase_ = Phase::Lingering;
    channel_->say_goodbye();
    ::shutdown(fd_.get(), SHUT_WR);
    timer_.arm(kLingerTime, [this] { end("closed"); });
    wait();
}

void SocketStream::discard() {
    const ssize_t got = ::recv(fd_.get(), nullptr, 1 << 20, MSG_TRUNC); // tcp(7): thrown away unread
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) end("closed");
}

void SocketStream::end_of_turn() {
    if (phase_ == Phase::Closed) {
        if (User* user = std::exchange(user_, nullptr)) user->on_closed(std::string(why_));
        return;
    }
    if ((phase_ == Phase::Open || phase_ == Phase::Draining) && !write_blocked_) flush();
    if (phase_ == Phase::Open && std::exchange(read_again_, false)) read();
}

void SocketStream::wait() {
    const bool reading = phase_ == Phase::Open || phase_ == Phase::Lingering || phase_ == Phase::Handshaking;
    const bool writing = phase_ == Phase::Open || phase_ == Phase::Draining;
    const bool blocked = (write_blocked_ && !write_needs_data_) || read_needs_room_;
    watch_->want({.readable = reading || (writing && write_needs_data_),
                  .writable = phase_ == Phase::Connecting || (writing && blocked)});
}

void SocketStream::end(std::string why) {
    release();
    if (User* user = std::exchange(user_, nullptr)) user->on_closed(why);
}

void SocketStream::end_later(std::string why) {
    if (phase_ == Phase::Closed) return;
    release();
    why_ = std::move(why);
    later_.cancel(); // it may hold a place before what was deferred since
    later_.arm([this] { end_of_turn(); });
}

/// The channel stays: what certificate was shown is asked in on_closed.
void SocketStream::release() {
    phase_ = Phase::Closed;
    timer_.cancel();
    watch_.reset();
    fd_.reset();
    queue_.clear();
}

std::unique_ptr<Stream> Stream::connect(EventLoop& loop, const SocketAddress& from, const SocketAddress& to,
                                        Options options, User& user) {
    auto stream = std::make_unique<SocketStream>(loop, to, options);
    stream->connect(from, nullptr, {}, user);
    return stream;
}

std::unique_ptr<Stream> Stream::connect_tls(EventLoop& loop, const SocketAddress& from,
                                            const SocketAddress& to, TlsContext& context, std::string name,
                                            Options options, User& user) {
    auto stream = std::make_unique<SocketStream>(loop, to, options);
    stream->connect(from, &context, std::move(name), user);
    return stream;
}

} // namespace wakeline::net
