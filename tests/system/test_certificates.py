# SPDX-License-Identifier: Apache-2.0
"""Certificates and revocation lists that change while the daemon runs, and what the check of the configuration says of
them. Proves: SBC-TLS-04, SBC-TLS-16."""

import asyncio
import socket
import ssl

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from peers.site import yaml_text
from test_operation import run, write
from test_wake import site_with_phone, until


def shown_serial(site):
    """Of the certificate that a new connection sees."""
    with socket.create_connection((site.host, site.ports["tls"]), 5) as plain:
        context = ssl.create_default_context(cafile=str(site.authority.cert))
        with context.wrap_socket(plain, server_hostname=site.host) as connection:
            return connection.getpeercert()["serialNumber"]


async def registers(site, number):
    """A new connection of that number's phone serves it."""
    again = site.phone(number, "pw")
    try:
        await again.connect()
        return (await again.register()).status == 200
    except (ssl.SSLError, OSError, AssertionError, asyncio.TimeoutError):
        return False
    finally:
        again.sleep()


def test_a_renewed_certificate_is_used_as_soon_as_it_is_there_and_no_connection_is_lost(stage):
    async def story():
        site, _, phone = await site_with_phone(stage)
        before = await asyncio.to_thread(shown_serial, site)
        site.authority.server("sbc", (site.host, "localhost", "example.com"))  # the same files
        for _ in range(500):
            if await asyncio.to_thread(shown_serial, site) != before:
                break
            await asyncio.sleep(0.02)
        assert await asyncio.to_thread(shown_serial, site) != before
        assert (await phone.register()).status == 200  # on the connection of before

        (site.folder / "tls/sbc.key").write_text("half a file")
        await until(lambda: "a changed file is not used" in site.daemon.log.read_text(), 10)
        assert await asyncio.to_thread(shown_serial, site) != before
        assert (await phone.register()).status == 200

    stage.play(story())


def test_a_new_revocation_list_holds_for_the_next_connection(stage):
    async def story():
        site = stage.site()
        revoked = site.folder / "revoked.pem"
        revoked.write_text(site.authority.revocation_list())
        site.settings["certificates"]["mutual"]["crl"] = str(revoked)
        site.settings["registration"] = {"mode": "local", "users": str(site.folder / "users.yaml"), "spread": 0}
        (site.folder / "users.yaml").write_text('"1001": {password: pw}\n"1002": {password: pw}\n')
        (site.folder / "users.yaml").chmod(0o600)
        site.start()
        lost, other = site.phone("1001", "pw"), site.phone("1002", "pw")
        for phone in (lost, other):
            await phone.connect()
            assert (await phone.register()).status == 200
        chain = site.folder / "tls/phone-1001.pem"
        stolen = site.phone("1001", "pw")  # which issues a new certificate into the same files
        revoked.write_text(site.authority.revocation_list(chain))
        await until(lambda: "were read again" in site.daemon.log.read_text(), 10)
        with pytest.raises((ssl.SSLError, OSError, AssertionError, asyncio.TimeoutError)):
            await stolen.connect()
            await stolen.register()
        assert (await other.register()).status == 200  # its connection is there
        assert await registers(site, "1002")
        assert "revoked" in site.daemon.log.read_text()

    stage.play(story())


def test_the_check_names_expired_certificates_and_those_of_another_purpose(stage):
    site = stage.site()
    chain, key = map(str, site.authority.issue("old", "old", ("127.0.0.1",), ExtendedKeyUsageOID.CLIENT_AUTH, days=-1))
    site.settings["certificates"]["public"] = {"chain": chain, "key": key}
    checked = run("wakeline", "--check-config", "--config", write(stage.folder, yaml_text(site.settings)))
    assert checked.returncode == 0
    assert f"warning: certificates.public.chain: {chain}: CN = old expired on 2" in checked.stderr
    assert 'was made for "client" and not for a server: phones will refuse it' in checked.stderr


def test_the_check_names_ports_that_other_programs_have_and_addresses_that_are_not_here(stage):
    site = stage.site()
    site.use_pbx(5999)
    file = write(stage.folder, yaml_text(site.settings))
    with socket.create_server((site.host, site.ports["tls"])):
        checked = run("wakeline", "--check-config", "--config", file)
        assert checked.returncode == 0
        line = next(line for line in checked.stderr.splitlines() if "access.listeners[0].port" in line)
        assert line.startswith(f"{file}:4: warning: ") and "Address already in use (another program" in line
    site.settings["media"]["address"] = "192.0.2.1"
    checked = run("wakeline", "--check-config", "--config", write(stage.folder, yaml_text(site.settings)))
    assert "media.plain_audio: cannot bind 192.0.2.1:" in checked.stderr and "no such address" in checked.stderr
    site.settings["media"]["address"] = site.host
    site.start()
    checked = run("wakeline", "--check-config", "--config", site.daemon.config)
    assert (checked.returncode, checked.stderr) == (0, "")  # its ports are the daemon's own
