// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_DISABLE // the fakes check with it; here nobody reports

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/text.h"
#include "fakes/fake_timers.h"
#include "fakes/fake_transport.h"
#include "sip/transactions.h"

using namespace wakeline;
using namespace wakeline::sip;

namespace {

constexpr std::string_view kSeparator = "\n%%\n";
constexpr std::size_t kMaxSteps = 200;
constexpr std::size_t kMaxSent = 20'000; // in one step: minutes of retransmissions at most

/// Both sides of the transactions, moved by a script of steps: a letter, a digit that says which flow or
/// transaction, and the rest.
///   m0<message>  arrives on flow 0      r1 486  the user answers request 1
///   s2 INVITE    the user sends         a0 180  the peer answers request 0 of ours
///   c0           the user cancels       f0      the user forgets
///   d1           flow 1 closes          x1      every queue is full, or not (x0)
///   t9           time passes
class Play final : RequestHandler, ResponseHandler {
public:
    Play() {
        transport_.attach(transactions_);
        for (std::size_t i = 0; i < flows_.size(); ++i)
            open(i);
    }

    void step(std::string_view text) {
        if (text.size() < 2) return;
        const std::size_t which = static_cast<unsigned char>(text[1] - '0');
        const std::string_view rest = text.substr(2);
        switch (text[0]) {
        case 'm': arrive(which, rest); break;
        case 'r': respond(which, number(rest)); break;
        case 's': send(which, trim(rest)); break;
        case 'a': answer(which, number(rest)); break;
        case 'c': transactions_.cancel(pick(ours_, which), rest); break;
        case 'f': transactions_.forget(pick(ours_, which)); break;
        case 'd':
            transport_.disconnect(flows_[which % flows_.size()]);
            open(which % flows_.size());
            break;
        case 'x': transport_.full = which % 2 == 1; break;
        case 't': timers_.advance(std::chrono::milliseconds(which * which * which * 100)); break;
        default: break;
        }
        collect();
    }

    /// Everything is answered or cancelled; then time alone must end it all.
    void end() {
        transport_.full = false;
        for (std::size_t i = 0; i < theirs_.size(); ++i)
            respond(i, 500);
        for (const ClientTx tx : ours_)
            transactions_.cancel(tx, {});
        timers_.advance(std::chrono::minutes(3));
        // Rings on: nobody answered it, and its CANCEL waits for a response that never comes.
        for (const ClientTx tx : ours_)
            transactions_.cancel(tx, {});
        timers_.advance(std::chrono::minutes(3));
        const auto counts = transactions_.counts();
        WAKELINE_ASSERT(counts.invite_server + counts.other_server == 0);
        WAKELINE_ASSERT(counts.invite_client + counts.other_client == 0);
        WAKELINE_ASSERT(timers_.pending() == 0);
    }

private:
    struct Theirs {
        ServerTx tx;
        std::string text; // to answer it with
    };

    void on_request(ServerTx tx, FlowId flow, const Message& request) override {
        WAKELINE_ASSERT(transport_.info(flow) != nullptr);
        WAKELINE_ASSERT(request.method() != "ACK" && request.method() != "CANCEL");
        for (const Theirs& known : theirs_)
            WAKELINE_ASSERT(known.tx != tx);
        theirs_.push_back({tx, arriving_});
    }
    void on_cancel(ServerTx invite, const Message&) override { WAKELINE_ASSERT(invite != 0); }
    void on_ack(FlowId, const Message& ack) override { WAKELINE_ASSERT(ack.method() == "ACK"); }
    void on_answer_lost(ServerTx tx, TxFailure) override { WAKELINE_ASSERT(tx != 0); }
    void on_flow_closed(FlowId, std::string_view) override {}
    void on_response(ClientTx tx, const Message& response) override {
        WAKELINE_ASSERT(tx != 0 && response.is_response());
    }
    void on_failure(ClientTx tx, TxFailure) override { WAKELINE_ASSERT(tx != 0); }

    void open(std::size_t i) {
        constexpr std::array kinds{TransportKind::Udp, TransportKind::Tcp, TransportKind::Tls};
        const std::string remote = "198.51.100." + std::to_string(++opened_ % 250) + ":5062";
        flows_[i] = transport_.add(kinds[i % kinds.size()], i % 2 == 0 ? Side::Trunk : Side::Access, remote);
    }

    void arrive(std::size_t which, std::string_view text) {
        arriving_ = test::wire(text);
        const auto parsed = Message::parse(arriving_);
        if (const auto* message = std::get_if<Message>(&parsed))
            transactions_.on_message(flows_[which % flows_.size()], *message);
    }

    void respond(std::size_t which, int status) {
        if (theirs_.empty()) return;
        const Theirs& request = theirs_[which % theirs_.size()];
        const auto parsed = Message::parse(request.text);
        transactions_.respond(request.tx, Builder::response(std::get<Message>(parsed), status, "ours"));
    }

    void send(std::size_t which, std::string_view method) {
        Builder request = Builder::request(method, "sip:2000@198.51.100.7");
        request.add("From", "<sip:1000@example.com>;tag=ours").add("To", "<sip:2000@example.com>");
        request.add("Call-ID", "fuzz").add("CSeq", "7 " + std::string(method));
        ours_.push_back(transactions_.send(flows_[which % flows_.size()], std::move(request), *this));
    }

    void answer(std::size_t which, int status) {
        if (requests_.empty()) return;
        const auto parsed = Message::parse(requests_[which % requests_.size()].text);
        const auto* request = std::get_if<Message>(&parsed);
        if (!request) return; // a method that the script made up
        arrive(which, test::sip_response(*request, {.status = status, .reason = "X"}));
    }

    void collect() {
        WAKELINE_ASSERT(transport_.sent.size() < kMaxSent);
        for (auto& sent : transport_.sent)
            if (!sent.text.starts_with("SIP/2.0") && requests_.size() < 100) requests_.push_back(sent);
        transport_.sent.clear();
    }

    static int number(std::string_view text) {
        const auto value = parse_unsigned<unsigned>(trim(text));
        return static_cast<int>(100 + (value.value_or(200) + 500) % 600);
    }
    static ClientTx pick(const std::vector<ClientTx>& from, std::size_t which) {
        return from.empty() ? 0 : from[which % from.size()];
    }

    test::FakeTimers timers_;
    test::FakeTransport transport_;
    Transactions transactions_{
        timers_, transport_, *this, {.server = "fuzz", .max_server = 20, .max_client = 20}};
    std::array<FlowId, 3> flows_{};
    unsigned opened_ = 0;
    std::string arriving_;
    std::vector<Theirs> theirs_;
    std::vector<ClientTx> ours_;
    std::vector<test::FakeTransport::Sent> requests_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view script = as_text({data, size});
    Play play;
    for (std::size_t steps = 0; !script.empty() && steps < kMaxSteps; ++steps) {
        const auto end = script.find(kSeparator);
        play.step(script.substr(0, end));
        script.remove_prefix(end == std::string_view::npos ? script.size() : end + kSeparator.size());
    }
    play.end();
    return 0;
}
