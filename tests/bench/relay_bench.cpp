// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/relay/bare_relay.h"
#include "bench/relay/load.h"
#include "bench/relay/rtpengine_relay.h"
#include "bench/relay/wakeline_relay.h"
#include "fakes/srtp.h"

// What it costs to relay a packet, and to have a call: Wakeline's media sessions, rtpengine, and a relay that
// does nothing but recvmmsg and sendmmsg, one after the other under the same load, round by round, since a
// machine is not as fast at one time as at another. One JSON object a line, as `make bench` wants them.

using namespace wakeline;
using namespace wakeline::bench;
using namespace std::chrono_literals;
using media::SrtpSuite;

namespace {

constexpr int kRounds = 5;
constexpr unsigned kCalls[] = {500, 1'000};
constexpr auto kWarmUp = 300ms, kWindow = 1'500ms;
constexpr auto kPaced = 500us, kUnpaced = 0us;

double median(std::vector<double> values) {
    if (values.empty()) return std::nan("");
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Dies with a sentence: there is nothing to measure.
template <class T>
T need(Result<T> result, std::string_view who) {
    if (result) return *std::move(result);
    std::fprintf(stderr, "relay bench: %s: %s\n", std::string(who).c_str(), result.error().message.c_str());
    std::exit(1);
}

/// A relay with calls, and what was measured of it.
struct Contender {
    Contender(std::unique_ptr<RelayProcess> r, std::optional<SrtpSuite> suite, unsigned calls)
        : relay(std::move(r)), load(test::srtp_library(), suite) {
        load.set_routes(need(relay->open(load.work(calls)), relay->name()));
    }
    void forget() { cpu.clear(), p50.clear(), p99.clear(), lost = wrong = 0; }
    void measure(unsigned calls) {
        load.run(kWarmUp, calls);
        const double before = relay->cpu_us();
        const Outcome outcome = load.run(kWindow, calls);
        cpu.push_back((relay->cpu_us() - before) /
                      static_cast<double>(std::max<std::uint64_t>(outcome.received, 1)));
        p50.push_back(static_cast<double>(outcome.latencies.quantile(0.5)));
        p99.push_back(static_cast<double>(outcome.latencies.quantile(0.99)));
        p999.push_back(static_cast<double>(outcome.latencies.quantile(0.999)));
        lost += outcome.lost();
        wrong += outcome.wrong;
        late += outcome.late;
    }
    void tell(const char* as, unsigned calls) const {
        std::fprintf(
            stderr,
            "  %-18s %5u calls: %5.2f us a packet (%.2f to %.2f), p50 %.0f, p99 %.0f, p99.9 %.0f us, "
            "lost %llu, wrong %llu, late ticks %llu\n",
            as, calls, median(cpu), *std::ranges::min_element(cpu), *std::ranges::max_element(cpu),
            median(p50), median(p99), median(p999), static_cast<unsigned long long>(lost),
            static_cast<unsigned long long>(wrong), static_cast<unsigned long long>(late));
    }

    std::unique_ptr<RelayProcess> relay;
    Load load;
    std::vector<double> cpu, p50, p99, p999;
    std::uint64_t lost = 0, wrong = 0, late = 0;
};

std::unique_ptr<Contender> ours(std::optional<SrtpSuite> suite, std::chrono::microseconds pacing,
                                unsigned calls) {
    return std::make_unique<Contender>(std::make_unique<WakelineRelay>(relay_config(suite, pacing)), suite,
                                       calls);
}
std::unique_ptr<Contender> rtpengine(std::optional<SrtpSuite> suite, unsigned calls) {
    if (RtpengineRelay::program().empty()) return nullptr;
    return std::make_unique<Contender>(std::make_unique<RtpengineRelay>(), suite, calls);
}

void report(const char* name, double value, const char* unit, unsigned n, const std::string& more = "") {
    std::printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"n\": %u%s}\n", name, value, unit, n,
                more.c_str());
    std::fflush(stdout);
}

std::string field(const char* name, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), ", \"%s\": %.3f", name, value);
    return text.data();
}
std::string peer(double value, double theirs) {
    return std::isnan(theirs)
               ? std::string()
               : ", \"peer\": \"rtpengine\"" + field("peer_value", theirs) + field("ratio", value / theirs);
}

struct Names {
    const char *cpu, *vs_bare; // null: not reported
};

