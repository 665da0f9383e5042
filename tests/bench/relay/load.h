// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "bench/relay/latencies.h"
#include "bench/relay/route.h"
#include "bench/relay/swarm.h"
#include "media/srtp_session.h"

namespace wakeline::bench {

/// What came of some time under load.
struct Outcome {
    std::uint64_t sent = 0, received = 0;
    std::uint64_t wrong = 0; // not the payload that was sent, another call's, not decrypted, or twice
    std::uint64_t late = 0;  // ticks that this program was too slow for: it, not the relay, was the limit
    Latencies latencies;

    std::uint64_t lost() const { return sent - std::min(sent, received); }
};

/// Calls of 50 packets a second each way through a relay. Every packet is checked where it arrives: by the
/// right party, decrypted by its key, each octet as sent, and once.
class Load {
public:
    Load(const media::SrtpLibrary& library, std::optional<media::SrtpSuite> suite);

    /// The calls of `work` go by these routes.
    Work work(unsigned calls) const;
    void set_routes(const std::vector<Route>& routes);

    /// The first `calls` calls talk for this long; what is on its way at the end is waited for.
    Outcome run(std::chrono::milliseconds time, unsigned calls);

private:
    struct Party {
        in_addr address{};
        net::SocketAddress to;
        std::uint32_t ssrc = 0, sequence = 0, heard = 0; // the highest number that came from the other one
        std::optional<media::SrtpSession> out, in;
    };
    struct Call {
        std::array<Party, 2> parties; // the phone, the PBX
    };

    void send(unsigned call, std::size_t side);
    void receive();
    void take(std::size_t side, const Swarm::Arrival& arrival);
    bool good(Party& party, std::size_t side, unsigned call, const Swarm::Arrival& arrival);

    const media::SrtpLibrary& library_;
    std::optional<media::SrtpSuite> suite_;
    std::array<Swarm, 2> swarms_;
    std::vector<Call> calls_;
    Outcome outcome_;
};

} // namespace wakeline::bench
