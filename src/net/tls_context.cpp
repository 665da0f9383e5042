// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <fstream>
#include <optional>

#include "base/c_handle.h"
#include "base/secret.h"
#include "base/text.h"
#include "net/tls_error.h"

namespace wakeline::net {

namespace {

using Context = CHandle<SSL_CTX, SSL_CTX_free>;
using Session = CHandle<SSL_SESSION, SSL_SESSION_free>;
enum class Role : std::uint8_t { Server, Client };

constexpr std::size_t kMaxSessions = 64;

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }
Error wrong_file(std::string_view setting, const std::string& file) {
    return {ErrorCode::Crypto, std::string(setting) + " " + file + ": " + take_tls_error()};
}

int give_passphrase(char* buffer, int size, int, void* secret) {
    if (secret == nullptr) return -1; // never ask on a terminal
    const std::string& text = static_cast<const Secret*>(secret)->reveal();
    if (text.size() > static_cast<std::size_t>(size)) return -1;
    text.copy(buffer, text.size());
    return static_cast<int>(text.size());
}

Result<Secret> read_passphrase(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    if (!in || !std::getline(in, line)) return wrong("passphrase_file " + file + ": cannot be read");
    return Secret(std::string(trim(line)));
}

std::optional<int> protocol_version(std::string_view text) {
    if (text == "1.0") return TLS1_VERSION;
    if (text == "1.1") return TLS1_1_VERSION;
    if (text == "1.2") return TLS1_2_VERSION;
    if (text == "1.3") return TLS1_3_VERSION;
    return std::nullopt;
}

/// TLS 1.3 suites are named TLS_..., and OpenSSL wants them apart from the older ones.
Status set_ciphers(SSL_CTX* context, const TlsProfile& profile) {
    std::string older, newer;
    for (const std::string_view name : split(profile.ciphers, ':')) {
        std::string& list = trim(name).starts_with("TLS_") ? newer : older;
        if (!trim(name).empty()) ((list += list.empty() ? "" : ":") += trim(name));
    }
    if (older.empty() && profile.min_version < "1.2")
        older = "DEFAULT@SECLEVEL=0"; // OpenSSL 3 signs TLS 1.0 and 1.1 only there
    if ((!older.empty() && SSL_CTX_set_cipher_list(context, older.c_str()) != 1) ||
        (!newer.empty() && SSL_CTX_set_ciphersuites(context, newer.c_str()) != 1))
        return wrong("ciphers \"" + profile.ciphers + "\": " + take_tls_error());
    return Done{};
}

Status set_protocol(SSL_CTX* context, const TlsProfile& profile) {
    const auto version = protocol_version(profile.min_version);
    if (!version) return wrong("min_version \"" + profile.min_version + "\" is none of 1.0, 1.1, 1.2, 1.3");
    SSL_CTX_set_min_proto_version(context, *version);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // A sleeping phone's connection holds no buffers; the chain is the file's, never built from the trusted.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN |
                                  SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1); // header and content of a record in one system call
    return set_ciphers(context, profile);
}

Status load_own_certificate(SSL_CTX* context, const TlsProfile& profile) {
    Secret passphrase;
    if (!profile.passphrase_file.empty()) {
        auto read = read_passphrase(profile.passphrase_file);
        if (!read) return read.error();
        passphrase = *std::move(read);
    }
    SSL_CTX_set_default_passwd_cb(context, give_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, passphrase.empty() ? nullptr : &passphrase);
    Status result = Done{};
    if (SSL_CTX_use_certificate_chain_file(context, profile.chain.c_str()) != 1)
        result = wrong_file("chain", profile.chain);
    else if (SSL_CTX_use_PrivateKey_file(context, profile.key.c_str(), SSL_FILETYPE_PEM) != 1)
        result = wrong_file("key", profile.key);
    else if (SSL_CTX_check_private_key(context) != 1)
        result = wrong("key " + profile.key + " does not belong to the certificate in " + profile.chain);
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    return result;
}

