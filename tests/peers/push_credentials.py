# SPDX-License-Identifier: Apache-2.0
"""Throw-away credentials for the fake push service: a CA with a server's and a client's certificate, an APNs key, an FCM
account, a webhook's secret."""

import datetime
import ipaddress
import json
import os
import pathlib
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

KEY_ID = "ABC123DEFG"
TEAM_ID = "TEAM123456"
BUNDLE_ID = "com.example.phone"
PROJECT = "wakeline-test"
CLIENT_EMAIL = f"wakeline@{PROJECT}.iam.gserviceaccount.com"
PRIVATE_KEY_ID = "0123456789abcdef0123456789abcdef01234567"

PASSPHRASE = "open sesame"

DAY = datetime.timedelta(days=1)


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo)


def write(path, content):
    """Never world-readable, not even for a moment: some of these are keys."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def certificate(subject, key, issuer, issuer_key, extensions):
    now = datetime.datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(now - DAY)
               .not_valid_after(now + 30 * DAY))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def make_tls(folder):
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Wakeline test push CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake push service")])
    ca = certificate(ca_name, ca_key, ca_name, ca_key, [(x509.BasicConstraints(True, None), True)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                                         x509.IPAddress(ipaddress.ip_address("::1"))])
    server = certificate(name, server_key, ca_name, ca_key, [(names, False)])
    make_client(folder, ca_name, ca_key, ca)
    write(folder / "ca.pem", ca.public_bytes(serialization.Encoding.PEM))
    write(folder / "server.pem", server.public_bytes(serialization.Encoding.PEM))
    write(folder / "server.key", private_pem(server_key))


def make_client(folder, ca_name, ca_key, ca):
    """The certificate that Apple issues for an app, as .p12 and as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"VoIP Services: {BUNDLE_ID}")])
    made = certificate(name, key, ca_name, ca_key, [])
    write(folder / "voip.pem", made.public_bytes(serialization.Encoding.PEM) + private_pem(key))
    encryption = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    write(folder / "voip.p12", pkcs12.serialize_key_and_certificates(b"voip", key, made, [ca], encryption))
    write(folder / "voip.pass", PASSPHRASE + "\n")


def make_missing(folder):
    """Creates in `folder` what is not there yet."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "server.key").exists():
        make_tls(folder)
    if not (folder / "AuthKey.p8").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        write(folder / "AuthKey.pub", public_pem(key))
        write(folder / "AuthKey.p8", private_pem(key))
    if not (folder / "fcm.key").exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        write(folder / "fcm.pub", public_pem(key))
        write(folder / "fcm.key", private_pem(key))
    if not (folder / "webhook.secret").exists():
        write(folder / "webhook.secret", secrets.token_hex(16) + "\n")
    return folder


def write_service_account(folder, token_uri):
    """The JSON file that Google hands out; it names the token endpoint, so the port must be known."""
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": PRIVATE_KEY_ID,
        "private_key": (folder / "fcm.key").read_text(),
        "client_email": CLIENT_EMAIL,
        "token_uri": token_uri,
    }
    write(folder / "fcm.json", json.dumps(account, indent=2) + "\n")
