// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>
#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>

#include "base/c_handle.h"
#include "http/library.h"
#include "net/event_loop.h"
#include "net/fd_watch.h"

namespace wakeline::http {

/// libcurl's multi handle, driven by our loop, and the sockets of its connections. `User` is never called
/// from inside a libcurl callback, so it may add and remove transfers.
class Multi {
public:
    class User {
    public:
        virtual void on_finished(CURL* easy, CURLcode code) = 0;
        /// After every turn of libcurl: what its callbacks noted can be acted upon now.
        virtual void on_turn() = 0;
        /// Octets wait on a connection that carries no transfer; libcurl reads them with the next one. The
        /// end of a connection is a turn instead.
        virtual void on_stirred() = 0;

    protected:
        ~User() = default;
    };

    struct Limits {
        long connections = 2;
        long streams = 1000;
    };

    Multi(const Library& library, net::EventLoop& loop, Limits limits, User& user);
    ~Multi();
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;

    /// Sets the socket options of `easy`, and starts it.
    void add(CURL* easy);
    void remove(CURL* easy);
    /// Shuts every connection down: their transfers fail, or libcurl repeats them on a new connection.
    void break_connections();

    std::size_t connections() const noexcept;
    std::uint64_t opened() const noexcept { return opened_; }

private:
    struct Socket {
        ino_t identity = 0; // the number may be another socket's by now
        std::unique_ptr<net::FdWatch> watch;
        bool in_use = false; // libcurl waits for it
        bool ended = false;  // by the server; libcurl will see it when it needs the connection
    };

    static int on_socket(CURL*, curl_socket_t fd, int what, void* multi, void*) noexcept;
    static int on_timer(CURLM*, long timeout_ms, void* multi) noexcept;
    static curl_socket_t on_open(void* multi, curlsocktype purpose, curl_sockaddr* address) noexcept;
    static int on_close(void* multi, curl_socket_t fd) noexcept;

    void forget_closed();
    void watch(curl_socket_t fd, int what);
    void on_ready(curl_socket_t fd, net::Readiness ready);
    void on_idle_ready(curl_socket_t fd, Socket& socket);
    void drive(curl_socket_t fd, int events);

    net::EventLoop& loop_;
    User& user_;
    net::Timer timer_;
    std::map<curl_socket_t, Socket> sockets_;                       // of connections, opened by us
    std::map<curl_socket_t, std::unique_ptr<net::FdWatch>> others_; // libcurl's own (the resolver's)
    std::uint64_t opened_ = 0;
    CHandle<CURLM, curl_multi_cleanup> multi_; // last: its end closes sockets
};

} // namespace wakeline::http
