// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "call/calls.h"
#include "fakes/fake_locator.h"
#include "fakes/fake_media.h"
#include "fakes/fake_timers.h"
#include "fakes/fake_transport.h"
#include "fakes/fake_waker.h"
#include "fakes/flow_hop.h"

namespace wakeline::test {

/// Names that count: "name1", "name2" ...
struct CountedNames final : call::Names {
    std::string token() override { return "name" + std::to_string(++last); }
    std::string uuid() override { return "uuid" + std::to_string(++last); }
    std::string derived(std::string_view text) override {
        return "derived" + std::to_string(std::hash<std::string_view>{}(text) % 1'000'000);
    }
    int last = 0;
};

struct KeptRecords final : call::RecordStore {
    void put(call::CallRecord record) override { records.push_back(std::move(record)); }
    void find(std::string_view, std::function<void(Result<call::CallRecord>)>) override {}
    void last_to(std::string_view, std::function<void(Result<call::CallRecord>)>) override {}
    void latest(std::size_t, std::function<void(Result<std::vector<call::CallRecord>>)>) override {}
    std::vector<call::CallRecord> records;
};

struct KeptUsage final : call::UsageStore {
    void put(std::vector<call::Usage> slots) override {
        for (auto& slot : slots)
            kept.push_back(std::move(slot));
    }
    void forget_before(net::WallTime) override {}
    void find(net::WallTime, net::WallTime,
              std::function<void(Result<std::vector<call::Usage>>)> callback) override {
        callback(kept);
    }
    std::vector<call::Usage> kept;
};

/// A registrar that lets everybody in.
struct OpenDoor final : call::PhoneAccess {
    void on_register(sip::ServerTx, sip::FlowId, const sip::Message&) override { ++registers; }
    void on_flow_closed(sip::FlowId) override { ++closed; }
    std::optional<sip::Builder> check(sip::FlowId, const sip::Message& request) override {
        if (challenge) return sip::Builder::response(request, 407, "door");
        return std::nullopt;
    }
    int registers = 0, closed = 0;
    bool challenge = false;
};

using Sent = FakeTransport::Sent;

/// The call module on real transactions, between a PBX at 10.0.0.5 and phones; everything else is a fake.
struct CallRig {
    static constexpr auto kAlice = "sip:alice@example.com";

    FakeTimers timers;
    FakeTransport transport;
    FakeLocator locator;
    FakeWaker waker;
    FakeMedia media;
    CountedNames names;
    KeptRecords records;
    OpenDoor door;
    NullSink sink;
    Log log{sink, LogLevel::Off};
    Metrics metrics;
    struct Late final : sip::RequestHandler { // the transactions come before the calls
        call::Calls* calls = nullptr;
        void on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override {
            calls->on_request(tx, flow, request);
        }
        void on_cancel(sip::ServerTx invite, const sip::Message& cancel) override {
            calls->on_cancel(invite, cancel);
        }
        void on_ack(sip::FlowId flow, const sip::Message& ack) override { calls->on_ack(flow, ack); }
        void on_answer_lost(sip::ServerTx tx, sip::TxFailure why) override { calls->on_answer_lost(tx, why); }
        void on_flow_closed(sip::FlowId flow, std::string_view why) override {
            calls->on_flow_closed(flow, why);
        }
    } late;
    sip::Transactions transactions{timers, transport, late, {}};
    FlowHop hop{transactions, "sip:10.0.0.5:5060;transport=udp"};
    FlowHop second_hop{transactions, "sip:10.0.0.6:5060;transport=udp",
                       "second"}; // of nobody, unless `peers` has it
    FakePeers peers{hop};
    KeptUsage usage;
    call::Capacity capacity;
    call::Calls calls;
    sip::FlowId pbx;

    explicit CallRig(call::CallConfig config = {.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}})
        : capacity({timers, usage, log, metrics}, config.limits, {}),
          calls({timers, transport, transactions, locator, waker, media, peers, records, capacity, log,
                 metrics, names},
                std::move(config), door),
          pbx(transport.add(flow_info(sip::TransportKind::Udp, sip::Side::Trunk, "10.0.0.5:5060"))) {
        late.calls = &calls;
        transport.attach(transactions);
        locator.listener = &calls;
        locator.users.insert(kAlice);
        peers.address = *net::SocketAddress::parse("10.0.0.5:5060");
        hop.flow = pbx;
    }

    static sip::FlowInfo flow_info(sip::TransportKind kind, sip::Side side, std::string_view remote) {
        sip::FlowInfo info;
        info.kind = kind;
        info.side = side;
        info.local =
            *net::SocketAddress::parse(side == sip::Side::Trunk ? "10.0.0.4:5080" : "192.0.2.1:5061");
        info.remote = *net::SocketAddress::parse(remote);
        info.sent_by = side == sip::Side::Trunk ? "10.0.0.4:5080" : "sbc.example.com:5061";
        return info;
    }

    // Phones.

    sip::FlowId connect(std::string_view remote) {
        return transport.add(flow_info(sip::TransportKind::Tls, sip::Side::Access, remote));
    }
    registrar::Binding sleeping(registrar::BindingId id, std::string aor = kAlice) {
        registrar::Binding binding = FakeLocator::sleeping(id, std::move(aor));
        binding.user_agent = "Phone/1";
        locator.users.insert(binding.aor);
        locator.bindings.push_back(binding);
        return binding;
    }
    /// The device registers on a connection of its own.
    sip::FlowId wake(registrar::Binding binding, std::string_view remote = "198.51.100.7:40001") {
        binding.flow = connect(remote);
        locator.registered(binding);
        return binding.flow;
    }
    sip::FlowId awake(registrar::BindingId id, std::string_view remote = "198.51.100.7:40001",
                      std::string aor = kAlice) {
        return wake(sleeping(id, std::move(aor)), remote);
    }

