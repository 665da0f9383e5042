// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <variant>

#include "fakes/sip_text.h"
#include "net/event_loop.h"
#include "sip/transactions.h"

// CPU time of the transactions of one call that a B2BUA passes on over UDP, and memory of one answered
// REGISTER. Reading and writing the messages is in it, sockets are not. One JSON object a line.

using namespace wakeline;
using namespace wakeline::sip;
using namespace wakeline::test;

namespace {

constexpr int kCalls = 20'000;

double cpu_us() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Keeps the last message of either kind.
struct Wire final : Transport {
    bool send(FlowId, std::string message) override {
        (message.starts_with("SIP/2.0") ? response : request) = std::move(message);
        return true;
    }
    FlowId open(const FlowTarget&, Side) override { return 1; }
    void close(FlowId) override {}
    const FlowInfo* info(FlowId) const override { return &flow; }

    std::string request, response;
    FlowInfo flow;
};

struct User final : RequestHandler, ResponseHandler {
    void on_request(ServerTx tx, FlowId, const Message&) override { last = tx; }
    void on_cancel(ServerTx, const Message&) override {}
    void on_ack(FlowId, const Message&) override {}
    void on_answer_lost(ServerTx, TxFailure) override {}
    void on_flow_closed(FlowId, std::string_view) override {}
    void on_response(ClientTx, const Message& response) override { status = response.status(); }
    void on_failure(ClientTx, TxFailure) override { std::abort(); }

    ServerTx last = 0;
    int status = 0;
};

struct Bench {
    Bench() {
        wire.flow.local = *net::SocketAddress::parse("192.0.2.1:5060");
        wire.flow.remote = *net::SocketAddress::parse("198.51.100.7:5062");
        wire.flow.sent_by = wire.flow.local.str();
    }

    /// A request arrives, is sent on, answered there, and the answers come back.
    void pass_on(std::string_view method, const std::string& arriving, std::initializer_list<int> answers) {
        const Message request = parsed(arriving);
        transactions.on_message(1, request);
        Builder ours = Builder::request(method, "sip:2000@198.51.100.7:5062");
        for (const char* name : {"From", "To", "Contact"})
            ours.copy(request, name);
        ours.add("Call-ID", "ours").add("CSeq", "1 " + std::string(method));
        ours.body(request.content_type(), request.body());
        transactions.send(1, std::move(ours), user);
        const Message sent = parsed(wire.request);
        for (const int status : answers) {
            transactions.on_message(
                1, parsed(sip_response(sent, {.status = status, .contact = "<sip:b@192.0.2.9>"})));
            if (user.status != status) std::abort();
            transactions.respond(user.last,
                                 Builder::response(request, status, "ours").copy(request, "Contact"));
        }
    }

    void call(int number) {
        const std::string id = "call-" + std::to_string(number) + "@198.51.100.7";
        const std::string via =
            "SIP/2.0/UDP 198.51.100.7:5062;rport;branch=z9hG4bK-" + std::to_string(number);
        const std::string sdp(300, 'v');
        const auto request = [&](std::string_view method, const std::string& branch, std::string_view body) {
            return sip_request({.method = method, .call_id = id, .via = branch, .body = body});
        };
        pass_on("INVITE", request("INVITE", via, sdp), {100, 180, 200});
        transactions.on_message(1, parsed(request("ACK", via + "a", {})));
        transactions.send_ack(1, Builder::request("ACK", "sip:x").add("CSeq", "1 ACK"));
        pass_on("BYE", request("BYE", via + "b", {}), {200});
    }

    net::EventLoop loop;
    Wire wire;
    User user;
    Transactions transactions{loop, wire, user, {.max_server = 1'000'000, .max_client = 1'000'000}};
};

void calls() {
    double best = 0;
    for (int run = 0; run < 3; ++run) {
        Bench bench;
        const double started = cpu_us();
        for (int i = 0; i < kCalls; ++i)
            bench.call(i);
        const double each = (cpu_us() - started) / kCalls;
        if (run == 0 || each < best) best = each;
    }
    std::printf("{\"name\": \"transactions_call_cpu\", \"value\": %.1f, \"unit\": \"us\", \"n\": %d}\n", best,
                kCalls);
}

void memory() {
    Bench bench;
    const auto before = mallinfo2().uordblks;
    for (int i = 0; i < kCalls; ++i) {
        const std::string via = "SIP/2.0/UDP 198.51.100.7:5062;rport;branch=z9hG4bK-" + std::to_string(i);
        const Message request = parsed(sip_request(
            {.method = "REGISTER", .uri = "sip:x", .call_id = "c" + std::to_string(i), .via = via}));
        bench.transactions.on_message(1, request);
        bench.transactions.respond(bench.user.last,
                                   Builder::response(request, 200, "ours").copy(request, "Contact"));
    }
    const double each = static_cast<double>(mallinfo2().uordblks - before) / kCalls;
    std::printf("{\"name\": \"transactions_held_memory\", \"value\": %.2f, \"unit\": \"KB\", \"n\": %d}\n",
                each / 1024, kCalls);
}

} // namespace

int main() {
    calls();
    memory();
}