/// Ours, theirs and the bare one in turns.
void compare(const Names& names, std::optional<SrtpSuite> suite) {
    const unsigned most = *std::ranges::max_element(kCalls);
    const auto paced = ours(suite, kPaced, most), unpaced = ours(suite, kUnpaced, most);
    const auto theirs = rtpengine(suite, most);
    const auto bare = std::make_unique<Contender>(std::make_unique<BareRelay>(kPaced), std::nullopt, most);
    for (const unsigned calls : kCalls) {
        std::fprintf(stderr, "%s:\n", names.cpu);
        const std::vector<Contender*> all{paced.get(), theirs.get(), bare.get(), unpaced.get()};
        for (Contender* one : all)
            if (one != nullptr) one->forget();
        for (int round = 0; round < kRounds; ++round)
            for (std::size_t turn = 0; turn < all.size(); ++turn)
                if (Contender* one = all[(turn + static_cast<std::size_t>(round)) % all.size()])
                    one->measure(calls);
        paced->tell("wakeline", calls);
        unpaced->tell("wakeline unpaced", calls);
        bare->tell("bare", calls);
        if (theirs) theirs->tell("rtpengine", calls);
        const double value = median(paced->cpu), other = theirs ? median(theirs->cpu) : std::nan("");
        std::string more = peer(value, other);
        if (theirs) more += field("unpaced_ratio", median(unpaced->cpu) / other);
        report(names.cpu, value, "us", calls, more);
        if (names.vs_bare != nullptr)
            report(names.vs_bare, value / median(bare->cpu), "ratio", calls,
                   field("peer_value", median(bare->cpu)));
        if (calls != most || suite != SrtpSuite::AesCm128Sha1_80) continue;
        report("relay_latency_p50", median(paced->p50), "us", calls, field("unpaced", median(unpaced->p50)));
        report("relay_latency_p99", median(paced->p99), "us", calls, field("unpaced", median(unpaced->p99)));
    }
}

/// The most calls that go without loss, and with less than 2 ms of delay for 99 packets of 100.
unsigned carries(Contender& one, std::initializer_list<unsigned> steps) {
    unsigned most = 0;
    for (const unsigned calls : steps) {
        bool good = false;
        for (int attempt = 0; attempt < 3 && !good; ++attempt) { // neighbours on the machine disturb
            one.forget();
            one.measure(calls);
            good = one.lost + one.wrong == 0 && one.p99.back() < 2'000;
        }
        one.tell(std::string(one.relay->name()).c_str(), calls);
        if (!good) break;
        most = calls;
    }
    return most;
}

