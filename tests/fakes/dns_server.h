// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fakes/stream_recorder.h"
#include "net/stream_listener.h"
#include "net/udp_socket.h"

namespace wakeline::test {

/// A DNS server on a free port of 127.0.0.1, UDP and TCP, that knows the records it was given (RFC 1035).
class DnsServer {
public:
    enum Type : std::uint16_t { A = 1, Aaaa = 28, Srv = 33, Naptr = 35 };

    explicit DnsServer(net::EventLoop& loop) {
        // The port must be free for UDP and for TCP: another program may have the second.
        for (int tries = 0; tries < 50 && !listener_; ++tries)
            open(loop);
        REQUIRE(listener_);
    }

    std::string address() const { return udp_->local().str(); }

    void a(const std::string& name, std::uint32_t ip) { add(name, A, u16(ip >> 16) + u16(ip)); }
    void aaaa(const std::string& name, const std::string& sixteen) { add(name, Aaaa, sixteen); }
    void srv(const std::string& name, std::vector<unsigned> numbers, const std::string& target) {
        add(name, Srv, u16(numbers[0]) + u16(numbers[1]) + u16(numbers[2]) + encoded(target));
    }
    void naptr(const std::string& name, std::vector<unsigned> numbers, const std::string& flags,
               const std::string& service, const std::string& replacement) {
        add(name, Naptr,
            u16(numbers[0]) + u16(numbers[1]) + counted(flags) + counted(service) + counted("") +
                encoded(replacement));
    }

    int queries = 0, tcp_queries = 0;
    bool silent = false;   // answers nothing by UDP
    bool truncate = false; // tells UDP askers to come by TCP

private:
    void open(net::EventLoop& loop) {
        auto opened = net::UdpSocket::open(loop, *net::SocketAddress::parse("127.0.0.1:0"), {},
                                           [this](const net::SocketAddress& from, std::string_view query) {
                                               ++queries;
                                               if (!silent) udp_->send(from, answer(query, true));
                                           });
        REQUIRE(opened);
        udp_ = *std::move(opened);
        auto listening = net::StreamListener::open(
            loop, udp_->local(), nullptr, {},
            [this](std::unique_ptr<net::Stream> stream) {
                tcp_.push_back(std::make_unique<TcpClient>(*this, std::move(stream)));
            },
            [](const net::SocketAddress&, const net::PeerCertificate&, std::string_view) {});
        if (listening) listener_ = *std::move(listening);
    }

    struct TcpClient final : net::Stream::User {
        TcpClient(DnsServer& s, std::unique_ptr<net::Stream> c) : server(s), stream(std::move(c)) {
            stream->start(*this);
        }
        void on_connected() override {}
        void on_data(std::string_view bytes) override {
            data += bytes;
            if (data.size() < 2 || data.size() < 2 + number(data, 0)) return;
            ++server.tcp_queries;
            const std::string reply = server.answer(std::string_view(data).substr(2), false);
            stream->write(u16(reply.size()) + reply);
            data.clear();
        }
        void on_closed(std::string_view) override { stream.reset(); }
        DnsServer& server;
        std::unique_ptr<net::Stream> stream;
        std::string data;
    };

    static std::string u16(std::uint64_t n) {
        return {static_cast<char>(n >> 8 & 255), static_cast<char>(n & 255)};
    }
    static std::size_t number(std::string_view from, std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(from[at]) << 8 |
                                        static_cast<unsigned char>(from[at + 1]));
    }
    static std::string counted(std::string_view text) {
        return static_cast<char>(text.size()) + std::string(text);
    }
    static std::string encoded(std::string_view name) {
        std::string out;
        while (!name.empty()) {
            out += counted(name.substr(0, name.find('.')));
            name = name.find('.') == name.npos ? std::string_view{} : name.substr(name.find('.') + 1);
        }
        return out + '\0';
    }

    void add(const std::string& name, Type type, const std::string& data) {
        records_[{encoded(name), type}].push_back(data);
        names_[encoded(name)] = true;
    }

    std::string answer(std::string_view query, bool udp) const {
        const std::size_t end = query.find('\0', 12) + 1; // of the question's name
        const std::string name(query.substr(12, end - 12));
        const auto found = records_.find({name, static_cast<Type>(number(query, end))});
        const bool cut = udp && truncate;
        const std::size_t count = found == records_.end() || cut ? 0 : found->second.size();
        const unsigned flags = 0x8180 | (cut ? 0x0200 : 0) | (names_.contains(name) ? 0 : 3);
        std::string reply =
            std::string(query.substr(0, 2)) + u16(flags) + u16(1) + u16(count) + u16(0) + u16(0);
        reply += query.substr(12, end + 4 - 12);
        for (std::size_t i = 0; i < count; ++i) {
            const std::string& data = found->second[i];
            reply += name + std::string(query.substr(end, 4)) + u16(0) + u16(60) + u16(data.size()) + data;
        }
        return reply;
    }

    std::map<std::pair<std::string, Type>, std::vector<std::string>> records_;
    std::map<std::string, bool> names_;
    std::vector<std::unique_ptr<TcpClient>> tcp_;
    std::unique_ptr<net::UdpSocket> udp_;
    std::unique_ptr<net::StreamListener> listener_;
};

} // namespace wakeline::test
