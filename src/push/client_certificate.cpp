// SPDX-License-Identifier: Apache-2.0
#include "push/client_certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "base/bytes.h"
#include "base/c_handle.h"

namespace wakeline::push {

namespace {

using Bio = CHandle<BIO, BIO_free_all>;
using Key = CHandle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = CHandle<X509, X509_free>;

void free_chain(STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); }
using Chain = CHandle<STACK_OF(X509), free_chain>;

struct Parts {
    Key key;
    Certificate leaf;
    Chain above;
};

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

/// An OpenSSL of its own, with the ciphers that macOS and OpenSSL 1 encrypt .p12 files with (RC2 and 3DES
/// with SHA-1): the rest of the process does without them.
class OldCiphers {
public:
    OldCiphers()
        : context_(OSSL_LIB_CTX_new()), legacy_(OSSL_PROVIDER_load(context_.get(), "legacy")),
          standard_(OSSL_PROVIDER_load(context_.get(), "default")) {}
    OSSL_LIB_CTX* get() const { return context_.get(); }

private:
    static void unload(OSSL_PROVIDER* provider) { OSSL_PROVIDER_unload(provider); }
    using Provider = CHandle<OSSL_PROVIDER, unload>;

    CHandle<OSSL_LIB_CTX, OSSL_LIB_CTX_free> context_;
    Provider legacy_, standard_;
};

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Secret pem_of(EVP_PKEY* key) {
    const Bio out(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
    return Secret(text_of(out.get()));
}

Result<ClientCertificate> certificate_of(const Parts& parts) {
    if (!parts.leaf) return wrong("has no certificate");
    if (!parts.key) return wrong("has no private key");
    if (X509_check_private_key(parts.leaf.get(), parts.key.get()) != 1)
        return wrong("has a private key that does not belong to its certificate");
    const Bio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), parts.leaf.get());
    for (int i = 0; i < sk_X509_num(parts.above.get()); ++i)
        PEM_write_bio_X509(out.get(), sk_X509_value(parts.above.get(), i));
    ClientCertificate made{text_of(out.get()), pem_of(parts.key.get()),
                           net::Credential::of(parts.leaf.get())};
    if (made.key.empty()) return wrong("has a private key that cannot be used");
    return made;
}

Result<ClientCertificate> from_p12(PKCS12* file, const std::string& passphrase) {
    const bool open = PKCS12_verify_mac(file, passphrase.c_str(), static_cast<int>(passphrase.size())) == 1 ||
                      (passphrase.empty() && PKCS12_verify_mac(file, nullptr, 0) == 1);
    if (!open) return wrong("is not opened by the passphrase: check passphrase_file");
    EVP_PKEY* key = nullptr;
    X509* leaf = nullptr;
    STACK_OF(X509)* above = nullptr;
    const bool read = PKCS12_parse(file, passphrase.c_str(), &key, &leaf, &above) == 1;
    const Parts parts{Key(key), Certificate(leaf), Chain(above)};
    if (!read) return wrong("is PKCS #12, but what is in it cannot be read");
    return certificate_of(parts);
}

int give(char* buffer, int size, int, void* secret) {
    const std::string& text = static_cast<const Secret*>(secret)->reveal();
    if (text.size() > static_cast<std::size_t>(size)) return -1;
    text.copy(buffer, text.size());
    return static_cast<int>(text.size());
}

Result<ClientCertificate> from_pem(std::string_view file, const Secret& passphrase) {
    const auto reader = [file] { return Bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size()))); };
    Parts parts{nullptr, nullptr, Chain(sk_X509_new_null())};
    const Bio certificates = reader();
    parts.leaf.reset(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
    while (X509* const above = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr))
        sk_X509_push(parts.above.get(), above);
    parts.key.reset(PEM_read_bio_PrivateKey(reader().get(), nullptr, give, const_cast<Secret*>(&passphrase)));
    if (!parts.key && file.find("ENCRYPTED") != file.npos)
        return wrong("has a private key that is not opened by the passphrase: check passphrase_file");
    return certificate_of(parts);
}

} // namespace

Result<ClientCertificate> ClientCertificate::parse(std::string_view file, const Secret& passphrase) {
    const OldCiphers ciphers;
    const auto* at = as_bytes(file).data();
    PKCS12* empty = PKCS12_init_ex(NID_pkcs7_data, ciphers.get(), nullptr);
    const CHandle<PKCS12, PKCS12_free> p12(d2i_PKCS12(&empty, &at, static_cast<long>(file.size())));
    auto made = p12 ? from_p12(p12.get(), passphrase.reveal()) : from_pem(file, passphrase);
    ERR_clear_error();
    return made;
}

} // namespace wakeline::push
