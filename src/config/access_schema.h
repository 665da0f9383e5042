// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/schema.h"
#include "net/tls_context.h"
#include "sip/config.h"

namespace wakeline::config {

template <>
struct Words<sip::ListenTransport> {
    using enum sip::ListenTransport;
    static constexpr std::array list{Word{"tls", Tls}, Word{"tcp", Tcp}, Word{"udp", Udp}};
};

template <>
struct Schema<sip::ListenerConfig> {
    using S = sip::ListenerConfig;
    static constexpr std::string_view sample =
        "- {name: tls,  transport: tls, address: 0.0.0.0, port: 5061, certificate: public}\n"
        "- {name: mtls, transport: tls, address: 0.0.0.0, port: 5161, certificate: mutual}\n"
        "- {name: tcp,  transport: tcp, address: 0.0.0.0, port: 5060, enabled: false}\n"
        "- {name: udp,  transport: udp, address: 0.0.0.0, port: 5060, enabled: false}\n";
    static constexpr std::tuple fields{
        Field("name", &S::name, "How logs and wakelinectl call this listener.").required(),
        Field("transport", &S::transport,
              "What phones speak here. Over tcp and udp everybody on the way can read who calls whom: open "
              "them only where that is acceptable.")
            .required(),
        Field("address", &S::address, "The address to listen on; 0.0.0.0 or :: for all.", kIpAddress),
        Field("port", &S::port, "The port to listen on.", kPort).required(),
        Field("certificate", &S::certificate,
              "A name in certificates. Whether phones must show a certificate of their own is that "
              "certificate's verify setting.")
            .unset("none; transport tls needs one"),
        Field("enabled", &S::enabled, "false: the entry stays in the file, nothing listens."),
    };
};

template <>
struct Schema<sip::AccessConfig> {
    using S = sip::AccessConfig;
    static constexpr std::tuple fields{
        Field("public_address", &S::public_address,
              "The address or host name that phones are told (Via, Contact): set it when Wakeline stands "
              "behind address translation.",
              kHost)
            .unset("the address a phone connected to"),
        Field("keepalive", &S::keepalive,
              "How often a phone that is awake is asked to show that it is still there. Routers forget idle "
              "connections after a minute.",
              between_ms<10'000, 3'600'000>),
        Field("handshake_rate", &S::handshake_rate,
              "How many TLS handshakes each listener begins in a second; the other phones wait in line. When "
              "all come back after an outage, calls and those who are in go on. 0: no limit.",
              between<0, 100'000>),
        Field("listeners", &S::listeners, "Where phones connect."),
    };
};

template <>
struct Words<net::TlsVerify> {
    using enum net::TlsVerify;
    static constexpr std::array list{Word{"none", None}, Word{"optional", Optional},
                                     Word{"required", Required}};
};
template <>
struct Words<net::TlsIdentity> {
    using enum net::TlsIdentity;
    static constexpr std::array list{Word{"none", None}, Word{"san", San}, Word{"cn", Cn}};
};

template <>
struct Schema<net::TlsProfile> {
    using S = net::TlsProfile;
    static constexpr std::string_view sample =
        "public: {chain: /etc/wakeline/tls/fullchain.pem, key: /etc/wakeline/tls/key.pem}\n"
        "mutual: {chain: /etc/wakeline/tls/fullchain.pem, key: /etc/wakeline/tls/key.pem, "
        "client_ca: /etc/wakeline/tls/phones-ca.pem, verify: required}\n";
    static constexpr std::tuple fields{
        Field("chain", &S::chain, "PEM file: our certificate first, then those between it and the root.",
              kAbsolutePath)
            .required()
            .live(),
        Field("key", &S::key, "PEM file: the private key of the certificate.", kAbsolutePath)
            .required()
            .live(),
        Field("passphrase_file", &S::passphrase_file,
              "File whose first line opens an encrypted key. Readable for the user wakeline alone.",
              kAbsolutePath)
            .unset("the key is not encrypted")
            .live(),
        Field("min_version", &S::min_version,
              "The oldest TLS version that is spoken. Those before 1.2 are broken; they are for phones that "
              "know "
              "nothing newer.",
              kTlsVersion)
            .live(),
        Field("ciphers", &S::ciphers,
              "Cipher suites by their OpenSSL names, best first, with colons between; suites of TLS 1.3 too.")
            .unset("those of OpenSSL")
            .live(),
        Field("client_ca", &S::client_ca,
              "PEM file: who may have signed the other side's certificate. More than one is fine, so that a "
              "CA can be replaced without an outage.",
              kAbsolutePath)
            .unset("the system's certificate authorities")
            .live(),
        Field("crl", &S::crl,
              "PEM file: the revocation list of each authority in the chain. With it, a certificate of an "
              "authority without a list is refused.",
              kAbsolutePath)
            .unset("none")
            .live(),
        Field("verify", &S::verify,
              "Whether phones must show a certificate: not asked for, checked when shown, or required.")
            .live(),
        Field("identity", &S::identity,
              "Where a phone's certificate names its user: not used, the subject alternative name, or the "
              "common name.")
            .live(),
    };
};

} // namespace wakeline::config
