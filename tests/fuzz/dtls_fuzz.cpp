// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/assert.h"
#include "fakes/fake_timers.h"
#include "media/dtls_association.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

/// Counts what an attacker would get.
struct Attacker final : DtlsAssociation::Listener {
    void on_datagrams(DtlsAssociation&, std::vector<Bytes> datagrams) override {
        for (const Bytes& datagram : datagrams)
            got += datagram.size();
    }
    void on_established(DtlsAssociation&, const DtlsKeys&) override { WAKELINE_ASSERT(false); }
    void on_failed(DtlsAssociation&, const std::string&) override {}
    std::size_t got = 0;
};

} // namespace

/// Datagrams, each behind its length in one octet pair, at an end that waits for a handshake.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const DtlsIdentity identity = *DtlsIdentity::create();
    wakeline::test::FakeTimers timers;
    Attacker attacker;
    const auto association =
        DtlsAssociation::create(identity, {.suites = {SrtpSuite::AesCm128Sha1_80}}, timers, attacker);
    WAKELINE_ASSERT(association.has_value());
    for (std::size_t at = 0, count = 0; at + 2 < size && count < 16; ++count) {
        const std::size_t length = std::min<std::size_t>(data[at] << 8 | data[at + 1], size - at - 2);
        (*association)->receive({data + at + 2, length});
        at += 2 + length;
    }
    timers.advance(DtlsAssociation::kGiveUp);
    // Its address was never proved: no more than the cookies that it asked for.
    WAKELINE_ASSERT(attacker.got <= 16 * 100);
    return 0;
}