Status load_trusted(SSL_CTX* context, const TlsProfile& profile, Role role) {
    if (profile.client_ca.empty()) {
        if (role == Role::Server)
            return wrong("verify needs client_ca: a PEM file with the CA of the phones' certificates");
        SSL_CTX_set_default_verify_paths(context);
        return Done{};
    }
    if (SSL_CTX_load_verify_file(context, profile.client_ca.c_str()) != 1)
        return wrong_file("client_ca", profile.client_ca);
    // An issuing CA alone is enough, its root need not be in the file.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
    if (role == Role::Server) // tells phones which of their certificates we can use
        SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(profile.client_ca.c_str()));
    return Done{};
}

Status load_revoked(SSL_CTX* context, const TlsProfile& profile) {
    if (profile.crl.empty()) return Done{};
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == nullptr || X509_load_crl_file(lookup, profile.crl.c_str(), X509_FILETYPE_PEM) < 1)
        return wrong_file("crl", profile.crl);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return Done{};
}

Status set_verification(SSL_CTX* context, const TlsProfile& profile, Role role) {
    if (profile.verify == TlsVerify::None) return Done{};
    if (const Status loaded = load_trusted(context, profile, role); !loaded) return loaded;
    if (const Status loaded = load_revoked(context, profile); !loaded) return loaded;
    const bool must = role == Role::Server && profile.verify == TlsVerify::Required;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    return Done{};
}

void set_resumption(SSL_CTX* context, const TlsProfile& profile, Role role) {
    if (role == Role::Client) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        return;
    }
    // Tickets alone: the phone keeps the session, we keep nothing. Without an id context, resumption with a
    // client certificate fails.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    const std::string id = profile.chain.substr(0, SSL_MAX_SSL_SESSION_ID_LENGTH);
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(id.data()),
                                   static_cast<unsigned>(id.size()));
}

Result<Context> build(const TlsProfile& profile, Role role) {
    ERR_clear_error();
    Context context(SSL_CTX_new(role == Role::Server ? TLS_server_method() : TLS_client_method()));
    if (!context) return Error{ErrorCode::Crypto, take_tls_error()};
    if (const Status set = set_protocol(context.get(), profile); !set) return set.error();
    if (role == Role::Server && profile.chain.empty())
        return wrong("chain is missing: the server's certificate");
    if (!profile.chain.empty())
        if (const Status loaded = load_own_certificate(context.get(), profile); !loaded)
            return loaded.error();
    if (const Status set = set_verification(context.get(), profile, role); !set) return set.error();
    set_resumption(context.get(), profile, role);
    ERR_clear_error();
    return context;
}

} // namespace

struct TlsContext::State {
    State(Role side, const TlsProfile& from, Context made) // clang 14 makes no aggregate from (...)
        : role(side), profile(from), context(std::move(made)) {}

    Role role;
    TlsProfile profile;
    Context context;
    std::map<std::string, Session> sessions;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::server(const TlsProfile& profile) {
    auto context = build(profile, Role::Server);
    if (!context) return context.error();
    return std::unique_ptr<TlsContext>(
        new TlsContext(std::make_unique<State>(Role::Server, profile, *std::move(context))));
}

Result<std::unique_ptr<TlsContext>> TlsContext::client(const TlsProfile& profile) {
    auto context = build(profile, Role::Client);
    if (!context) return context.error();
    return std::unique_ptr<TlsContext>(
        new TlsContext(std::make_unique<State>(Role::Client, profile, *std::move(context))));
}

Status TlsContext::reload() { return reload(TlsProfile(state_->profile)); }

Status TlsContext::reload(const TlsProfile& profile) {
    auto context = build(profile, state_->role);
    if (!context) return context.error();
    state_->context = *std::move(context);
    state_->profile = profile;
    state_->sessions.clear();
    return Done{};
}

const TlsProfile& TlsContext::profile() const { return state_->profile; }
SSL_CTX* TlsContext::native() const { return state_->context.get(); }

SSL_SESSION* TlsContext::session(const std::string& server) const {
    const auto found = state_->sessions.find(server);
    return found == state_->sessions.end() ? nullptr : found->second.get();
}

void TlsContext::keep_session(const std::string& server, SSL_SESSION* session) {
    Session kept(session);
    if (state_->sessions.size() >= kMaxSessions && !state_->sessions.contains(server))
        state_->sessions.clear();
    state_->sessions[server] = std::move(kept);
}

} // namespace wakeline::net
