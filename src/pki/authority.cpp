// SPDX-License-Identifier: Apache-2.0
#include "pki/authority.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"
#include "pki/files.h"
#include "pki/issue.h"

namespace wakeline::pki {

namespace {

namespace fs = std::filesystem;

constexpr long kListGoodFor = 90L * 86'400; // seconds

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

/// A name becomes file names.
Status is_usable(const std::string& name) {
    const bool plain = !name.empty() && name.size() < 128 && name.front() != '.' && name != "ca" &&
                       name != "crl" && name.find('/') == std::string::npos &&
                       name.find('\0') == std::string::npos;
    return plain ? Status(Done{}) : Status(wrong("\"" + name + "\" cannot be the name of a file here"));
}

struct File {
    std::string path, text;
    mode_t mode;
};

Result<std::vector<std::string>> write_all(const std::vector<File>& files) {
    for (const File& file : files)
        if (fs::exists(file.path))
            return wrong(file.path + " is there already: revoke it and remove it, or choose another name");
    std::vector<std::string> paths;
    for (const File& file : files) {
        if (const Status written = write_new(file.path, file.text, file.mode); !written)
            return written.error();
        paths.push_back(file.path);
    }
    return paths;
}

/// What a new key and certificate are called on disk.
struct Issued {
    Key key;
    Certificate certificate;
    std::vector<File> files;
};

Result<Issued> issue_files(const std::string& stem, const Wish& wish, const Issuer& issuer) {
    auto key = make_key(wish.key);
    if (!key) return key.error();
    auto certificate = pki::issue(wish, key->get(), issuer);
    if (!certificate) return certificate.error();
    const auto own = pem_of(certificate->get()), above = pem_of(issuer.certificate);
    const auto secret = pem_of(key->get());
    if (!own || !above || !secret) return failed("cannot write the certificate");
    Issued issued{*std::move(key), *std::move(certificate), {}};
    issued.files = {{stem + ".pem", *own + *above, kForAll},
                    {stem + "-key.pem", secret->reveal(), kForOwner}};
    return issued;
}

} // namespace

Authority::Authority(std::string folder, Certificate certificate, Key key)
    : folder_(std::move(folder)), certificate_(std::move(certificate)), key_(std::move(key)) {}

Result<Authority> Authority::create(const std::string& folder, const Wish& wish) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) return Error{ErrorCode::Io, "cannot make the folder " + folder + ": " + failure.message()};
    ::chmod(folder.c_str(), 0700);
    auto key = make_key(wish.key);
    if (!key) return key.error();
    auto certificate = pki::issue(wish, key->get(), {nullptr, key->get()});
    if (!certificate) return certificate.error();
    const auto own = pem_of(certificate->get());
    const auto secret = pem_of(key->get());
    if (!own || !secret) return failed("cannot write the authority");
    const auto written = write_all(
        {{folder + "/ca.pem", *own, kForAll}, {folder + "/ca-key.pem", secret->reveal(), kForOwner}});
    if (!written) return written.error();
    Authority authority(folder, *std::move(certificate), *std::move(key));
    const RevocationList none(X509_CRL_new());
    if (const Status done = authority.write_list(none.get()); !done) return done.error();
    return authority;
}

Result<Authority> Authority::open(const std::string& folder) {
    const auto own = read_text(folder + "/ca.pem"), secret = read_text(folder + "/ca-key.pem");
    for (const auto* file : {&own, &secret})
        if (!*file)
            return Error{ErrorCode::Io, file->error().message +
                                            "; is there an authority? \"wakelinectl cert init\" makes one"};
    auto certificate = read_certificate(*own);
    if (!certificate) return Error{ErrorCode::Crypto, folder + "/ca.pem: " + certificate.error().message};
    auto key = read_key(Secret(*secret));
    if (!key) return Error{ErrorCode::Crypto, folder + "/ca-key.pem: " + key.error().message};
    return Authority(folder, *std::move(certificate), *std::move(key));
}

Result<std::vector<std::string>> Authority::issue(const std::string& name, const Wish& wish) {
    if (const Status usable = is_usable(name); !usable) return usable.error();
    const auto issued = issue_files(file(name), wish, {certificate_.get(), key_.get()});
    return issued ? write_all(issued->files) : Result<std::vector<std::string>>(issued.error());
}

Result<std::vector<std::string>> Authority::issue_package(const std::string& name, const Wish& wish,
                                                          const Secret& password) {
    if (const Status usable = is_usable(name); !usable) return usable.error();
    auto issued = issue_files(file(name), wish, {certificate_.get(), key_.get()});
    if (!issued) return issued.error();
    const auto packed = package(issued->key.get(), issued->certificate.get(), certificate_.get(), password);
    if (!packed) return packed.error();
    issued->files.push_back({file(name) + ".p12", *packed, kForOwner});
    issued->files.push_back({file(name) + ".p12.base64", base64(as_bytes(*packed)) + '\n', kForOwner});
    return write_all(issued->files);
}

Result<RevocationList> Authority::read_list() const {
    const auto text = read_text(file("crl.pem"));
    if (!text) return text.error();
    RevocationList list(PEM_read_bio_X509_CRL(reader_of(*text).get(), nullptr, nullptr, nullptr));
    if (!list) return failed(file("crl.pem"));
    return list;
}

