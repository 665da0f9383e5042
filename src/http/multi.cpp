// SPDX-License-Identifier: Apache-2.0
#include "http/multi.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace wakeline::http {

namespace {

void set_option(int fd, int level, int name, int value) {
    static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
}

/// Routers forget idle connections without a word, and a path may die under written data: the kernel finds
/// out.
void keep_alive(int fd) {
    constexpr int idle_s = 60, interval_s = 10, probes = 3, unacknowledged_ms = 10'000;
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_s);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval_s);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, probes);
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms);
}

/// Whether the other side has sent its FIN, whatever still waits to be read before it.
bool is_ended(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_state != TCP_ESTABLISHED;
}

/// Of the open socket with that number; 0: there is none.
ino_t identity_of(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

net::Readiness interest_of(int what) {
    return {.readable = (what & CURL_POLL_IN) != 0, .writable = (what & CURL_POLL_OUT) != 0};
}

} // namespace

Multi::Multi(const Library&, net::EventLoop& loop, Limits limits, User& user)
    : loop_(loop), user_(user), timer_(loop), multi_(curl_multi_init()) {
    if (!multi_) throw std::bad_alloc();
    CURLM* const m = multi_.get();
    curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(m, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(m, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(m, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connections);
    // libcurl's own cap is 100, and beyond it it opens another connection.
    curl_multi_setopt(m, CURLMOPT_MAX_CONCURRENT_STREAMS, limits.streams);
}

Multi::~Multi() { multi_.reset(); }

void Multi::add(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
    curl_multi_add_handle(multi_.get(), easy);
}

void Multi::remove(CURL* easy) { curl_multi_remove_handle(multi_.get(), easy); }

void Multi::break_connections() {
    forget_closed();
    for (const auto& [fd, socket] : sockets_)
        static_cast<void>(::shutdown(fd, SHUT_RDWR));
}

std::size_t Multi::connections() const noexcept {
    return static_cast<std::size_t>(std::count_if(sockets_.begin(), sockets_.end(),
                                                  [](const auto& entry) { return !entry.second.ended; }));
}

int Multi::on_socket(CURL*, curl_socket_t fd, int what, void* multi, void*) noexcept {
    static_cast<Multi*>(multi)->watch(fd, what);
    return 0;
}

int Multi::on_timer(CURLM*, long timeout_ms, void* arg) noexcept {
    auto* const self = static_cast<Multi*>(arg);
    if (timeout_ms < 0)
        self->timer_.cancel();
    else
        self->timer_.arm(std::chrono::milliseconds(timeout_ms),
                         [self] { self->drive(CURL_SOCKET_TIMEOUT, 0); });
    return 0;
}

curl_socket_t Multi::on_open(void* arg, curlsocktype, curl_sockaddr* address) noexcept {
    auto* const self = static_cast<Multi*>(arg);
    const int fd =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    keep_alive(fd);
    self->sockets_.erase(fd); // closed in silence, else the number were not free
    self->sockets_[fd].identity = identity_of(fd);
    ++self->opened_;
    return fd;
}

int Multi::on_close(void* arg, curl_socket_t fd) noexcept {
    auto* const self = static_cast<Multi*>(arg);
    self->sockets_.erase(fd);
    return ::close(fd);
}

/// libcurl 7.88 closes a socket whose connect has not ended without calling `on_close`. Its number may soon
/// be a phone's connection, which must not be shut down or watched in its place.
void Multi::forget_closed() {
    std::erase_if(sockets_,
                  [](const auto& entry) { return identity_of(entry.first) != entry.second.identity; });
}

void Multi::watch(curl_socket_t fd, int what) {
    if (what == CURL_POLL_REMOVE) forget_closed();
    const auto callback = [this, fd](net::Readiness ready) { on_ready(fd, ready); };
    const auto connection = sockets_.find(fd);
    if (connection == sockets_.end()) {
        if (what == CURL_POLL_REMOVE) {
            others_.erase(fd);
            return;
        }
        auto& watch = others_[fd];
        if (!watch) watch = std::make_unique<net::FdWatch>(loop_, fd, callback);
        watch->want(interest_of(what));
        return;
    }
    Socket& socket = connection->second;
    socket.in_use = what != CURL_POLL_REMOVE;
    if (!socket.watch) socket.watch = std::make_unique<net::FdWatch>(loop_, fd, callback);
    // libcurl forgets an idle connection until it needs it; somebody should hear what the server says.
    socket.watch->want(socket.in_use ? interest_of(what)
                                     : net::Readiness{.readable = true, .writable = false});
}

void Multi::on_ready(curl_socket_t fd, net::Readiness ready) {
    const auto connection = sockets_.find(fd);
    if (connection != sockets_.end() && !connection->second.in_use)
        return on_idle_ready(fd, connection->second);
    drive(fd, (ready.readable ? CURL_CSELECT_IN : 0) | (ready.writable ? CURL_CSELECT_OUT : 0));
}

void Multi::on_idle_ready(curl_socket_t fd, Socket& socket) {
    socket.watch->want({}); // libcurl reads it, later
    socket.ended = is_ended(fd);
    if (socket.ended)
        user_.on_turn();
    else
        user_.on_stirred();
}

void Multi::drive(curl_socket_t fd, int events) {
    int running = 0;
    curl_multi_socket_action(multi_.get(), fd, events, &running);
    forget_closed();
    int left = 0;
    // One at a time: the user may remove a transfer whose message still waits here.
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
        if (message->msg == CURLMSG_DONE) user_.on_finished(message->easy_handle, message->data.result);
    user_.on_turn();
}

} // namespace wakeline::http
