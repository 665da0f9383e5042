// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/rtpengine_relay.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "base/assert.h"
#include "bench/relay/sdp_text.h"
#include "net/socket.h"

namespace wakeline::bench {

using media::CryptoLine;
using media::SrtpKey;

namespace {

constexpr const char* kProgram = "/usr/bin/rtpengine";

/// A string, as the control protocol writes it (bencoding).
std::string coded(std::string_view text) { return std::to_string(text.size()) + ":" + std::string(text); }
std::string entry(std::string_view key, std::string_view value) { return coded(key) + coded(value); }
std::string list(std::string_view key, std::string_view value) {
    return coded(key) + "l" + coded(value) + "e";
}

/// The value of a key of the answer's dictionary.
Result<std::string> value_of(const std::string& answer, const std::string& key) {
    const auto at = answer.find(coded(key));
    const Error wrong{ErrorCode::InvalidInput, "rtpengine answered " + answer.substr(0, 300)};
    if (at == std::string::npos) return wrong;
    const char* begin = answer.data() + at + coded(key).size();
    std::size_t size = 0;
    const auto [end, failure] = std::from_chars(begin, answer.data() + answer.size(), size);
    if (failure != std::errc{} || *end != ':') return wrong;
    return std::string(end + 1, size);
}

net::SocketAddress free_address() {
    const auto any = *net::SocketAddress::parse("127.0.0.1", 0);
    const auto fd = *net::new_socket(any, SOCK_DGRAM);
    WAKELINE_ASSERT(net::bind_socket(fd, any).has_value());
    return net::local_address(fd);
}

[[noreturn]] void become_rtpengine(const std::string& control) {
    const rlimit files{65'536, 65'536}; // four sockets a call
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files));
    const auto listen = "--listen-ng=" + control;
    ::execl(kProgram, kProgram, "--foreground", "--log-stderr", "--log-level=1", "--table=-1",
            "--interface=127.0.0.1", listen.c_str(), "--port-min=10000", "--port-max=60000",
            "--num-threads=1", "--timeout=3600", "--silent-timeout=3600", "--delete-delay=0",
            "--pidfile=/dev/null", static_cast<char*>(nullptr));
    ::_exit(127);
}

} // namespace

std::string RtpengineRelay::program() { return ::access(kProgram, X_OK) == 0 ? kProgram : ""; }

RtpengineRelay::RtpengineRelay() : address_(free_address()) {
    start([&] { become_rtpengine(address_.str()); });
    control_ = *net::new_socket(address_, SOCK_DGRAM);
    WAKELINE_ASSERT(::connect(control_.get(), address_.sa(), address_.size()) == 0);
}

Result<std::string> RtpengineRelay::ask(const std::string& command) {
    const auto cookie = std::to_string(++cookie_) + " ";
    const auto request = cookie + command;
    if (::send(control_.get(), request.data(), request.size(), 0) < 0)
        return Error{ErrorCode::Io, "rtpengine does not listen"};
    pollfd ready{.fd = control_.get(), .events = POLLIN, .revents = 0};
    std::array<char, 8'192> answer;
    while (::poll(&ready, 1, 2'000) > 0) {
        const auto got = ::recv(control_.get(), answer.data(), answer.size(), 0);
        if (got < 0) return Error{ErrorCode::Io, "rtpengine does not listen"};
        const std::string_view text(answer.data(), static_cast<std::size_t>(got));
        if (text.starts_with(cookie)) return std::string(text.substr(cookie.size()));
    }
    return Error{ErrorCode::Timeout, "rtpengine does not answer"};
}

Status RtpengineRelay::wait_until_ready() {
    for (int attempt = 0; attempt < 200; ++attempt) {
        if (const auto pong = ask("d" + entry("command", "ping") + "e"); pong) return Done{};
        ::usleep(50'000);
    }
    return Error{ErrorCode::Timeout, "rtpengine does not start"};
}

Result<std::string> RtpengineRelay::negotiate(const std::string& command, unsigned call,
                                              const std::string& sdp, const char* protocol) {
    // Keys of a dictionary are sorted.
    auto request = "d" + entry("ICE", "remove") + entry("call-id", "bench-" + std::to_string(call)) +
                   entry("command", command) + list("flags", "trust-address") + entry("from-tag", "phone") +
                   list("replace", "origin") + entry("sdp", sdp);
    if (command == "answer") request += entry("to-tag", "pbx");
    request += entry("transport-protocol", protocol) + "e";
    const auto answer = ask(request);
    return answer ? value_of(*answer, "sdp") : answer;
}

/// A call from the phone, which the PBX answers.
Result<std::vector<Route>> RtpengineRelay::open(const Work& work) {
    if (auto ready = wait_until_ready(); !ready) return ready.error();
    std::vector<Route> routes;
    for (unsigned call = 0; call < work.calls; ++call) {
        Route route;
        std::optional<CryptoLine> offered;
        if (work.suite) {
            route.phone_key = SrtpKey::random(*work.suite, true);
            offered = CryptoLine::of(1, *route.phone_key);
        }
        const auto phone = audio_sdp(party(call, work.phone_port), offered ? &*offered : nullptr);
        const auto pbx = audio_sdp(party(call, work.pbx_port), nullptr);
        const auto to_pbx = negotiate("offer", first_call_ + call, phone, "RTP/AVP");
        if (!to_pbx) return to_pbx.error();
        const auto to_phone =
            negotiate("answer", first_call_ + call, pbx, work.suite ? "RTP/SAVP" : "RTP/AVP");
        if (!to_phone) return to_phone.error();
        const auto for_pbx = read_audio(*to_pbx), for_phone = read_audio(*to_phone);
        if (!for_pbx) return for_pbx.error();
        if (!for_phone) return for_phone.error();
        route.pbx_sends_to = for_pbx->address;
        route.phone_sends_to = for_phone->address;
        if (for_phone->crypto) route.relay_key = for_phone->crypto->key;
        routes.push_back(std::move(route));
    }
    calls_ = work.calls;
    return routes;
}

Status RtpengineRelay::close() {
    for (; calls_ > 0; --calls_)
        if (auto gone = ask("d" + entry("call-id", "bench-" + std::to_string(first_call_++)) +
                            entry("command", "delete") + entry("from-tag", "phone") + "e");
            !gone)
            return gone.error();
    return Done{};
}

} // namespace wakeline::bench
