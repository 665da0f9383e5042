// SPDX-License-Identifier: Apache-2.0
#include "media/dtls_association.h"

#include <openssl/srtp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/random.h"
#include "net/tls_error.h"

namespace wakeline::media {

namespace {

struct Profile {
    SrtpSuite suite;
    unsigned long id;      // RFC 5764 section 4.1.2
    std::string_view name; // OpenSSL's
};
constexpr std::array kProfiles{
    Profile{SrtpSuite::AesCm128Sha1_80, SRTP_AES128_CM_SHA1_80, "SRTP_AES128_CM_SHA1_80"},
    Profile{SrtpSuite::AesCm128Sha1_32, SRTP_AES128_CM_SHA1_32, "SRTP_AES128_CM_SHA1_32"},
    Profile{SrtpSuite::AeadAes128Gcm, SRTP_AEAD_AES_128_GCM, "SRTP_AEAD_AES_128_GCM"},
    Profile{SrtpSuite::AeadAes256Gcm, SRTP_AEAD_AES_256_GCM, "SRTP_AEAD_AES_256_GCM"},
};

bool is_handshake(ByteView datagram) {
    constexpr std::uint8_t kChangeCipherSpec = 20, kHandshake = 22;
    return !datagram.empty() && (datagram[0] == kChangeCipherSpec || datagram[0] == kHandshake);
}

/// Not one to repeat: its receiver has not proved its address yet (RFC 6347 section 4.2.1).
bool is_hello_verify_request(const Bytes& datagram) {
    constexpr std::uint8_t kHandshake = 22, kHelloVerifyRequest = 3;
    return datagram.size() > 13 && datagram[0] == kHandshake && datagram[13] == kHelloVerifyRequest;
}

/// The flights are repeated by our own timer, which a test can move: OpenSSL's reads the clock.
unsigned never(SSL*, unsigned) { return 3'600'000'000u; }

} // namespace

std::string srtp_profiles(const std::vector<SrtpSuite>& suites) {
    std::string text;
    for (const SrtpSuite suite : suites) {
        const auto at = std::ranges::find(kProfiles, suite, &Profile::suite);
        if (at != kProfiles.end()) text.append(text.empty() ? "" : ":").append(at->name);
    }
    return text;
}

Result<std::unique_ptr<DtlsAssociation>> DtlsAssociation::create(const DtlsIdentity& identity, Terms terms,
                                                                 net::TimerQueue& timers,
                                                                 Listener& listener) {
    std::unique_ptr<DtlsAssociation> association(
        new DtlsAssociation(identity, std::move(terms), timers, listener));
    if (auto good = association->prepare(); !good) return good.error();
    return association;
}

DtlsAssociation::DtlsAssociation(const DtlsIdentity& identity, Terms terms, net::TimerQueue& timers,
                                 Listener& listener)
    : terms_(std::move(terms)), timers_(timers), listener_(listener), ssl_(SSL_new(identity.context())),
      since_(timers.now()), timer_(timers) {}

DtlsAssociation::~DtlsAssociation() = default;

Status DtlsAssociation::prepare() {
    const std::string profiles = srtp_profiles(terms_.suites);
    if (profiles.empty()) return Error{ErrorCode::Crypto, "none of media.srtp.suites can be used with DTLS"};
    BIO* bio = new_datagram_bio(box_);
    // This one returns 0 for success.
    if (!ssl_ || bio == nullptr || SSL_set_tlsext_use_srtp(ssl_.get(), profiles.c_str()) != 0) {
        if (bio != nullptr) BIO_free(bio);
        return Error{ErrorCode::Crypto, "DTLS: " + net::take_tls_error()};
    }
    SSL_set_bio(ssl_.get(), bio, bio);
    DTLS_set_link_mtu(ssl_.get(), 1'280); // IPv6's smallest
    SSL_set_mtu(ssl_.get(), 1'232);
    DTLS_set_timer_cb(ssl_.get(), never);
    if (terms_.client) {
        SSL_set_connect_state(ssl_.get());
        return Done{};
    }
    SSL_set_accept_state(ssl_.get());
    if (terms_.address_proved) return Done{};
    cookie_.resize(20);
    random_bytes(cookie_);
    SSL_set_app_data(ssl_.get(), &cookie_);
    SSL_set_options(ssl_.get(), SSL_OP_COOKIE_EXCHANGE);
    return Done{};
}

void DtlsAssociation::start() {
    timer_.arm(repeat_after_, [this] { repeat(); });
    if (terms_.client) step();
}

void DtlsAssociation::receive(ByteView datagram) {
    if (state_ == State::Failed) return;
    if (state_ == State::Handshaking) {
        box_.in = datagram;
        return step();
    }
    // Its last flight again: ours was lost (RFC 6347 section 4.2.4). Application data is none of ours.
    if (is_handshake(datagram) && !flight_.empty()) listener_.on_datagrams(*this, flight_);
}

void DtlsAssociation::step() {
    const int done = SSL_do_handshake(ssl_.get());
    box_.in = {};
    if (done == 1) {
        established();
        return;
    }
    const int error = SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        static_cast<void>(net::take_tls_error());
        return flush(true);
    }
    flush(false); // the alert
    fail(net::explain_tls_failure(ssl_.get(), error, 0));
}

void DtlsAssociation::established() {
    flight_ = box_.out;
    flush(false);
    auto keys = export_keys();
    if (!keys) return fail(keys.error().message);
    state_ = State::Established;
    since_ = timers_.now();
    timer_.cancel();
    listener_.on_established(*this, *keys);
}

void DtlsAssociation::fail(const std::string& why) {
    state_ = State::Failed;
    since_ = timers_.now();
    timer_.cancel();
    flight_.clear();
    listener_.on_failed(*this, why);
}

void DtlsAssociation::flush(bool flight) {
    if (box_.out.empty()) return;
    auto out = std::exchange(box_.out, {});
    if (flight) {
        flight_ = is_hello_verify_request(out.front()) ? std::vector<Bytes>{} : out;
        repeat_after_ = kFirstRepeat;
        timer_.arm(repeat_after_, [this] { repeat(); });
    }
    listener_.on_datagrams(*this, std::move(out));
}

/// RFC 6347 section 4.2.4, with a timer that suits media: who calls does not wait for a second.
void DtlsAssociation::repeat() {
    if (timers_.now() - since_ >= kGiveUp) return fail("no answer to the DTLS handshake");
    repeat_after_ = std::min(2 * repeat_after_, kLongestRepeat);
    timer_.arm(repeat_after_, [this] { repeat(); });
    if (!flight_.empty()) listener_.on_datagrams(*this, flight_);
}

/// RFC 5764 section 4.2: the client's key, the server's, the client's salt, the server's.
Result<DtlsKeys> DtlsAssociation::export_keys() const {
    constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
    const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(ssl_.get());
    const CHandle<X509, X509_free> certificate(SSL_get1_peer_certificate(ssl_.get()));
    if (chosen == nullptr) return Error{ErrorCode::Crypto, "the DTLS peer knows none of our SRTP profiles"};
    if (!certificate) return Error{ErrorCode::Crypto, "the DTLS peer has shown no certificate"};
    const auto profile = std::ranges::find(kProfiles, chosen->id, &Profile::id);
    if (profile == kProfiles.end()) return Error{ErrorCode::Crypto, "DTLS agreed on an unknown SRTP profile"};
    const SrtpSuiteInfo& suite = info(profile->suite);
    Bytes material(2 * suite.key_and_salt());
    if (SSL_export_keying_material(ssl_.get(), material.data(), material.size(), kLabel.data(), kLabel.size(),
                                   nullptr, 0, 0) != 1)
        return Error{ErrorCode::Crypto, "DTLS: " + net::take_tls_error()};
    const auto key_of = [&](bool client) {
        const auto* key = &material[client ? 0 : suite.key_size];
        const auto* salt = &material[2 * suite.key_size + (client ? 0 : suite.salt_size)];
        SrtpKey made{.suite = suite.suite, .key_and_salt = {}, .mki = {}, .srtcp_encrypted = true};
        made.key_and_salt.assign(key, key + suite.key_size);
        made.key_and_salt.insert(made.key_and_salt.end(), salt, salt + suite.salt_size);
        return made;
    };
    DtlsKeys keys{.receive = key_of(!terms_.client), .send = key_of(terms_.client), .theirs = {}};
    using Hash = CertificateFingerprint::Hash;
    for (const Hash hash : {Hash::Sha256, Hash::Sha384, Hash::Sha512}) {
        auto fingerprint = CertificateFingerprint::of(*certificate, hash);
        if (!fingerprint) return fingerprint.error();
        keys.theirs.push_back(*std::move(fingerprint));
    }
    return keys;
}

} // namespace wakeline::media
