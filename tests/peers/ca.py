# SPDX-License-Identifier: Apache-2.0
"""A throw-away certificate authority: P-256, valid for a day, gone with its folder."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem_key(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Authority:
    """Issues certificates into `folder`; `self.cert` is the PEM file to trust."""

    def __init__(self, folder, common_name="Wakeline throw-away CA"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(common_name)
        certificate = (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.cert = self.folder / (common_name.replace(" ", "-").lower() + ".pem")
        self.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, name, hosts=("127.0.0.1", "localhost")):
        return self.issue(name, name, hosts, ExtendedKeyUsageOID.SERVER_AUTH)

    def client(self, name, hosts=(), days=1):
        return self.issue(name, name, hosts, ExtendedKeyUsageOID.CLIENT_AUTH, days)

    def revocation_list(self, *chains, days=1):
        """The PEM text of a list with the first certificates of these files on it."""
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateRevocationListBuilder().issuer_name(self._name)
                   .last_update(now - datetime.timedelta(hours=1)).next_update(now + datetime.timedelta(days=days)))
        for chain in chains:
            revoked = x509.load_pem_x509_certificate(pathlib.Path(chain).read_bytes())
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(revoked.serial_number).revocation_date(now).build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def _builder(self, subject, public_key, days=1):
        now = datetime.datetime.utcnow()
        start = now - datetime.timedelta(days=2) if days <= 0 else now - datetime.timedelta(hours=1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(now + datetime.timedelta(days=days, seconds=-1))
        )

    def issue(self, stem, common_name, hosts, usage, days=1):
        """Writes <stem>.pem (leaf, then CA) and <stem>.key; returns the two paths."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_name(common_name), key.public_key(), days).add_extension(
            x509.ExtendedKeyUsage([usage]), critical=False
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_san(h) for h in hosts]), critical=False)
        leaf = builder.sign(self._key, hashes.SHA256())
        chain, key_file = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + self.cert.read_bytes())
        key_file.write_bytes(_pem_key(key))
        key_file.chmod(0o600)
        return chain, key_file


def _san(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
