// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <vector>

#include "base/c_handle.h"
#include "media/crypto_line.h"
#include "media/datagram_bio.h"
#include "media/dtls_identity.h"
#include "net/timer.h"

namespace wakeline::media {

/// Which suite each use_srtp profile stands for (RFC 5764 section 4.1.2, RFC 7714 section 14.2); suites
/// without a profile are left out. OpenSSL's syntax.
std::string srtp_profiles(const std::vector<SrtpSuite>& suites);

/// What a DTLS handshake was for: SRTP keys, and the certificates that the peer's one is to be compared with.
struct DtlsKeys {
    SrtpKey receive, send;
    std::vector<CertificateFingerprint> theirs; // of the peer's certificate, by every hash
};

/// DTLS-SRTP with one address (RFC 5764): takes its datagrams, gives those that are to go there, and repeats
/// the last flight until the peer goes on. Whose certificate it saw is for its owner to judge. No socket.
class DtlsAssociation {
public:
    enum class State : std::uint8_t { Handshaking, Established, Failed };

    struct Terms {
        bool client = false;                // we begin
        bool address_proved = false;        // else it must return a cookie before it gets more than it sent
        std::vector<SrtpSuite> suites = {}; // by preference
    };
    /// Called at most once for each datagram that comes or time that passes. It must not destroy the
    /// association.
    class Listener {
    public:
        virtual void on_datagrams(DtlsAssociation& association, std::vector<Bytes> datagrams) = 0;
        virtual void on_established(DtlsAssociation& association, const DtlsKeys& keys) = 0;
        virtual void on_failed(DtlsAssociation& association, const std::string& why) = 0;

    protected:
        ~Listener() = default;
    };

    static constexpr net::Duration kFirstRepeat = std::chrono::milliseconds(400);
    static constexpr net::Duration kLongestRepeat = std::chrono::seconds(3);
    static constexpr net::Duration kGiveUp = std::chrono::seconds(20);

    static Result<std::unique_ptr<DtlsAssociation>> create(const DtlsIdentity& identity, Terms terms,
                                                           net::TimerQueue& timers, Listener& listener);
    ~DtlsAssociation();
    DtlsAssociation(const DtlsAssociation&) = delete;
    DtlsAssociation& operator=(const DtlsAssociation&) = delete;

    /// As client: sends the first flight.
    void start();
    void receive(ByteView datagram);

    State state() const noexcept { return state_; }
    net::TimePoint since() const noexcept { return since_; } // of this state

private:
    DtlsAssociation(const DtlsIdentity& identity, Terms terms, net::TimerQueue& timers, Listener& listener);
    Status prepare();
    void step();
    void established();
    void fail(const std::string& why);
    void flush(bool flight);
    void repeat();
    Result<DtlsKeys> export_keys() const;

    const Terms terms_;
    net::TimerQueue& timers_;
    Listener& listener_;
    DatagramBox box_;
    Bytes cookie_;
    CHandle<SSL, SSL_free> ssl_; // after what it uses
    State state_ = State::Handshaking;
    net::TimePoint since_;
    std::vector<Bytes> flight_; // the last one, to be sent again
    net::Duration repeat_after_ = kFirstRepeat;
    net::Timer timer_;
};

} // namespace wakeline::media
