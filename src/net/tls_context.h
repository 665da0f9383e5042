// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace wakeline::net {

/// `certificates.<name>.verify`: what we ask of the other side's certificate.
enum class TlsVerify : std::uint8_t { None, Optional, Required };
/// `certificates.<name>.identity`: where the identity of a client certificate is read.
enum class TlsIdentity : std::uint8_t { None, San, Cn };

/// One certificate profile (SBC-TLS-05); YAML section `certificates.<name>`.
struct TlsProfile {
    std::string chain; // PEM, leaf first
    std::string key;   // PEM
    std::string passphrase_file;
    std::string min_version = "1.2"; // "1.2" or "1.3"
    std::string
        client_ca;   // PEM: whom to trust (clients, or the server for a client context); empty: the system's
    std::string crl; // PEM
    TlsVerify verify = TlsVerify::None;
    TlsIdentity identity = TlsIdentity::None;
    bool operator==(const TlsProfile&) const = default;
};
using TlsProfiles = std::map<std::string, TlsProfile>;

/// An SSL_CTX made from a profile. Errors name the file and what is wrong with it.
class TlsContext {
public:
    static Result<std::unique_ptr<TlsContext>> server(const TlsProfile& profile);
    /// `profile.chain` may be empty: no client certificate is shown.
    static Result<std::unique_ptr<TlsContext>> client(const TlsProfile& profile);
    ~TlsContext();

    /// Reads the files again; on an error nothing changes. Connections that exist stay.
    Status reload();

    void* native() const; // SSL_CTX*, for net alone
    const TlsProfile& profile() const;

private:
    struct State;
    explicit TlsContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace wakeline::net
