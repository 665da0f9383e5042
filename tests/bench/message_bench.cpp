// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "fakes/sip_text.h"
#include "sip/builder.h"
#include "sip/framing.h"
#include "sip/message.h"
#include "sip/request_check.h"

// CPU time of reading and writing one INVITE of about 1 KB. One JSON object a line, as `make bench` wants
// them.

using namespace wakeline::sip;
using namespace wakeline::test;

namespace {

constexpr int kRuns = 5, kTurns = 50'000;

double cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// The best of a few runs: what the machine does beside us only ever adds.
template <class Work>
void measure(const char* name, Work work) {
    double best = 0;
    for (int run = 0; run < kRuns; ++run) {
        const double started = cpu_ns();
        for (int turn = 0; turn < kTurns; ++turn)
            if (!work()) std::abort();
        const double each = (cpu_ns() - started) / kTurns;
        if (run == 0 || each < best) best = each;
    }
    std::printf("{\"name\": \"%s\", \"value\": %.0f, \"unit\": \"ns\", \"n\": %d}\n", name, best, kTurns);
}

std::string invite() {
    return sip_request(
        {.uri = "sip:bob@example.com;transport=tls",
         .via = "SIP/2.0/TLS client.example.com:5061;branch=z9hG4bK74bf9;rport;alias",
         .contact = "<sip:alice@client.example.com:5061;transport=tls>;+sip.instance=\"<urn:uuid:"
                    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\"",
         .more = {{"Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, UPDATE, PRACK"},
                  {"Supported", "replaces, timer, path, outbound, 100rel"},
                  {"User-Agent", "phone/1.0"},
                  {"Session-Expires", "1800"},
                  {"Min-SE", "90"}},
         .body =
             "v=0\r\no=alice 2890844526 2890844526 IN IP4 192.0.2.101\r\ns=-\r\nc=IN IP4 192.0.2.101\r\n"
             "t=0 0\r\nm=audio 49172 RTP/AVP 0 8 9 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
             "a=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
             "a=sendrecv\r\na=ptime:20\r\n"});
}

/// What the other leg's INVITE takes from this one.
std::string rewritten(const Message& m) {
    auto request = Builder::request("INVITE", m.request_uri());
    request.add("Via", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK0123456789abcdef").add("Max-Forwards", "69");
    request.add("From", m.from().str()).add("To", m.to().str()).add("Call-ID", "0123456789abcdef");
    request.add("CSeq", "1 INVITE").add("Contact", "<sip:0123456789@10.0.0.1:5080>");
    request.copy(m, "Allow").copy(m, "Supported").copy(m, "Session-Expires").copy(m, "Min-SE");
    return request.body("application/sdp", m.body()).str();
}

} // namespace

int main() {
    const std::string text = invite();
    const Message message = parsed(text);
    StreamFramer framer;
    std::fprintf(stderr, "an INVITE of %zu octets\n", text.size());
    measure("sip_frame_cpu", [&] {
        framer.add(text);
        return framer.next().has_value() && !framer.next();
    });
    measure("sip_parse_cpu", [&] { return std::holds_alternative<Message>(Message::parse(text)); });
    measure("sip_check_cpu", [&] { return !request_check(message); });
    measure("sip_response_cpu", [&] { return !Builder::response(message, 180, "tag").str().empty(); });
    measure("sip_rewrite_cpu", [&] { return !rewritten(parsed(text)).empty(); });
}
