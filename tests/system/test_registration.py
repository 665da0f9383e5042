# SPDX-License-Identifier: Apache-2.0
"""REGISTER through the daemon: what the PBX says reaches the phone, limits are enforced, bad input is answered."""

import asyncio
import ssl

import pytest

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import tag, uri


async def site_with_pbx(stage, users=None, max_expires=604800, **registration):
    site = stage.site()
    await site.start_push()
    pbx = await Pbx(DOMAIN, {"1001": "pw"} if users is None else users, max_expires).open(
        remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.settings["registration"].update(registration)
    site.start()
    return site, pbx


async def connected(phone):
    await phone.connect()
    return phone


def test_digest_and_authentication_info_pass_end_to_end(stage):
    """proves: SBC-AUTH-01, SBC-AUTH-02, SBC-REG-11, SBC-ROLE-08, PBX-12"""

    async def story():
        site, pbx = await site_with_pbx(stage)
        phone = await connected(site.phone("1001", "pw", token="aa" * 32))
        response = await phone.register(3600)
        assert response.status == 200 and "rspauth=" in response.get("Authentication-Info")
        assert '+sip.pns="apns"' in response.get("Feature-Caps")
        assert phone.transport.local[1] == int(uri(response.get("Contact")).split(":")[2].split(";")[0])
        for request in pbx.registers:
            text = bytes(request).decode()
            assert "pn-" not in text and f":{phone.transport.local[1]}" not in text
            assert request.uri == f"sip:{DOMAIN}"
        assert phone.password not in site.daemon.log.read_text() and "aa" * 32 not in site.daemon.log.read_text()

    stage.play(story())


def test_a_wrong_password_is_challenged_again_and_an_unknown_user_refused(stage):
    """proves: SBC-TRN-14"""

    async def story():
        site, _ = await site_with_pbx(stage)
        assert (await (await connected(site.phone("1001", "wrong"))).register()).status == 401
        assert (await (await connected(site.phone("1999", "pw"))).register()).status == 404
        assert site.daemon.json("registrations") == []

    stage.play(story())


def test_the_grant_is_the_pbx_s_and_never_more_than_the_maximum(stage):
    """proves: SBC-REG-02, SBC-REG-05"""

    async def story():
        site, pbx = await site_with_pbx(stage, max_expires=1800)
        phone = await connected(site.phone("1001", "pw"))
        response = await phone.register(604800)
        assert "expires=1800" in response.get("Contact")
        pbx.max_expires = 10**7
        response = await phone.register(900000)
        assert "expires=604800" in response.get("Contact")

    stage.play(story())


def test_a_short_expiry_is_answered_423(stage):
    """scenario 41; proves: SBC-REG-03"""

    async def story():
        site, pbx = await site_with_pbx(stage)
        phone = await connected(site.phone("1001", "pw"))
        response = await phone.register(expires=20)
        assert response.status == 423 and response.get("Min-Expires") == "60"
        assert not pbx.registers

    stage.play(story())


def test_an_expired_binding_goes_and_the_next_call_fails_fast(stage):
    """proves: SBC-REG-03"""

    async def story():
        site, pbx = await site_with_pbx(stage, max_expires=2, min_expiry="1s")
        phone = await connected(site.phone("1001", "pw"))
        response = await phone.register(2)
        assert response.status == 200
        assert len(site.daemon.json("registrations")) == 1
        for _ in range(200):
            if not site.daemon.json("registrations"):
                break
            await asyncio.sleep(0.05)
        else:
            raise AssertionError("the binding did not expire")
        media = await Media().open()
        stage.add(media, media.close)
        invite = pbx.invite(f"sip:1001@{DOMAIN}", media.sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 1))

    stage.play(story())


def test_a_device_that_moves_replaces_itself_and_the_oldest_of_too_many_goes(stage):
    """proves: SBC-REG-07, SBC-REG-06"""

    async def story():
        site, _ = await site_with_pbx(stage, max_devices=2)
        phones = [await connected(site.phone("1001", "pw", token=f"{n:02x}" * 32)) for n in range(3)]
        assert (await phones[0].register()).status == 200
        phones[0].sleep()
        await phones[0].connect()
        assert (await phones[0].register()).status == 200
        assert len(site.daemon.json("registrations")) == 1
        for phone in phones[1:]:
            assert (await phone.register()).status == 200
        assert len(site.daemon.json("registrations")) == 2

    stage.play(story())