Status Authority::write_list(X509_CRL* list) {
    const CHandle<ASN1_TIME, ASN1_TIME_free> now(X509_gmtime_adj(nullptr, 0)),
        next(X509_gmtime_adj(nullptr, kListGoodFor));
    if (X509_CRL_set_version(list, 1) != 1 ||
        X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate_.get())) != 1 ||
        X509_CRL_set1_lastUpdate(list, now.get()) != 1 || X509_CRL_set1_nextUpdate(list, next.get()) != 1 ||
        X509_CRL_sort(list) != 1 || X509_CRL_sign(list, key_.get(), EVP_sha256()) == 0)
        return failed("cannot make the revocation list");
    const auto text = pem_of(list);
    return text ? replace(file("crl.pem"), *text, kForAll) : Status(text.error());
}

bool Authority::is_revoked(X509_CRL* list, X509* certificate) const {
    X509_REVOKED* entry = nullptr;
    return X509_CRL_get0_by_cert(list, &entry, certificate) == 1;
}

Status Authority::revoke(const std::string& name) {
    const std::string path = name.find('/') == std::string::npos ? file(name + ".pem") : name;
    const auto text = read_text(path);
    if (!text) return text.error();
    const auto certificate = read_certificate(*text);
    if (!certificate) return Error{ErrorCode::Crypto, path + ": " + certificate.error().message};
    if (X509_verify(certificate->get(), key_.get()) != 1)
        return wrong(path + " was not issued by this authority");
    const auto list = read_list();
    if (!list) return list.error();
    if (is_revoked(list->get(), certificate->get())) return wrong(path + " is revoked already");
    CHandle<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
    const CHandle<ASN1_TIME, ASN1_TIME_free> now(X509_gmtime_adj(nullptr, 0));
    if (!entry ||
        X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(certificate->get())) != 1 ||
        X509_REVOKED_set_revocationDate(entry.get(), now.get()) != 1 ||
        X509_CRL_add0_revoked(list->get(), entry.get()) != 1)
        return failed("cannot revoke " + path);
    static_cast<void>(entry.release()); // the list's now
    return write_list(list->get());
}

Status Authority::renew_list() {
    const auto list = read_list();
    return list ? write_list(list->get()) : Status(list.error());
}

Result<std::vector<Authority::Entry>> Authority::list() const {
    const auto revoked = read_list();
    if (!revoked) return revoked.error();
    std::vector<Entry> out;
    std::error_code failure;
    for (const fs::directory_entry& at : fs::directory_iterator(folder_, failure)) {
        const std::string name = at.path().filename();
        if (!name.ends_with(".pem") || name.ends_with("-key.pem") || name == "crl.pem") continue;
        const auto text = read_text(at.path());
        const auto certificate = text ? read_certificate(*text) : Result<Certificate>(text.error());
        if (!certificate) continue; // somebody else's file
        out.push_back({name.substr(0, name.size() - 4), net::Credential::of(certificate->get()),
                       is_revoked(revoked->get(), certificate->get())});
    }
    if (failure) return Error{ErrorCode::Io, "cannot read " + folder_ + ": " + failure.message()};
    std::ranges::sort(out, {}, [](const Entry& entry) { return std::pair(entry.name != "ca", entry.name); });
    return out;
}

Result<std::vector<std::string>> write_request(const std::string& folder, const std::string& name,
                                               const Wish& wish) {
    if (const Status usable = is_usable(name); !usable) return usable.error();
    const auto key = make_key(wish.key);
    if (!key) return key.error();
    const auto text = request(wish, key->get());
    const auto secret = pem_of(key->get());
    if (!text || !secret) return text ? secret.error() : text.error();
    const std::string stem = folder + '/' + name;
    return write_all({{stem + ".csr", *text, kForAll}, {stem + "-key.pem", secret->reveal(), kForOwner}});
}

Result<std::vector<net::Credential>> read_any(const std::string& path, const Secret& password) {
    const auto text = read_text(path);
    if (!text) return text.error();
    if (text->find("-----BEGIN") != std::string::npos) {
        const bool lists = text->find("BEGIN X509 CRL") != std::string::npos;
        auto all = lists ? net::read_revocation_lists(*text) : net::read_certificates(*text);
        return all ? all : Error{all.error().code, path + ' ' + all.error().message};
    }
    const CHandle<PKCS12, PKCS12_free> packed(d2i_PKCS12_bio(reader_of(*text).get(), nullptr));
    if (!packed) return failed(path + " is neither PEM nor PKCS#12");
    EVP_PKEY* key = nullptr;
    X509* own = nullptr;
    if (PKCS12_parse(packed.get(), password.reveal().c_str(), &key, &own, nullptr) != 1)
        return failed(path +
                      " does not open: the password is another one (--password-file), or it is encrypted as "
                      "OpenSSL 1 did, with RC2 or 3DES");
    const Key key_owner(key);
    const Certificate owner(own);
    if (!owner) return wrong(path + " has no certificate in it");
    return std::vector{net::Credential::of(own)};
}

} // namespace wakeline::pki
