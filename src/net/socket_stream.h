// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/channel.h"
#include "net/deferred.h"
#include "net/fd.h"
#include "net/fd_watch.h"
#include "net/stream.h"
#include "net/write_queue.h"

namespace wakeline::net {

/// The Stream over a socket: events, handshake and closing timers, the write queue. What the octets look like
/// on the wire is the Channel's.
class SocketStream final : public Stream {
public:
    SocketStream(EventLoop& loop, const SocketAddress& remote, const Options& options);
    ~SocketStream() override;

    /// A connection that we open. `context` null: plain TCP. A failure to begin arrives as on_closed, later.
    void connect(const SocketAddress& from, TlsContext* context, std::string name, User& user);
    /// A connection that a listener accepted; with a context, `negotiate` comes before `start`.
    void accept(Fd fd, TlsContext* context);
    /// TLS: `user` hears on_connected or on_closed, and no data: that waits for `start`.
    void negotiate(User& user);

    void start(User& user) override;
    bool write(std::string_view data) override;
    void close() override;
    const SocketAddress& local() const override { return local_; }
    const SocketAddress& remote() const override { return remote_; }
    const PeerCertificate& peer_certificate() const override;
    std::size_t queued() const override { return queue_.size(); }

private:
    enum class Phase : std::uint8_t {
        Connecting,  // TCP
        Handshaking, // TLS
        Waiting,     // for start()
        Open,
        Draining,  // close() was called, the queue is not empty
        Lingering, // all is sent; the peer's end is awaited, lest unread octets turn our close into a reset
        Closed,
    };

    Status begin_connect(const SocketAddress& from, TlsContext* context, std::string name);
    void own(Fd fd);
    void on_ready(Readiness ready);
    void finish_connect();
    void handshake();
    void opened();
    void read();
    void flush();
    void linger();
    void discard();
    void end_of_turn();
    void wait();
    void end(std::string why);
    void end_later(std::string why);
    void release();

    EventLoop& loop_;
    User* user_ = nullptr;
    SocketAddress local_, remote_;
    const Options options_;
    Phase phase_ = Phase::Connecting;
    bool accepted_ = false;
    bool read_needs_room_ = false;  // TLS: reading goes on when the socket is writable
    bool write_needs_data_ = false; // TLS: writing goes on when the socket is readable
    bool write_blocked_ = false;
    bool read_again_ = false;   // octets may wait inside the channel
    bool* destroyed_ = nullptr; // set while the user is called with data
    std::string why_;           // why it ended, until the user has been told
    WriteQueue queue_;
    Timer timer_; // of the handshake, then of close()
    Deferred later_;
    Fd fd_;
    std::unique_ptr<Channel> channel_;
    std::optional<FdWatch> watch_;
};

} // namespace wakeline::net