    // What is sent.

    /// The first message sent on that flow that nobody looked at; the test fails when there is none.
    Sent take(sip::FlowId flow) {
        const auto at = std::ranges::find(transport.sent, flow, &Sent::flow);
        if (at == transport.sent.end()) {
            FAIL("nothing was sent on flow " << flow);
            return {};
        }
        Sent found = std::move(*at);
        transport.sent.erase(at);
        return found;
    }
    /// As `take`, when it begins so.
    Sent take(sip::FlowId flow, [[maybe_unused]] std::string_view start) {
        Sent found = take(flow);
        CHECK_MESSAGE(found.text.starts_with(start), found.first_line() << " instead of " << start);
        return found;
    }
    /// The first words of all that was sent on that flow, taken: "100 180 200", "INVITE CANCEL".
    std::string take_words(sip::FlowId flow) {
        std::string words;
        while (silent(flow) == false) {
            const std::string line = take(flow).first_line();
            const std::size_t space = line.find(' ');
            const std::string word =
                line.starts_with("SIP/2.0 ") ? line.substr(space + 1, 3) : line.substr(0, space);
            words += (words.empty() ? "" : " ") + word;
        }
        return words;
    }
    bool silent(sip::FlowId flow) const {
        return std::ranges::find(transport.sent, flow, &Sent::flow) == transport.sent.end();
    }

    // What the other ends say.

    static constexpr auto kSdp = "\nContent-Type: application/sdp\n\nv=0\no=- 1 1 IN IP4 10.0.0.5\ns=-\n"
                                 "c=IN IP4 10.0.0.5\nt=0 0\nm=audio 4000 RTP/AVP 8\n";

    /// The answer to a request of ours. `more`: header lines, and after an empty line the body.
    void answer(const Sent& request, int status, const std::string& tag = "far",
                const std::string& more = {}) {
        std::string to = request.header("To");
        if (to.find(";tag=") == to.npos && !tag.empty()) to += ";tag=" + tag;
        transport.receive(request.flow, "SIP/2.0 " + std::to_string(status) + " " +
                                            std::string(sip::default_reason(status)) + "\nVia: " +
                                            request.header("Via") + "\nFrom: " + request.header("From") +
                                            "\nTo: " + to + "\nCall-ID: " + request.header("Call-ID") +
                                            "\nCSeq: " + request.header("CSeq") + "\n" + more);
    }
    /// A 2xx or 1xx that makes a dialog, with SDP.
    void answer_with_sdp(const Sent& request, int status, const std::string& tag = "far") {
        answer(request, status, tag,
               std::string("Contact: <sip:phone@198.51.100.7:40001;transport=tls>") + kSdp);
    }
    /// A request inside the dialog that `invite` of ours began, as its receiver sends it.
    void send_back(const Sent& invite, std::string_view method, int cseq, const std::string& tag = "far",
                   const std::string& more = {}) {
        const std::string contact = invite.header("Contact");
        transport.receive(invite.flow,
                          std::string(method) + " " + contact.substr(1, contact.find('>') - 1) +
                              " SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7:40001;branch=z9hG4bKb" +
                              std::to_string(++branches) +
                              "\nMax-Forwards: 70\nFrom: " + invite.header("To") + ";tag=" + tag +
                              "\nTo: " + invite.header("From") + "\nCall-ID: " + invite.header("Call-ID") +
                              "\nCSeq: " + std::to_string(cseq) + " " + std::string(method) + "\n" + more);
    }
    int branches = 0;

    /// The PBX calls.
    struct Dialled {
        std::string uri = "sip:alice@10.0.0.4:5080";
        std::string from = "\"Bob\" <sip:1001@10.0.0.5>";
        std::string call_id = "pbx-call";
        std::string more = {};
        bool sdp = true;
    };
    void dial(const Dialled& call) {
        last = call;
        transport.receive(
            pbx, "INVITE " + call.uri + " SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK" +
                     call.call_id + "\nMax-Forwards: 70\nFrom: " + call.from + ";tag=pbx\nTo: <" + call.uri +
                     ">\nCall-ID: " + call.call_id + "\nCSeq: 1 INVITE\nContact: <sip:1001@10.0.0.5:5060>\n" +
                     call.more + (call.sdp ? kSdp + 1 : ""));
    }
    void dial() { dial(Dialled{}); }
    /// A request of the caller in the dialog that `response` of ours made, or a CANCEL or ACK.
    void caller_sends(const Sent& response, std::string_view method, int cseq, const std::string& more = {}) {
        const bool cancel = method == "CANCEL";
        const std::string branch = cancel ? last.call_id : "in" + std::to_string(++branches);
        transport.receive(response.flow,
                          std::string(method) + " " + last.uri +
                              " SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK" + branch +
                              "\nMax-Forwards: 70\nFrom: " + response.header("From") +
                              "\nTo: " + (cancel ? "<" + last.uri + ">" : response.header("To")) +
                              "\nCall-ID: " + response.header("Call-ID") + "\nCSeq: " + std::to_string(cseq) +
                              " " + std::string(method) + "\n" + more);
    }
    Dialled last;

    // What is kept.

    const call::CallRecord& record() const {
        REQUIRE_FALSE(records.records.empty());
        return records.records.back();
    }
    /// "invite push_sent registered ..."
    static std::string steps(const call::CallRecord& record) {
        std::string steps;
        for (const auto& event : record.timeline)
            steps += (steps.empty() ? "" : " ") + event.what;
        return steps;
    }
};

} // namespace wakeline::test
