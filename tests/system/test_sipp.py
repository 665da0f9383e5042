# SPDX-License-Identifier: Apache-2.0
"""SIPp as the PBX, over UDP and TCP: its calls reach phones, phones' calls reach it."""

import asyncio
import socket

import pytest

from peers.rtp import Media
from peers.site import DOMAIN
from peers.sipp import Sipp
from peers.wakeline import free_port

SRTP = "AES_CM_128_HMAC_SHA1_80"


async def local_site(stage, transport):
    """Phones are registered by Wakeline itself; the PBX will be on the returned port."""
    site = stage.site()
    users = site.folder / "users.yaml"
    users.write_text("'1001': {password: pw}\n")
    users.chmod(0o600)
    site.settings["registration"].update(mode="local", users=str(users))
    port = free_port(socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
    site.use_pbx(port, transport, options_interval="0s")
    return site, port


async def finished(sipp):
    for _ in range(1500):
        if sipp.status() is not None:
            assert sipp.status() == 0, sipp.errors()
            return
        await asyncio.sleep(0.02)
    raise AssertionError("SIPp does not end: " + sipp.errors())


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_sipp_calls_a_phone(stage, transport):
    """proves: SBC-TRN-09, SBC-ONS-06"""

    async def story():
        site, port = await local_site(stage, transport)
        site.start()
        phone = site.phone("1001", "pw")
        await phone.connect()
        assert (await phone.register()).status == 200
        sipp = Sipp(stage.folder / "sipp", "uac", port, transport, (site.host, site.ports["trunk"]), calls=3,
                    options=("-s", "1001", "-d", "200", "-l", "1"))
        stage.add(sipp.start(), sipp.stop)
        for _ in range(3):
            media = await Media(suite=SRTP).open()
            stage.add(media, media.close)
            await phone.answer_call(media)
            phone.answer(await phone.expect("BYE"), 200, "OK")
        await finished(sipp)

    stage.play(story())


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_phone_calls_sipp(stage, transport):
    """proves: SBC-TRN-09"""

    async def story():
        site, port = await local_site(stage, transport)
        sipp = Sipp(stage.folder / "sipp", "uas", port, transport, calls=1)
        stage.add(sipp.start(), sipp.stop)
        site.start()
        phone = site.phone("1001", "pw")
        await phone.connect()
        assert (await phone.register()).status == 200
        media = await Media(suite=SRTP).open()
        stage.add(media, media.close)
        invite, answer = await phone.call(f"sip:2000@{DOMAIN}", media)
        assert answer.status == 200
        media.learn(answer.body)
        dialog = phone.dialog_as_caller(invite, answer)
        phone.ack(dialog, int(invite.get("CSeq").split()[0]))
        assert (await phone.bye(dialog)).status == 200
        await finished(sipp)

    stage.play(story())
