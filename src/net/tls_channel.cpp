// SPDX-License-Identifier: Apache-2.0
#include "net/tls_channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>

#include "net/plain_channel.h"
#include "net/socket_address.h"
#include "net/tls_bio.h"
#include "net/tls_error.h"

namespace wakeline::net {

void TlsChannel::Free::operator()(SSL* ssl) const noexcept { SSL_free(ssl); }

TlsChannel::TlsChannel(SSL* ssl) : ssl_(ssl) {}

TlsChannel::~TlsChannel() {
    // OpenSSL takes a connection that just went for an attack, and would not resume its session (RFC 5246
    // 7.2.1 dropped that rule). Phones just go.
    if (ssl_ && why_.empty()) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

std::unique_ptr<TlsChannel> TlsChannel::make(TlsContext& context, int fd) {
    std::unique_ptr<TlsChannel> channel(new TlsChannel(SSL_new(context.native())));
    BIO* bio = new_socket_bio(fd);
    if (!channel->ssl_ || bio == nullptr) {
        BIO_free(bio);
        return nullptr;
    }
    SSL* ssl = channel->ssl_.get();
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, channel.get());
    // OpenSSL forgets a certificate that it refuses; the administrator wants to see it.
    SSL_set_verify(ssl, SSL_get_verify_mode(ssl), on_certificate);
    return channel;
}

std::unique_ptr<TlsChannel> TlsChannel::server(TlsContext& context, int fd) {
    auto channel = make(context, fd);
    if (channel) SSL_set_accept_state(channel->ssl_.get());
    return channel;
}

std::unique_ptr<TlsChannel> TlsChannel::client(TlsContext& context, int fd, std::string name,
                                               std::string session_key) {
    auto channel = make(context, fd);
    if (!channel) return channel;
    SSL* ssl = channel->ssl_.get();
    // RFC 6066 section 3: SNI holds names, never addresses.
    if (!name.empty() && !SocketAddress::parse(name, 0)) SSL_set_tlsext_host_name(ssl, name.c_str());
    if (SSL_SESSION* session = context.session(session_key)) SSL_set_session(ssl, session);
    SSL_CTX_sess_set_new_cb(context.native(), on_new_session);
    channel->client_ =
        std::make_unique<ClientSide>(ClientSide{context, std::move(name), std::move(session_key)});
    SSL_set_connect_state(ssl);
    return channel;
}

int TlsChannel::on_certificate(int good, X509_STORE_CTX* store) noexcept {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* channel = static_cast<TlsChannel*>(SSL_get_app_data(ssl));
    X509* leaf = X509_STORE_CTX_get0_cert(store);
    if (good == 0 && leaf != nullptr)
        channel->peer_ = std::make_unique<PeerCertificate>(PeerCertificate::of(leaf));
    return good;
}

int TlsChannel::on_new_session(SSL* ssl, SSL_SESSION* session) noexcept {
    const auto* channel = static_cast<TlsChannel*>(SSL_get_app_data(ssl));
    if (!channel->client_) return 0;
    channel->client_->context.keep_session(channel->client_->session_key, session);
    return 1; // it is ours now
}

Io TlsChannel::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    return result == 1 ? established() : after(result);
}

Io TlsChannel::established() {
    if (X509* certificate = SSL_get0_peer_certificate(ssl_.get()))
        peer_ = std::make_unique<PeerCertificate>(PeerCertificate::of(certificate));
    if (!client_ || client_->context.profile().verify != TlsVerify::Required || client_->name.empty())
        return Io::Done;
    if (peer().belongs_to(client_->name)) return Io::Done;
    return fail("certificate refused: it is not for " + client_->name);
}

IoResult TlsChannel::read(std::span<char> into) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    return result == 1 ? IoResult{Io::Done, got} : IoResult{after(result)};
}

IoResult TlsChannel::write(std::string_view data) {
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_.get(), data.data(), data.size(), &sent);
    return result == 1 ? IoResult{Io::Done, sent} : IoResult{after(result)};
}

bool TlsChannel::pending() const { return SSL_has_pending(ssl_.get()) == 1; }

void TlsChannel::say_goodbye() {
    if (SSL_is_init_finished(ssl_.get()) == 0) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

const PeerCertificate& TlsChannel::peer() const { return peer_ ? *peer_ : no_certificate(); }

Io TlsChannel::after(int result) {
    const int errno_then = errno;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return Io::WantRead;
    if (error == SSL_ERROR_WANT_WRITE) return Io::WantWrite;
    if (error == SSL_ERROR_ZERO_RETURN && SSL_is_init_finished(ssl_.get()) == 1) return Io::Closed;
    return fail(explain_tls_failure(ssl_.get(), error, errno_then));
}

Io TlsChannel::fail(std::string why) {
    why_ = std::move(why);
    return Io::Failed;
}

} // namespace wakeline::net
