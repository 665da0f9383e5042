// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "base/c_handle.h"

namespace wakeline::http {

namespace {

constexpr int kTimeoutSeconds = 30;
/// A page of ours loads nothing from elsewhere, and stands in nobody's frame.
constexpr std::pair<const char*, const char*> kHeaders[] = {
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
     "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
};
constexpr ev_ssize_t kMaxHeader = 16 * 1'024, kMaxBody = 64 * 1'024;

Error failed(const std::string& what, const std::string& where) {
    return {ErrorCode::Io, "cannot " + what + ' ' + where + ": " + std::strerror(errno)};
}

/// A file descriptor until somebody else owns it.
class Fd {
public:
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
};

/// Removes the socket of a process that is gone; an error when somebody answers there.
Status make_room(const std::string& path, const sockaddr_un& address) {
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0) return Done{};
    if (!S_ISSOCK(about.st_mode)) return Error{ErrorCode::Io, path + " exists and is not a socket"};
    const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return Error{ErrorCode::Io, "another process listens on " + path};
    if (::unlink(path.c_str()) != 0) return failed("replace", path);
    return Done{};
}

Result<int> bind_unix(const std::string& path, unsigned mode) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{ErrorCode::InvalidInput, path + " is too long for a socket"};
    std::memcpy(address.sun_path, path.data(), path.size());
    if (auto room = make_room(path, address); !room) return room.error();

    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // On Linux the file gets no more than the mode that the descriptor has; chmod then widens it.
    ::fchmod(fd.get(), 0600);
    if (fd.get() < 0 || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failed("make the socket", path);
    if (::chmod(path.c_str(), mode) != 0 || ::listen(fd.get(), 64) != 0) return failed("listen on", path);
    return fd.release();
}

Result<int> bind_address(const net::SocketAddress& address) {
    Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd.get() < 0 || ::bind(fd.get(), address.sa(), address.size()) != 0 || ::listen(fd.get(), 64) != 0)
        return failed("listen on", address.str());
    return fd.release();
}

std::string unescaped(const char* text) {
    std::size_t size = 0;
    const CHandle<char, std::free> decoded(evhttp_uridecode(text, 0, &size));
    return decoded ? std::string(decoded.get(), size) : std::string();
}

ServerRequest take(evhttp_request* from) {
    ServerRequest request;
    request.method = evhttp_request_get_command(from) == EVHTTP_REQ_POST ? "POST" : "GET";
    const evhttp_uri* uri = evhttp_request_get_evhttp_uri(from);
    if (const char* path = evhttp_uri_get_path(uri)) request.path = unescaped(path);
    if (const char* query = evhttp_uri_get_query(uri)) {
        evkeyvalq pairs{};
        if (evhttp_parse_query_str(query, &pairs) == 0)
            for (const evkeyval* pair = pairs.tqh_first; pair != nullptr; pair = pair->next.tqe_next)
                request.query[pair->key] = pair->value;
        evhttp_clear_headers(&pairs);
    }
    if (const char* value = evhttp_find_header(evhttp_request_get_input_headers(from), "Authorization"))
        request.authorization = value;
    evbuffer* body = evhttp_request_get_input_buffer(from);
    request.body.resize(evbuffer_get_length(body));
    evbuffer_remove(body, request.body.data(), request.body.size());
    return request;
}

} // namespace

struct Server::State {
    State(net::EventLoop& loop, Handler& to) : handler(to), http(evhttp_new(loop.native())) {
        if (!http) throw std::bad_alloc();
        evhttp_set_allowed_methods(http.get(), EVHTTP_REQ_GET | EVHTTP_REQ_POST);
        evhttp_set_max_headers_size(http.get(), kMaxHeader);
        evhttp_set_max_body_size(http.get(), kMaxBody);
        evhttp_set_timeout(http.get(), kTimeoutSeconds);
        evhttp_set_gencb(http.get(), on_request, this);
    }
    ~State() {
        http.reset();
        if (!socket_path.empty()) ::unlink(socket_path.c_str());
    }

    static void on_request(evhttp_request* request, void* state) noexcept {
        auto* self = static_cast<State*>(state);
        const ExchangeId id = ++self->last_id;
        self->open.emplace(id, request);
        evhttp_connection_set_closecb(evhttp_request_get_connection(request), on_closed, self);
        self->handler.on_request(id, take(request));
    }
    /// evhttp frees the requests of a connection that ends.
    static void on_closed(evhttp_connection* connection, void* state) noexcept {
        std::erase_if(static_cast<State*>(state)->open, [connection](const auto& entry) {
            return evhttp_request_get_connection(entry.second) == connection;
        });
    }

    Handler& handler;
    std::unordered_map<ExchangeId, evhttp_request*> open;
    ExchangeId last_id = 0;
    std::string socket_path;
    net::SocketAddress local;
    CHandle<evhttp, evhttp_free> http;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::on_unix_socket(net::EventLoop& loop, const std::string& path,
                                                       unsigned mode, Handler& handler) {
    auto fd = bind_unix(path, mode);
    if (!fd) return fd.error();
    auto state = std::make_unique<State>(loop, handler);
    state->socket_path = path;
    if (evhttp_accept_socket(state->http.get(), *fd) != 0) {
        ::close(*fd);
        return failed("listen on", path);
    }
    return std::unique_ptr<Server>(new Server(std::move(state)));
}

Result<std::unique_ptr<Server>> Server::on_address(net::EventLoop& loop, const net::SocketAddress& address,
                                                   Handler& handler) {
    auto fd = bind_address(address);
    if (!fd) return fd.error();
    auto state = std::make_unique<State>(loop, handler);
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(*fd, reinterpret_cast<sockaddr*>(&bound), &size);
    state->local = net::SocketAddress::from(reinterpret_cast<const sockaddr*>(&bound), size);
    if (evhttp_accept_socket(state->http.get(), *fd) != 0) {
        ::close(*fd);
        return failed("listen on", address.str());
    }
    return std::unique_ptr<Server>(new Server(std::move(state)));
}

void Server::respond(ExchangeId exchange, const ServerResponse& response) {
    const auto found = state_->open.find(exchange);
    if (found == state_->open.end()) return;
    evhttp_request* request = found->second;
    state_->open.erase(found);
    evkeyvalq* headers = evhttp_request_get_output_headers(request);
    evhttp_add_header(headers, "Content-Type", response.content_type.c_str());
    for (const auto& [name, value] : kHeaders)
        evhttp_add_header(headers, name, value);
    // evhttp serves all that one client has sent ahead in one turn, and calls would wait for it.
    evhttp_add_header(headers, "Connection", "close");
    const CHandle<evbuffer, evbuffer_free> body(evbuffer_new());
    evbuffer_add(body.get(), response.body.data(), response.body.size());
    evhttp_send_reply(request, response.status, nullptr, body.get());
}

const net::SocketAddress& Server::local() const { return state_->local; }

} // namespace wakeline::http
