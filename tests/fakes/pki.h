// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/c_handle.h"

namespace wakeline::test {

/// Certificates made for one test, as PEM files in a directory of its own.
class Pki {
public:
    struct Issued {
        std::string chain, key; // file names; the chain has the issuer behind the leaf when it is no root
    };
    struct Wish {
        std::string common_name = "test";
        std::string san = {}; // as openssl.cnf has it: "DNS:example.com,URI:sip:example.com,IP:127.0.0.1"
        int valid_from_days = -1, valid_to_days = 30;
        std::string passphrase = {};
        std::string usage = {}; // extended key usage: "serverAuth,clientAuth"
    };
    class Authority;

    Pki() {
        std::string name = (std::filesystem::temp_directory_path() / "wakeline-pki-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        directory_ = name;
    }
    ~Pki() { std::filesystem::remove_all(directory_); }
    Pki(const Pki&) = delete;
    Pki& operator=(const Pki&) = delete;

    std::string file(const std::string& name) const { return directory_ / name; }

private:
    std::filesystem::path directory_;
};

/// A CA, root or below another.
class Pki::Authority {
public:
    explicit Authority(const Pki& pki, std::string name, const Authority* above = nullptr)
        : pki_(pki), name_(std::move(name)), above_(above), key_(EVP_EC_gen("P-256")) {
        certificate_ = certify(key_.get(), {.common_name = name_}, above_ != nullptr ? *above_ : *this, true);
        write(file(), [this](FILE* out) { PEM_write_X509(out, certificate_.get()); });
    }

    std::string file() const { return pki_.file(name_ + ".pem"); }

    Issued issue(const Wish& wish) const {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate leaf = certify(key.get(), wish, *this, false);
        const std::string stem = pki_.file(name_ + "-" + std::to_string(issued_));
        write(stem + ".pem", [&](FILE* out) {
            PEM_write_X509(out, leaf.get());
            if (above_ != nullptr) PEM_write_X509(out, certificate_.get());
        });
        write(stem + ".key", [&](FILE* out) {
            const EVP_CIPHER* cipher = wish.passphrase.empty() ? nullptr : EVP_aes_128_cbc();
            const auto* secret = reinterpret_cast<const unsigned char*>(wish.passphrase.data());
            PEM_write_PrivateKey(out, key.get(), cipher, cipher != nullptr ? secret : nullptr,
                                 static_cast<int>(wish.passphrase.size()), nullptr, nullptr);
        });
        return {stem + ".pem", stem + ".key"};
    }

    /// A revocation list with that leaf on it, or an empty one.
    std::string revoke(const Issued* leaf) const {
        const CHandle<X509_CRL, X509_CRL_free> list(X509_CRL_new());
        const CHandle<ASN1_TIME, ASN1_TIME_free> now(X509_gmtime_adj(nullptr, -60)),
            later(X509_gmtime_adj(nullptr, 86'400));
        X509_CRL_set_version(list.get(), 1);
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get()));
        X509_CRL_set1_lastUpdate(list.get(), now.get());
        X509_CRL_set1_nextUpdate(list.get(), later.get());
        if (leaf != nullptr) {
            const Certificate revoked = read(leaf->chain);
            X509_REVOKED* entry = X509_REVOKED_new();
            X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked.get()));
            X509_REVOKED_set_revocationDate(entry, now.get());
            X509_CRL_add0_revoked(list.get(), entry);
        }
        X509_CRL_sign(list.get(), key_.get(), EVP_sha256());
        const std::string name = pki_.file(name_ + ".crl");
        write(name, [&](FILE* out) { PEM_write_X509_CRL(out, list.get()); });
        return name;
    }

private:
    using Certificate = CHandle<X509, X509_free>;
    using Key = CHandle<EVP_PKEY, EVP_PKEY_free>;

    template <class Print>
    static void write(const std::string& name, Print print) {
        const CHandle<FILE, std::fclose> out(std::fopen(name.c_str(), "w"));
        REQUIRE(out != nullptr);
        print(out.get());
    }

    static Certificate read(const std::string& name) {
        const CHandle<FILE, std::fclose> in(std::fopen(name.c_str(), "r"));
        REQUIRE(in != nullptr);
        return Certificate(PEM_read_X509(in.get(), nullptr, nullptr, nullptr));
    }

    static void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        REQUIRE(extension != nullptr);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }

    static Certificate certify(EVP_PKEY* key, const Wish& wish, const Authority& issuer, bool is_ca) {
        Certificate certificate(X509_new());
        X509* x = certificate.get();
        X509* above = issuer.certificate_ ? issuer.certificate_.get() : x;
        X509_set_version(x, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 0x1000 + ++issuer.issued_);
        X509_gmtime_adj(X509_getm_notBefore(x), wish.valid_from_days * 86'400L);
        X509_gmtime_adj(X509_getm_notAfter(x), wish.valid_to_days * 86'400L);
        X509_set_pubkey(x, key);
        const auto* name = reinterpret_cast<const unsigned char*>(wish.common_name.c_str());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, name, -1, -1, 0);
        X509_set_issuer_name(x, X509_get_subject_name(above));
        extend(x, above, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "CA:FALSE");
        if (is_ca) extend(x, above, NID_key_usage, "critical,keyCertSign,cRLSign");
        extend(x, above, NID_subject_key_identifier, "hash");
        if (!wish.san.empty()) extend(x, above, NID_subject_alt_name, wish.san);
        if (!wish.usage.empty()) extend(x, above, NID_ext_key_usage, wish.usage);
        X509_sign(x, issuer.key_.get(), EVP_sha256());
        return certificate;
    }

    const Pki& pki_;
    std::string name_;
    const Authority* above_;
    mutable long issued_ = 0;
    Key key_;
    Certificate certificate_;
};

} // namespace wakeline::test
