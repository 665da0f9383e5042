# SPDX-License-Identifier: Apache-2.0
"""What wakelinectl does without a daemon: certificates, sign-in codes, firewall rules, the users file. Proves: SBC-TLS-14,
SBC-TLS-15, SBC-PROV-01, SBC-PROV-06, SBC-PROV-09, SBC-FW-01."""

import asyncio
import re
import subprocess
import zlib

import pytest

from peers.site import yaml_text
from test_certificates import shown_serial
from test_operation import run, write
from test_wake import until


def good(*words):
    done = run("wakelinectl", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=True, timeout=20, **options).stdout


def test_a_phone_with_a_certificate_of_the_tool_is_served_until_it_is_revoked(stage):
    async def story():
        site = stage.site()
        ca = site.folder / "ca"
        good("cert", "init", "Phones CA", "--dir", ca, "--subject", "C=DE,O=Example")
        good("cert", "server", "sbc", "--dir", ca, "--san", f"{site.host},sbc.example.com", "--key", "rsa2048")
        for number in ("1001", "1002"):
            good("cert", "client", number, "--dir", ca, "--lifetime", "90d")
        own = {"chain": str(ca / "sbc.pem"), "key": str(ca / "sbc-key.pem")}
        site.settings["certificates"] = {"public": own, "mutual": {
            **own, "client_ca": str(ca / "ca.pem"), "crl": str(ca / "crl.pem"), "verify": "required", "identity": "cn"}}
        (site.folder / "users.yaml").write_text('"1001": {password: pw}\n"1002": {password: pw}\n')
        (site.folder / "users.yaml").chmod(0o600)
        site.settings["registration"] = {"mode": "local", "users": str(site.folder / "users.yaml"), "spread": 0}
        site.authority.cert = ca / "ca.pem"
        site.start()
        assert await asyncio.to_thread(shown_serial, site)

        def phone(number):
            one = site.phone(number, "pw")
            one.ssl.load_cert_chain(ca / f"{number}.pem", ca / f"{number}-key.pem")
            return one
        for number in ("1001", "1002"):
            one = phone(number)
            await one.connect()
            assert (await one.register()).status == 200
        good("cert", "revoke", "1001", "--dir", ca)
        await until(lambda: "were read again" in site.daemon.log.read_text(), 10)
        other = phone("1002")
        await other.connect()
        assert (await other.register()).status == 200
        with pytest.raises((OSError, AssertionError, asyncio.TimeoutError)):
            revoked = phone("1001")
            await revoked.connect()
            await revoked.register()
        listed = good("cert", "list", "--dir", ca)
        assert re.search(r"^1001 .* revoked ", listed, re.M) and re.search(r"^1002 .* active ", listed, re.M)

    stage.play(story())


def test_openssl_opens_what_the_tool_makes(tmp_path):
    ca, password = tmp_path / "ca", tmp_path / "password"
    password.write_text("right one\n")
    good("cert", "init", "--dir", ca, "--key", "rsa4096", "--lifetime", "2y")
    good("cert", "client", "1001", "--dir", ca, "--password-file", password)
    described = subprocess.run(["openssl", "pkcs12", "-in", ca / "1001.p12", "-passin", f"file:{password}", "-info", "-noout"],
                               capture_output=True, text=True, check=True, timeout=20).stderr
    assert "AES-256-CBC" in described and "MAC: sha256" in described
    assert openssl("verify", "-CAfile", ca / "ca.pem", "-crl_check", "-CRLfile", ca / "crl.pem", ca / "1001.pem").endswith("OK\n")
    assert "Public-Key: (4096 bit)" in openssl("x509", "-in", ca / "ca.pem", "-noout", "-text")
    good("cert", "csr", "sbc", "--dir", tmp_path, "--san", "sbc.example.com", "--subject", "O=Example")
    asked = openssl("req", "-in", tmp_path / "sbc.csr", "-noout", "-text", "-verify")
    assert "DNS:sbc.example.com" in asked and "O = Example, CN = sbc" in asked
    shown = good("cert", "show", ca / "1001.p12", "--password-file", password)
    assert "subject    CN = 1001" in shown and "usage      client" in shown
    assert run("wakelinectl", "cert", "show", ca / "1001.p12").returncode == 1
    made = good("cert", "client", "1002", "--dir", ca)
    secret = re.search(r"^password: (\w+)$", made, re.M)[1]
    assert secret not in "".join(path.read_text(errors="replace") for path in ca.iterdir())
    for words in (["cert", "server", "x", "--dir", ca], ["cert", "init", "--dir", ca, "--lifetime", "9y"]):
        assert run("wakelinectl", *words).returncode == 2


