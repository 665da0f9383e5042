// SPDX-License-Identifier: Apache-2.0
#include "media/dtls_association.h"

#include <doctest/doctest.h>

#include <deque>
#include <string>

#include "fakes/fake_timers.h"

using namespace wakeline;
using namespace wakeline::media;
using State = DtlsAssociation::State;

namespace {

const DtlsIdentity& identity(int which) {
    static const std::array both{*DtlsIdentity::create(), *DtlsIdentity::create()};
    return both[static_cast<std::size_t>(which)];
}
const std::vector<SrtpSuite> kAll{SrtpSuite::AesCm128Sha1_80, SrtpSuite::AesCm128Sha1_32,
                                  SrtpSuite::AeadAes128Gcm, SrtpSuite::AeadAes256Gcm};

/// One end, and what it has sent.
struct End final : DtlsAssociation::Listener {
    End(int which, DtlsAssociation::Terms terms, net::TimerQueue& timers)
        : association(*DtlsAssociation::create(identity(which), std::move(terms), timers, *this)) {}

    void on_datagrams(DtlsAssociation&, std::vector<Bytes> datagrams) override {
        for (auto& datagram : datagrams)
            sent.push_back(std::move(datagram));
    }
    void on_established(DtlsAssociation&, const DtlsKeys& made) override { keys = made; }
    void on_failed(DtlsAssociation&, const std::string& why) override { failure = why; }

    std::deque<Bytes> sent;
    std::optional<DtlsKeys> keys;
    std::string failure;
    std::unique_ptr<DtlsAssociation> association;
};

struct Pair {
    explicit Pair(DtlsAssociation::Terms server_terms = {.client = false,
                                                         .address_proved = true,
                                                         .suites = kAll},
                  std::vector<SrtpSuite> client_suites = kAll)
        : server(0, std::move(server_terms), timers),
          client(1, {.client = true, .address_proved = true, .suites = std::move(client_suites)}, timers) {}

    /// Delivers until both are silent; the `lost`th datagram is dropped.
    void play(int lost = -1) {
        while (!server.sent.empty() || !client.sent.empty())
            for (auto* from : {&client, &server}) {
                if (from->sent.empty()) continue;
                const Bytes datagram = std::exchange(from->sent.front(), {});
                from->sent.pop_front();
                octets[from == &server ? 1 : 0] += datagram.size();
                if (number++ == lost) continue;
                (from == &client ? server : client).association->receive(datagram);
            }
    }
    bool agree() const {
        return client.keys && server.keys && client.keys->send == server.keys->receive &&
               client.keys->receive == server.keys->send;
    }

    test::FakeTimers timers;
    End server, client;
    int number = 0;
    std::array<std::size_t, 2> octets{};
};

} // namespace

TEST_SUITE_BEGIN("media/dtls_association");

TEST_CASE("both ends have the same keys in the end, for each profile that there is: proves SBC-SRTP-04") {
    for (const SrtpSuite suite : kAll) {
        Pair pair({.client = false, .address_proved = true, .suites = {suite}});
        pair.client.association->start();
        pair.play();
        REQUIRE(pair.agree());
        CHECK(pair.server.keys->send.suite == suite);
        CHECK(pair.server.keys->send.key_and_salt.size() == info(suite).key_and_salt());
        CHECK(pair.server.keys->send.key_and_salt != pair.server.keys->receive.key_and_salt);
        CHECK(pair.server.association->state() == State::Established);
    }
}

TEST_CASE("each sees the other's certificate by its fingerprint") {
    Pair pair;
    pair.client.association->start();
    pair.play();
    REQUIRE(pair.agree());
    CHECK(pair.server.keys->theirs.at(0) == identity(1).fingerprint());
    CHECK(pair.client.keys->theirs.at(0) == identity(0).fingerprint());
    CHECK(pair.client.keys->theirs.size() == 3);
}

TEST_CASE("any one datagram may be lost") {
    for (int lost = 0; lost < 8; ++lost) {
        Pair pair;
        pair.client.association->start();
        pair.play(lost);
        for (int i = 0; i < 8 && !pair.agree(); ++i) {
            pair.timers.advance(DtlsAssociation::kFirstRepeat);
            pair.play();
        }
        CHECK(pair.agree());
    }
}

TEST_CASE("a source that has proved nothing gets no more than it sent, until it returns the cookie") {
    Pair pair({.client = false, .address_proved = false, .suites = kAll});
    pair.client.association->start();
    REQUIRE(pair.client.sent.size() == 1);
    const Bytes hello = pair.client.sent.front();
    pair.server.association->receive(hello);
    REQUIRE(pair.server.sent.size() == 1);
    CHECK(pair.server.sent.front().size() <= hello.size());
    const auto first = pair.server.sent.size();
    pair.timers.advance(10 * DtlsAssociation::kFirstRepeat);
    CHECK(pair.server.sent.size() == first); // nor is it said twice
    pair.play();
    CHECK(pair.agree());
}

TEST_CASE("without a common profile there are no keys") {
    Pair pair({.client = false, .address_proved = true, .suites = {SrtpSuite::AeadAes256Gcm}},
              {SrtpSuite::AesCm128Sha1_80});
    pair.client.association->start();
    pair.play();
    CHECK_FALSE(pair.server.keys.has_value());
    CHECK_FALSE(pair.client.keys.has_value());
}

TEST_CASE("a handshake that gets no answer ends") {
    Pair pair;
    pair.client.association->start();
    for (int i = 0; i < 100 && pair.client.failure.empty(); ++i)
        pair.timers.advance(DtlsAssociation::kFirstRepeat);
    CHECK(pair.client.failure == "no answer to the DTLS handshake");
    CHECK(pair.client.sent.size() < 20);
}

TEST_CASE("a suite that DTLS has no profile for is left out, and none at all is an error") {
    CHECK(srtp_profiles({SrtpSuite::AesCm256Sha1_80}).empty());
    CHECK(srtp_profiles(kAll) ==
          "SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32:SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM");
    test::FakeTimers timers;
    struct Nobody final : DtlsAssociation::Listener {
        void on_datagrams(DtlsAssociation&, std::vector<Bytes>) override {}
        void on_established(DtlsAssociation&, const DtlsKeys&) override {}
        void on_failed(DtlsAssociation&, const std::string&) override {}
    };
    Nobody nobody;
    CHECK_FALSE(
        DtlsAssociation::create(identity(0), {.suites = {SrtpSuite::AesCm256Sha1_80}}, timers, nobody));
}

TEST_CASE("junk neither ends a handshake nor an association") {
    Pair pair;
    pair.client.association->start();
    const Bytes junk{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4};
    pair.server.association->receive(Bytes{0x16});
    pair.server.association->receive(Bytes{0x3f, 1, 2, 3});
    pair.play();
    REQUIRE(pair.agree());
    pair.server.association->receive(junk);
    pair.client.association->receive(junk);
    CHECK(pair.server.association->state() == State::Established);
    CHECK(pair.client.association->state() == State::Established);
}
