// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_session_st SSL_SESSION;

namespace wakeline::net {

/// `certificates.<name>.verify`: what we ask of the other side's certificate.
///
///           a client of ours (we are server)       a server of theirs (we are client)
/// None      not asked for                          not checked at all
/// Optional  may be missing; a bad one is refused   chain, validity, revocation; any name
/// Required  must be there and good                 chain, validity, revocation and name (RFC 5922)
enum class TlsVerify : std::uint8_t { None, Optional, Required };
/// `certificates.<name>.identity`: where the identity of a client certificate is read.
enum class TlsIdentity : std::uint8_t { None, San, Cn };

/// One certificate profile (SBC-TLS-05); YAML section `certificates.<name>`.
struct TlsProfile {
    std::string chain = {}; // PEM, leaf first
    std::string key = {};   // PEM
    std::string passphrase_file = {};
    std::string min_version = "1.2"; // "1.0", "1.1", "1.2" or "1.3"
    std::string ciphers = {};   // OpenSSL names, colons between; TLS 1.3 suites too; empty: OpenSSL's choice
    std::string client_ca = {}; // PEM: whom to trust (clients, or the server for a client context); a client
                                // context without it trusts the system's CAs
    std::string crl = {};       // PEM: one list of each CA of the chain; with it, a missing list is a refusal
    TlsVerify verify = TlsVerify::None;
    TlsIdentity identity = TlsIdentity::None;
    bool operator==(const TlsProfile&) const = default;
};
using TlsProfiles = std::map<std::string, TlsProfile>;

/// An SSL_CTX made from a profile. Errors name the file and what is wrong with it. Outlives the streams made
/// with it.
class TlsContext {
public:
    static Result<std::unique_ptr<TlsContext>> server(const TlsProfile& profile);
    /// `profile.chain` may be empty: no client certificate is shown.
    static Result<std::unique_ptr<TlsContext>> client(const TlsProfile& profile);
    ~TlsContext();

    /// Reads the files again; on an error nothing changes. Connections that exist stay. Session tickets
    /// given before are worth nothing then, so that a new CRL holds for resumed sessions too.
    Status reload();
    Status reload(const TlsProfile& profile);

    const TlsProfile& profile() const;

    // For net alone.
    SSL_CTX* native() const;
    /// Client side: the last session with that server, null for none; and a new one to keep (takes it over).
    SSL_SESSION* session(const std::string& server) const;
    void keep_session(const std::string& server, SSL_SESSION* session);

private:
    struct State;
    explicit TlsContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace wakeline::net
