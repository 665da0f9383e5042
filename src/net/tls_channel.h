// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "net/channel.h"
#include "net/tls_context.h"

typedef struct ssl_st SSL;
typedef struct x509_store_ctx_st X509_STORE_CTX;

namespace wakeline::net {

/// TLS over a socket, on either end. Does not own the descriptor.
class TlsChannel final : public Channel {
public:
    /// Null without memory.
    static std::unique_ptr<TlsChannel> server(TlsContext& context, int fd);
    /// `name`: SNI, and the name that the certificate must have when the profile says so; empty: neither.
    /// `session_key` names the server for resumption.
    static std::unique_ptr<TlsChannel> client(TlsContext& context, int fd, std::string name,
                                              std::string session_key);
    ~TlsChannel() override;

    Io handshake() override;
    IoResult read(std::span<char> into) override;
    IoResult write(std::string_view data) override;
    bool pending() const override;
    void say_goodbye() override;
    const std::string& why() const override { return why_; }
    const PeerCertificate& peer() const override;

private:
    struct ClientSide {
        TlsContext& context;
        std::string name, session_key;
    };
    struct Free {
        void operator()(SSL* ssl) const noexcept;
    };

    explicit TlsChannel(SSL* ssl);
    static std::unique_ptr<TlsChannel> make(TlsContext& context, int fd);
    static int on_certificate(int good, X509_STORE_CTX* store) noexcept;
    static int on_new_session(SSL* ssl, SSL_SESSION* session) noexcept;
    Io after(int result);
    Io established();
    Io fail(std::string why);

    std::unique_ptr<SSL, Free> ssl_;
    std::unique_ptr<PeerCertificate> peer_; // null: none shown
    std::unique_ptr<ClientSide> client_;    // null: we are the server
    std::string why_;
};

} // namespace wakeline::net