def test_a_silent_pbx_gives_the_phone_a_timely_5xx_and_keeps_the_binding(stage):
    """proves: PBX-13"""

    async def story():
        site, pbx = await site_with_pbx(stage)
        phone = await connected(site.phone("1001", "pw"))
        assert (await phone.register()).status == 200
        pbx.transport.close()
        response = await phone.register(timeout=40)
        assert 500 <= response.status < 600
        assert len(site.daemon.json("registrations")) == 1

    stage.play(story())


def test_local_mode_challenges_and_registers_without_the_pbx(stage):
    """proves: SBC-AUTH-01, SBC-AUTH-02"""

    async def story():
        site = stage.site()
        users = site.folder / "users.yaml"
        users.write_text("'1001': {password: pw}\n")
        users.chmod(0o600)
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port)
        site.settings["registration"].update(mode="local", users=str(users))
        site.start()
        assert (await (await connected(site.phone("1001", "wrong"))).register()).status == 401
        response = await (await connected(site.phone("1001", "pw"))).register()
        assert response.status == 200 and "rspauth=" in response.get("Authentication-Info")
        assert not pbx.registers
        assert [r["aor"] for r in site.daemon.json("registrations")] == [f"sip:1001@{DOMAIN}"]

    stage.play(story())


@pytest.mark.parametrize("certificate", ["none", "foreign", "expired"])
def test_mutual_tls_serves_nobody_without_the_right_certificate(stage, certificate):
    """proves: SBC-TLS-02, SBC-TLS-03, SBC-TLS-04, SBC-TRN-03"""

    async def story():
        from peers.ca import Authority
        site, _ = await site_with_pbx(stage)
        phone = site.phone("1001", "pw", mutual=False)
        phone.server = (site.host, site.ports["mtls"])
        if certificate == "foreign":
            phone.ssl.load_cert_chain(*map(str, Authority(site.folder / "foreign", "Foreign CA").client("stranger")))
        elif certificate == "expired":
            phone.ssl.load_cert_chain(*map(str, site.authority.client("stranger", days=-1)))
        with pytest.raises((ssl.SSLError, OSError, AssertionError)):
            await phone.connect()
            await phone.register(timeout=3)  # TLS 1.3 tells the client only when it reads
        log = site.daemon.log.read_text()
        refused = [line for line in log.splitlines() if "mtls" in line and ("certificate" in line or "handshake" in line)]
        assert refused, log[-2000:]
        if certificate != "none":
            assert any("CN=stranger" in line.replace(" ", "") and "serial" in line for line in refused), refused

    stage.play(story())


def test_options_is_answered_on_every_side(stage):
    """proves: SBC-TRN-01, SBC-TRN-02, SBC-TRN-04, SBC-TRN-07"""

    async def story():
        from peers.sip import StreamTransport, UdpTransport, UserAgent
        site = stage.site()
        tcp, udp = site.add_listener("tcp"), site.add_listener("udp")
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port, options_interval="1s")
        site.start()
        phone = await connected(site.phone("1001", mutual=False))
        transports = [phone.transport, await StreamTransport.open(site.host, tcp),
                      await UdpTransport.open(site.host, remote=(site.host, udp))]
        for transport in transports:
            agent = UserAgent("probe", DOMAIN)
            agent.attach(transport)
            request = agent.send(agent.build("OPTIONS", f"sip:{DOMAIN}", [
                ("From", "<sip:probe@example.com>;tag=1"), ("To", f"<sip:{DOMAIN}>"), ("Call-ID", transport.kind),
                ("CSeq", "1 OPTIONS")]))
            answer = await agent.expect(lambda m: m.status == 200 and m.branch == request.branch, 2)
            assert "INVITE" in answer.get("Allow") and tag(answer.get("To"))
        phone.transport._writer.write(b"\r\n\r\n")
        for _ in range(100):
            if phone.transport.pongs:
                break
            await asyncio.sleep(0.02)
        assert phone.transport.pongs == 1, "scenario 52: the CRLF ping was not answered"
        for _ in range(200):
            if pbx.options_seen:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the PBX is not watched by OPTIONS")

    stage.play(story())
