// SPDX-License-Identifier: Apache-2.0
#include "net/peer_certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "base/text.h"
#include "net/socket_address.h"

namespace wakeline::net {

namespace {

/// RFC 4514 order reversed as administrators know it: "C=DE, O=Example, CN=phone 17".
std::string print(const X509_NAME* name) {
    const CHandle<BIO, BIO_free> out(BIO_new(BIO_s_mem()));
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return "?";
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_STRING* value) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string common_name_of(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    return at < 0 ? "" : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

std::string serial_of(const X509* certificate) {
    const CHandle<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    if (!number) return "?";
    char* digits = BN_bn2hex(number.get());
    std::string text = digits != nullptr ? digits : "?";
    OPENSSL_free(digits);
    return text;
}

std::string ip_of(const ASN1_OCTET_STRING* raw) {
    if (raw->length == 4) {
        sockaddr_in v4{AF_INET, 0, {}, {}};
        std::copy_n(raw->data, 4, reinterpret_cast<unsigned char*>(&v4.sin_addr));
        return SocketAddress::from(reinterpret_cast<const sockaddr*>(&v4), sizeof v4).ip();
    }
    if (raw->length != 16) return {};
    sockaddr_in6 v6{AF_INET6, 0, 0, {}, 0};
    std::copy_n(raw->data, 16, reinterpret_cast<unsigned char*>(&v6.sin6_addr));
    return SocketAddress::from(reinterpret_cast<const sockaddr*>(&v6), sizeof v6).ip();
}

void read_alternative_names(X509* certificate, PeerCertificate& into) {
    const CHandle<GENERAL_NAMES, GENERAL_NAMES_free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) into.dns_names.push_back(text_of(name->d.dNSName));
        if (name->type == GEN_URI) into.uris.push_back(text_of(name->d.uniformResourceIdentifier));
        if (name->type == GEN_IPADD) into.ip_addresses.push_back(ip_of(name->d.iPAddress));
    }
}

/// The domain that a SIP URI of a certificate names; empty when it names a user or is none (RFC 5922 7.1).
std::string_view domain_of(std::string_view uri) {
    if (!istarts_with(uri, "sip:")) return {};
    uri.remove_prefix(4);
    return uri.find('@') == uri.npos ? uri.substr(0, uri.find_first_of(";?")) : std::string_view{};
}

} // namespace

PeerCertificate PeerCertificate::of(X509* certificate) {
    PeerCertificate result;
    const X509_NAME* subject = X509_get_subject_name(certificate);
    result.subject = print(subject);
    result.issuer = print(X509_get_issuer_name(certificate));
    result.serial = serial_of(certificate);
    result.common_name = common_name_of(subject);
    read_alternative_names(certificate, result);
    return result;
}

bool PeerCertificate::belongs_to(std::string_view name) const {
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
    const auto same = [name](std::string_view other) { return iequals(name, other); };
    if (std::ranges::any_of(ip_addresses, same)) return true;
    bool has_domain = !dns_names.empty();
    for (const std::string& uri : uris) {
        const std::string_view domain = domain_of(uri);
        if (domain.empty()) continue;
        if (same(domain)) return true;
        has_domain = true;
    }
    return has_domain ? std::ranges::any_of(dns_names, same) : same(common_name);
}

} // namespace wakeline::net
