// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "fakes/temporary_directory.h"
#include "net/mailbox.h"

using namespace wakeline;
using namespace std::chrono_literals;

namespace {

/// Answers with what it was asked, at once or a turn later.
struct Echo final : http::Server::Handler {
    explicit Echo(net::EventLoop& on) : loop(on) {}
    void on_request(http::ExchangeId exchange, const http::ServerRequest& request) override {
        std::string body = request.method + ' ' + request.path;
        for (const auto& [key, value] : request.query)
            body += ' ' + key + '=' + value;
        body += ' ' + request.body;
        if (request.path == "/never") return;
        if (request.path == "/later")
            loop.schedule(1ms, [this, exchange, body] { server->respond(exchange, {.body = body}); });
        else
            server->respond(exchange, {.status = request.path == "/lost" ? 404 : 200, .body = body});
    }
    net::EventLoop& loop;
    std::unique_ptr<http::Server> server;
};

int connect_to(const sockaddr* address, socklen_t size) {
    const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(fd, address, size) == 0);
    return fd;
}

int connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

/// Sends the text, reads until the server closes.
std::string ask(int fd, const std::string& text) {
    static_cast<void>(!::write(fd, text.data(), text.size()));
    std::string answer;
    char chunk[4'096];
    for (ssize_t got = 0; (got = ::read(fd, chunk, sizeof chunk)) > 0;)
        answer.append(chunk, static_cast<std::size_t>(got));
    ::close(fd);
    return answer;
}

/// Runs the loop while a client thread does its part.
template <class Client>
void with_client(net::EventLoop& loop, Client client) {
    net::Mailbox mailbox(loop);
    std::thread thread([&] {
        client();
        mailbox.post([&loop] { loop.stop(); });
    });
    loop.run();
    thread.join();
}

} // namespace

TEST_SUITE_BEGIN("module/http_server");

TEST_CASE("requests are answered at once or later, over a UNIX socket with the mode asked for") {
    const test::TemporaryDirectory directory;
    net::EventLoop loop;
    Echo echo(loop);
    auto server = http::Server::on_unix_socket(loop, directory.file("s"), 0660, echo);
    REQUIRE(server);
    echo.server = *std::move(server);
    struct stat about {};
    REQUIRE(::stat(directory.file("s").c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0660);
    with_client(loop, [&] {
        const std::string now = ask(connect_to(directory.file("s")),
                                    "GET /a%20b?x=1%202&y= HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        CHECK(now.find("200 OK") != std::string::npos);
        CHECK(now.ends_with("GET /a b x=1 2 y= "));
        const std::string later =
            ask(connect_to(directory.file("s")), "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                                                 "Connection: close\r\n\r\nhi");
        CHECK(later.ends_with("POST /later hi"));
    });
    echo.server.reset();
    CHECK(::stat(directory.file("s").c_str(), &about) != 0);
}

TEST_CASE("a loopback address serves too, and tells the port it got") {
    net::EventLoop loop;
    Echo echo(loop);
    auto server = http::Server::on_address(loop, *net::SocketAddress::parse("127.0.0.1:0"), echo);
    REQUIRE(server);
    echo.server = *std::move(server);
    with_client(loop, [&] {
        const auto& at = echo.server->local();
        CHECK(ask(connect_to(at.sa(), at.size()), "GET /lost HTTP/1.0\r\n\r\n").find("404") !=
              std::string::npos);
        CHECK(ask(connect_to(at.sa(), at.size()), "BREW / HTTP/1.0\r\n\r\n").find("200") ==
              std::string::npos);
        const std::string huge = "GET / HTTP/1.0\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n";
        CHECK(ask(connect_to(at.sa(), at.size()), huge).find("200") == std::string::npos);
    });
}

TEST_CASE("what a client sends ahead of its answer is not served") {
    net::EventLoop loop;
    Echo echo(loop);
    echo.server = *http::Server::on_address(loop, *net::SocketAddress::parse("127.0.0.1:0"), echo);
    with_client(loop, [&] {
        const auto& at = echo.server->local();
        std::string many;
        for (int i = 0; i < 100; ++i)
            many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        const std::string answer = ask(connect_to(at.sa(), at.size()), many);
        CHECK(answer.find("GET /1 ") == std::string::npos);
    });
}

TEST_CASE("a client that leaves before its answer leaves nothing behind") {
    const test::TemporaryDirectory directory;
    net::EventLoop loop;
    Echo echo(loop);
    echo.server = *http::Server::on_unix_socket(loop, directory.file("s"), 0600, echo);
    with_client(loop, [&] {
        const int fd = connect_to(directory.file("s"));
        static_cast<void>(!::write(fd, "GET /never HTTP/1.0\r\n\r\n", 23));
        ::close(fd);
        CHECK(ask(connect_to(directory.file("s")), "GET /x HTTP/1.0\r\n\r\n").find("200") !=
              std::string::npos);
    });
    echo.server->respond(1, {.body = "too late"}); // does nothing
}

TEST_CASE("a stale socket is replaced; one in use, or another kind of file, is not") {
    const test::TemporaryDirectory directory;
    net::EventLoop loop;
    Echo echo(loop);
    const std::string path = directory.file("s");
    { // a socket that nobody listens on
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ::close(fd);
    }
    auto first = http::Server::on_unix_socket(loop, path, 0600, echo);
    REQUIRE(first);
    const auto second = http::Server::on_unix_socket(loop, path, 0600, echo);
    REQUIRE_FALSE(second);
    CHECK(second.error().message == "another process listens on " + path);

    std::ofstream(directory.file("file")) << "x";
    CHECK_FALSE(http::Server::on_unix_socket(loop, directory.file("file"), 0600, echo));
    const auto nowhere = http::Server::on_unix_socket(loop, directory.file("no/s"), 0600, echo);
    CHECK(nowhere.error().message ==
          "cannot make the socket " + directory.file("no/s") + ": No such file or directory");
}

TEST_SUITE_END();
