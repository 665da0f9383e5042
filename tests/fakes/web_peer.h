// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "base/random.h"
#include "fakes/fake_timers.h"
#include "fakes/media_peer.h"
#include "media/dtls_association.h"
#include "media/ice_lite.h"

namespace wakeline::test {

/// A phone as browsers are: ICE and DTLS-SRTP on one socket.
class WebPeer final : public media::DtlsAssociation::Listener {
public:
    explicit WebPeer(bool client = true) : client_(client) {}

    /// The attributes of its m= line.
    std::string attributes(const std::string& setup, bool with_ice = true) const {
        std::string text =
            "a=rtcp-mux\r\na=fingerprint:" + identity_.fingerprint().str() + "\r\na=setup:" + setup + "\r\n";
        if (with_ice)
            text += "a=ice-ufrag:" + ice.ufrag + "\r\na=ice-pwd:" + ice.password +
                    "\r\na=candidate:1 1 UDP 1 127.0.0.1 " + media.port() + " typ host\r\n";
        return text;
    }

    /// One connectivity check; the response, if one comes.
    std::optional<Bytes> check(const net::SocketAddress& to, const media::IceCredentials& theirs,
                               bool nominate = true) {
        media::StunTransaction transaction{};
        random_bytes(transaction);
        media::StunWriter request(media::StunClass::Request, media::StunMessage::kBinding, transaction);
        request.add(media::StunAttribute::Username, theirs.ufrag + ":" + ice.ufrag);
        request.add(media::StunAttribute::IceControlling, "12345678");
        if (nominate) request.add(media::StunAttribute::UseCandidate, ByteView());
        request.add_integrity(theirs.password).add_fingerprint();
        media.send_raw(to, request.bytes());
        return media.receive_raw();
    }

    /// The whole handshake. False: it came to no end.
    bool shake_hands(const net::SocketAddress& with) {
        to_ = with;
        association_ = *media::DtlsAssociation::create(
            identity_,
            {.client = client_,
             .address_proved = true,
             .suites = {media::SrtpSuite::AeadAes128Gcm, media::SrtpSuite::AesCm128Sha1_80}},
            timers_, *this);
        association_->start();
        while (!keys)
            if (const auto datagram = media.receive_raw(2'000))
                association_->receive(*datagram);
            else
                return false;
        media.set_keys(keys->send, keys->receive);
        return true;
    }

    void on_datagrams(media::DtlsAssociation&, std::vector<Bytes> datagrams) override {
        for (const Bytes& datagram : datagrams)
            media.send_raw(to_, datagram);
    }
    void on_established(media::DtlsAssociation&, const media::DtlsKeys& made) override { keys = made; }
    void on_failed(media::DtlsAssociation&, const std::string&) override {}

    MediaPeer media;
    media::IceCredentials ice = media::IceCredentials::random();
    std::optional<media::DtlsKeys> keys;

private:
    bool client_;
    FakeTimers timers_;
    media::DtlsIdentity identity_ = *media::DtlsIdentity::create();
    net::SocketAddress to_;
    std::unique_ptr<media::DtlsAssociation> association_;
};

} // namespace wakeline::test