void calls_per_core() {
    std::fprintf(stderr, "relay_calls_per_core, SRTP:\n");
    constexpr auto kSuite = SrtpSuite::AesCm128Sha1_80;
    const unsigned value = carries(*ours(kSuite, kPaced, 2'000), {1'000, 1'500, 1'750, 2'000});
    const auto other = rtpengine(kSuite, 1'500);
    const double theirs = other ? carries(*other, {500, 750, 1'000, 1'250, 1'500}) : std::nan("");
    report("relay_calls_per_core", value, "calls", 1, peer(value, theirs));
}

/// Forged RTP to both ports of the calls, a third of it from the addresses of the phones.
std::uint64_t spray(const Route& route, unsigned calls, const std::stop_token& stop) {
    constexpr unsigned kPerTick = 50; // 50,000 a second
    Swarm swarm;
    std::uint64_t sent = 0;
    std::uint32_t chance = 1;
    const auto random = [&chance] { return chance = chance * 1'664'525u + 1'013'904'223u; };
    for (auto tick = std::chrono::steady_clock::now(); !stop.stop_requested(); tick += 1ms) {
        std::this_thread::sleep_until(tick);
        for (unsigned i = 0; i < kPerTick; ++i, ++sent) {
            const auto room = swarm.room();
            for (std::size_t at = 0; at < 172; at += 4) {
                const std::uint32_t octets = random();
                std::memcpy(&room[at], &octets, sizeof octets);
            }
            room[0] = 0x80;
            room[1] = 8;
            const auto host =
                i % 3 == 0 ? party((random() >> 8) % calls, 0) : party(60'000 + (random() >> 16), 0);
            swarm.push(172, reinterpret_cast<const sockaddr_in*>(host.sa())->sin_addr,
                       i % 2 == 0 ? route.phone_sends_to : route.pbx_sends_to);
        }
        swarm.flush();
    }
    return sent;
}

void under_spray() {
    constexpr unsigned kSprayed = 200;
    constexpr auto kSuite = SrtpSuite::AesCm128Sha1_80;
    Load load(test::srtp_library(), kSuite);
    WakelineRelay relay(relay_config(kSuite, kPaced));
    const auto routes = need(relay.open(load.work(kSprayed)), relay.name());
    load.set_routes(routes);
    load.run(kWarmUp, kSprayed);
    std::uint64_t sprayed = 0;
    std::jthread sprayer([&](const std::stop_token& stop) { sprayed = spray(routes[0], kSprayed, stop); });
    const Outcome outcome = load.run(3'000ms, kSprayed);
    sprayer.request_stop();
    sprayer.join();
    report("relay_spray_lost", static_cast<double>(outcome.lost() + outcome.wrong), "packets", kSprayed,
           field("of", static_cast<double>(outcome.sent)) +
               field("sprayed_per_second", static_cast<double>(sprayed) / 3));
}

/// Of a call whose packets flow both ways, beyond what the process has anyway.
double memory_kb(std::unique_ptr<RelayProcess> relay, SrtpSuite suite, unsigned calls) {
    Contender few(std::move(relay), suite, 100);
    few.load.run(kWarmUp, 100);
    const double before = few.relay->resident_kb();
    Load load(test::srtp_library(), suite);
    load.set_routes(need(few.relay->open(load.work(calls)), few.relay->name()));
    load.run(kWindow, calls);
    return (few.relay->resident_kb() - before) / calls;
}

void session_memory() {
    constexpr auto kSuite = SrtpSuite::AesCm128Sha1_80;
    constexpr unsigned kSessions = 1'000;
    const double value =
        memory_kb(std::make_unique<WakelineRelay>(relay_config(kSuite, kPaced)), kSuite, kSessions);
    const double theirs = RtpengineRelay::program().empty()
                              ? std::nan("")
                              : memory_kb(std::make_unique<RtpengineRelay>(), kSuite, kSessions);
    report("media_session_memory", value, "KB", kSessions, peer(value, theirs));
}

void session_cpu() {
    constexpr auto kSuite = SrtpSuite::AesCm128Sha1_80;
    constexpr unsigned kOurs = 2'000, kTheirs = 300;
    WakelineRelay relay(relay_config(kSuite, kPaced));
    const auto other = RtpengineRelay::program().empty() ? nullptr : std::make_unique<RtpengineRelay>();
    const Load load(test::srtp_library(), kSuite);
    std::vector<double> value, theirs;
    for (int round = 0; round <= kRounds; ++round) { // the first warms up
        double before = relay.cpu_us();
        need(relay.cycle(load.work(kOurs)), relay.name());
        value.push_back((relay.cpu_us() - before) / kOurs);
        if (!other) continue;
        before = other->cpu_us();
        need(other->open(load.work(kTheirs)), other->name());
        need(other->close(), other->name());
        theirs.push_back((other->cpu_us() - before) / kTheirs);
    }
    value.erase(value.begin());
    if (!theirs.empty()) theirs.erase(theirs.begin());
    report("media_setup_cpu", median(value), "us", kOurs * kRounds, peer(median(value), median(theirs)));
}

} // namespace

int main(int argc, char** argv) {
    struct Measurement {
        std::string_view name;
        void (*run)();
    };
    constexpr Measurement all[] = {
        {"memory", session_memory},
        {"setup", session_cpu},
        {"plain",
         [] {
             compare({"relay_plain_cpu", "relay_plain_vs_bare"}, std::nullopt);
         }},
        {"srtp",
         [] {
             compare({"relay_srtp_cpu", "relay_srtp_vs_bare"}, SrtpSuite::AesCm128Sha1_80);
         }},
        {"gcm",
         [] {
             compare({"relay_gcm_cpu", nullptr}, SrtpSuite::AeadAes128Gcm);
         }},
        {"capacity", calls_per_core},
        {"spray", under_spray},
    };
    const std::vector<std::string_view> wanted(argv + 1, argv + argc); // none: all
    take_seat(Seat::Load);
    for (const Measurement& one : all)
        if (wanted.empty() || std::ranges::find(wanted, one.name) != wanted.end()) one.run();
    return 0;
}