def modules_of_png(data):
    """Rows of dark and light pixels; the file is taken apart by the book."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(data):
        size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == int.from_bytes(data[at + 8 + size:at + 12 + size], "big")
        chunks[kind], at = body, at + 12 + size
    width, height = int.from_bytes(chunks[b"IHDR"][:4], "big"), int.from_bytes(chunks[b"IHDR"][4:8], "big")
    rows, pitch = zlib.decompress(chunks[b"IDAT"]), (width + 7) // 8 + 1
    assert len(rows) == pitch * height
    return [[not rows[y * pitch + 1 + x // 8] >> (7 - x % 8) & 1 for x in range(0, width, 8)] for y in range(0, height, 8)]


def test_the_sign_in_code_is_the_same_as_text_png_and_svg(stage):
    site = stage.site()
    file = write(stage.folder, yaml_text(site.settings))
    png, svg = stage.folder / "code.png", stage.folder / "code.svg"
    said = good("provision", "Bob.Smith%@system", "--config", file, "--cell", "+441234567899", "--png", png, "--svg", svg)
    port = site.ports["tls"]
    assert said == ("oscmob://account_details?username=Bob.Smith%25@system&"
                    f"server_url=127.0.0.1:{port}&cell=%2B441234567899\n")
    dark = {(x, y) for y, row in enumerate(modules_of_png(png.read_bytes())) for x, module in enumerate(row) if module}
    assert dark == {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg.read_text())}
    assert "\u2588" in good("provision", "1001", "--server", "sbc.example.com")
    assert "warning: http://" in good("provision", "1001", "--server", "http://sbc.example.com", "--svg", svg)
    secret = stage.folder / "secret"
    secret.write_text("pw\n")
    keys = good("provision", "1001", "--config", file, "--mdm", "--password-file", secret, "--set", "autoSave=true")
    assert keys.startswith("serverUserName=1001\n") and "serverPassword=cHc=\n" in keys and "autoSave=true\n" in keys
    assert run("wakelinectl", "provision", "1001", "--config", file, "--mdm").returncode == 2
    assert "pw" not in good("provision", "1001", "--config", file, "--sheet").split()


def test_nft_takes_the_firewall_rules(stage):
    site = stage.site()
    site.use_pbx(5062)
    file = write(stage.folder, yaml_text(site.settings))
    listed = good("firewall", "--config", file, "--list")
    assert f"tcp {site.ports['tls']} " in listed and f"udp {site.media_base}-{site.media_base + 7} " in listed
    rules = good("firewall", "--config", file, "--nft")
    checked = subprocess.run(["nft", "-c", "-f", "-"], input=rules, capture_output=True, text=True, check=False, timeout=20)
    if "Operation not permitted" in checked.stderr or "cache initialization failed" in checked.stderr:
        pytest.skip("this machine's kernel lets nft check nothing")
    assert checked.returncode == 0, checked.stderr


def test_users_go_out_as_a_table_and_come_back(stage):
    async def story():
        site = stage.site()
        users = site.folder / "users.yaml"
        users.write_text('"1001": {password: "a, b"}\n')
        users.chmod(0o600)
        site.settings["registration"] = {"mode": "local", "users": str(users), "spread": 0}
        daemon = site.start()
        table = site.folder / "users.csv"
        table.write_text(good("users", "export", "--config", daemon.config) + "1002,new,,,,,,,\r\n")
        assert "1001,\"a, b\"," in table.read_text()
        assert "wakelinectl reload" in good("users", "import", table, "--config", daemon.config)
        assert users.stat().st_mode & 0o777 == 0o600
        assert users.with_name("users.yaml.old").read_text() == '"1001": {password: "a, b"}\n'
        assert daemon.json("reload")["applied"]
        phone = site.phone("1002", "new")
        await phone.connect()
        assert (await phone.register()).status == 200
        table.write_text("userName,password\n1001,x\n1001,y\n")
        refused = run("wakelinectl", "users", "import", table, "--users", users)
        assert refused.returncode == 1 and f"{table}: line 3: " in refused.stderr
        assert '"1002"' in users.read_text()

    stage.play(story())
