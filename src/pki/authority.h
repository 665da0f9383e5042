// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "net/credential.h"
#include "pki/openssl.h"
#include "pki/wish.h"

namespace wakeline::pki {

/// A small certificate authority in a folder of its own, for those who have no other:
///
///     ca.pem, ca-key.pem     its certificate and key
///     crl.pem                who is revoked; 90 days good, and made anew at each revocation
///     NAME.pem, NAME-key.pem what it issued: the certificate with the authority's behind it, and its key
///     NAME.p12, NAME.p12.base64    the same as one file for a phone, and as one line for an MDM
class Authority {
public:
    /// The folder is made when it is not there; an authority that is there is never touched.
    static Result<Authority> create(const std::string& folder, const Wish& wish);
    static Result<Authority> open(const std::string& folder);

    /// The files that were written.
    Result<std::vector<std::string>> issue(const std::string& name, const Wish& wish);
    /// A client's certificate also as a package, encrypted with that password.
    Result<std::vector<std::string>> issue_package(const std::string& name, const Wish& wish,
                                                   const Secret& password);
    /// Puts the certificate in that file (or of that name) on the list.
    Status revoke(const std::string& name);
    /// A new list with the same entries, so that it is good for another 90 days.
    Status renew_list();

    struct Entry {
        std::string name; // of the file
        net::Credential certificate;
        bool revoked = false;
    };
    /// The authority's own first, the others by name.
    Result<std::vector<Entry>> list() const;

private:
    Authority(std::string folder, Certificate certificate, Key key);

    std::string file(const std::string& name) const { return folder_ + '/' + name; }
    Result<RevocationList> read_list() const;
    Status write_list(X509_CRL* list);
    bool is_revoked(X509_CRL* list, X509* certificate) const;

    std::string folder_;
    Certificate certificate_;
    Key key_;
};

/// A key and a request for another authority: NAME-key.pem and NAME.csr in that folder.
Result<std::vector<std::string>> write_request(const std::string& folder, const std::string& name,
                                               const Wish& wish);

/// Of a file with PEM certificates, or of a package with that password.
Result<std::vector<net::Credential>> read_any(const std::string& path, const Secret& password);

} // namespace wakeline::pki
