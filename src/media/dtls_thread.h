// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <unordered_map>

#include "media/dtls_association.h"
#include "net/event_loop.h"
#include "net/mailbox.h"

namespace wakeline::media {

/// One handshake of many, as media threads name it; never reused.
using HandshakeId = std::uint64_t;

/// Does DTLS handshakes away from the packets, whose threads have no millisecond to lose.
class DtlsThread {
public:
    /// Told on the DTLS thread: it posts to its own.
    class Owner {
    public:
        virtual void on_datagrams(HandshakeId id, std::vector<Bytes> datagrams) = 0;
        virtual void on_established(HandshakeId id, const DtlsKeys& keys) = 0;
        virtual void on_failed(HandshakeId id, const std::string& why) = 0;

    protected:
        ~Owner() = default;
    };

    DtlsThread(DtlsIdentity identity, std::vector<SrtpSuite> suites);
    ~DtlsThread();
    DtlsThread(const DtlsThread&) = delete;
    DtlsThread& operator=(const DtlsThread&) = delete;

    const CertificateFingerprint& fingerprint() const noexcept { return identity_.fingerprint(); }

    void start();
    /// After this no owner is told anything. What is posted then is lost.
    void stop();

    /// From any thread. A handshake is forgotten some time after its end; what comes for it then is lost.
    HandshakeId open(Owner& owner, bool client, bool address_proved);
    void receive(HandshakeId id, ByteView datagram);
    void forget(HandshakeId id);

private:
    /// One association, and who wants to know.
    struct Handshake final : DtlsAssociation::Listener {
        Handshake(HandshakeId number, Owner& whose) : id(number), owner(whose) {}
        void on_datagrams(DtlsAssociation&, std::vector<Bytes> datagrams) override {
            owner.on_datagrams(id, std::move(datagrams));
        }
        void on_established(DtlsAssociation&, const DtlsKeys& keys) override {
            owner.on_established(id, keys);
        }
        void on_failed(DtlsAssociation&, const std::string& why) override { owner.on_failed(id, why); }

        HandshakeId id;
        Owner& owner;
        std::unique_ptr<DtlsAssociation> association;
    };

    void begin(HandshakeId id, Owner& owner, bool client, bool address_proved);
    void tick();

    const DtlsIdentity identity_;
    const std::vector<SrtpSuite> suites_;
    net::EventLoop loop_;
    net::Mailbox mailbox_;
    net::Timer tick_;
    std::unordered_map<HandshakeId, std::unique_ptr<Handshake>> handshakes_;
    std::atomic<HandshakeId> last_id_{0};
    std::atomic<std::size_t> queued_{0};
    std::thread thread_;
};

} // namespace wakeline::media
