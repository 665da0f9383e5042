// SPDX-License-Identifier: Apache-2.0
#include "module/push_service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace wakeline::test {

namespace {

/// Made once for all tests of the process: an RSA key takes a while.
struct Credentials {
    std::string folder;
    Credentials() {
        std::string name = std::filesystem::temp_directory_path() / "wakeline-push-XXXXXX";
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        folder = name;
    }
    ~Credentials() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
};

std::string read_line(int fd) {
    std::string line;
    for (char c = 0; ::read(fd, &c, 1) == 1;) {
        if (c == '\n') return line;
        line += c;
    }
    throw std::runtime_error("the fake push service is gone: " + line);
}

struct Pipe {
    int read = -1, write = -1;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        read = ends[0];
        write = ends[1];
    }
};

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("no control port");
    return fd;
}

} // namespace

PushService::PushService(std::vector<std::string> options) {
    static const Credentials credentials;
    folder_ = credentials.folder;
    static int number = 0;
    output_ = folder_ + "/events-" + std::to_string(++number);
    std::vector<std::string> words = {
        "/usr/bin/python3", "tests/peers/push_service.py", "--credentials", folder_, "--output", output_,
        "--exit-with-stdin"};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const Pipe in, out;
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) {
        ::dup2(in.read, 0);
        ::dup2(out.write, 1);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(in.read);
    ::close(out.write);
    stdin_ = in.write;
    const auto ready = nlohmann::json::parse(read_line(out.read));
    ::close(out.read);
    port_ = ready.at("port").get<std::uint16_t>();
    proxy_port_ = ready.at("proxy_port").get<std::uint16_t>();
    control_ = connect_to(ready.at("control_port").get<std::uint16_t>());
}

PushService::~PushService() {
    ::close(stdin_);
    ::close(control_);
    ::kill(pid_, SIGKILL); // it may have been told to be slow
    ::waitpid(pid_, nullptr, 0);
}

void PushService::stop() { ::kill(pid_, SIGSTOP); }
void PushService::go_on() { ::kill(pid_, SIGCONT); }

nlohmann::json PushService::order(const nlohmann::json& order) {
    const std::string line = order.dump() + "\n";
    if (::write(control_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("the control port is closed");
    auto answer = nlohmann::json::parse(read_line(control_));
    if (!answer.at("ok").get<bool>()) throw std::runtime_error("not understood: " + line);
    return answer;
}

std::vector<nlohmann::json> PushService::events(const std::string& kind) const {
    std::vector<nlohmann::json> found;
    std::ifstream file(output_);
    for (std::string line; std::getline(file, line);) {
        auto event = nlohmann::json::parse(line);
        if (event.at("event") == kind) found.push_back(std::move(event));
    }
    return found;
}

push::AppConfig PushService::apns() const {
    push::AppConfig app;
    app.provider = push::Provider::Apns;
    app.key = file("AuthKey.p8");
    app.key_id = "ABC123DEFG";
    app.team_id = "TEAM123456";
    app.bundle_id = "com.example.phone";
    app.endpoint = origin();
    app.ca = file("ca.pem");
    return app;
}

push::AppConfig PushService::apns_with_certificate() const {
    push::AppConfig app;
    app.provider = push::Provider::Apns;
    app.certificate = file("voip.p12");
    app.passphrase_file = file("voip.pass");
    app.bundle_id = "com.example.phone";
    app.endpoint = origin();
    app.ca = file("ca.pem");
    return app;
}

push::AppConfig PushService::webhook() const {
    push::AppConfig app;
    app.provider = push::Provider::Webhook;
    app.pn_provider = "acme";
    app.url = origin() + "/wake";
    app.secret_file = file("webhook.secret");
    app.ca = file("ca.pem");
    return app;
}

push::AppConfig PushService::fcm() const {
    push::AppConfig app;
    app.provider = push::Provider::Fcm;
    app.service_account = file("fcm.json");
    app.endpoint = origin();
    app.ca = file("ca.pem");
    return app;
}

} // namespace wakeline::test
