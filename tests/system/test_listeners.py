# SPDX-License-Identifier: Apache-2.0
"""Where Wakeline listens, and where an administrator finds the settings: every port moved, one section for each matter."""

import asyncio
import secrets
import ssl
import subprocess

import yaml

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import StreamTransport, UdpTransport, UserAgent
from peers.wakeline import BUILD


async def transports(site):
    """One connection to each listener, and one to the trunk's."""
    context = ssl.create_default_context(cafile=str(site.authority.cert))
    mutual = ssl.create_default_context(cafile=str(site.authority.cert))
    mutual.load_cert_chain(*map(str, site.authority.client("phone")))
    yield await StreamTransport.open(site.host, site.ports["tls"], context)
    yield await StreamTransport.open(site.host, site.ports["mtls"], mutual)
    yield await StreamTransport.open(site.host, site.ports["tcp"])
    yield await UdpTransport.open(site.host, remote=(site.host, site.ports["udp"]))


def test_every_signalling_port_can_be_moved(stage):
    """proves: SBC-TRN-05, SBC-TRN-04"""

    async def story():
        site = stage.site()
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port)
        for transport in ("tcp", "udp"):
            site.add_listener(transport)
        assert not {5060, 5061, 5080, 5161} & set(site.ports.values())
        await asyncio.to_thread(site.start)
        async for transport in transports(site):
            agent = UserAgent("1001", DOMAIN)
            agent.attach(transport)
            stage.add(agent, transport.close)
            asked = agent.send(agent.build("OPTIONS", f"sip:{DOMAIN}", [
                ("From", f"<{agent.aor}>;tag=t"), ("To", f"<sip:{DOMAIN}>"), ("Call-ID", secrets.token_hex(8)),
                ("CSeq", "1 OPTIONS")]))
            assert (await agent.expect(lambda m, b=asked.branch: m.branch == b)).status == 200

    stage.play(story())


def test_one_device_of_the_pbx_stands_for_all_phones_of_a_user(stage):
    """proves: PBX-02, SBC-ROLE-05"""

    async def story():
        site = stage.site()
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port)
        await asyncio.to_thread(site.start)
        phones = [site.phone("1001"), site.phone("1001")]
        for phone in phones:
            await phone.connect()
            assert (await phone.register()).status == 200
        media = await Media().open()
        stage.add(media, media.close)
        pbx.invite(f"sip:1001@{site.host}:{site.ports['trunk']}", media.sdp())
        first, second = [await phone.expect("INVITE") for phone in phones]
        phones[0].answer(first, 486, "Busy Here")
        phones[1].answer(second, 603, "Decline")
        assert (await pbx.expect(603)).status == 603

    stage.play(story())


def test_each_matter_has_a_section_of_its_own():
    """proves: SBC-ROLE-09"""
    command = [BUILD / "wakeline", "--print-config=example"]
    example = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sections = {line.strip("#").split(":")[0] for line in example.splitlines() if line and not line.startswith((" ", "# "))}
    assert {"dns", "certificates", "push", "registration", "access", "media", "trunks"} <= sections
    assert yaml.safe_load(example) is None or isinstance(yaml.safe_load(example), dict)
