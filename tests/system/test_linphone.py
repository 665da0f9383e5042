# SPDX-License-Identifier: Apache-2.0
"""Linphone as the phone: registers over TLS with its password, calls and is called, holds and resumes."""

import asyncio
import shutil

import pytest

from peers.linphone import Linphone
from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from test_wake import until

HOST = "10.99.0.1"  # Linphone does without 127.0.0.1
pytestmark = pytest.mark.skipif(shutil.which("linphone-daemon") is None, reason="linphone-cli is not installed")


async def office(stage):
    site = stage.site(host=HOST)
    pbx = await Pbx(DOMAIN, {"1001": "secret-1001"}).open(host=HOST, remote=(HOST, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    await asyncio.to_thread(site.start)
    phone = Linphone(stage.folder / "linphone", HOST, user="1001", password="secret-1001", domain=DOMAIN,
                     server=f"{HOST}:{site.ports['tls']}", ca=site.authority.cert)
    stage.add(phone, phone.stop)
    await phone.start()
    await until(lambda: site.daemon.json("registrations"))
    desk = await Media(HOST, payload=b"D").open()
    stage.add(desk, desk.close)
    return site, pbx, phone, desk


def test_a_call_of_linphone_is_held_resumed_and_hung_up(stage):
    """proves: SBC-TLS-01, SBC-SRTP-01, PBX-01, SBC-ROLE-02"""

    async def story():
        site, pbx, phone, desk = await office(stage)
        call = await phone.command(f"call sip:2000@{DOMAIN}")
        taken = await pbx.expect("INVITE")
        assert "RTP/AVP" in taken.body.decode() and "crypto" not in taken.body.decode()
        desk.learn(taken.body)
        pbx.answer(taken, 180, "Ringing")
        pbx.answer(taken, 200, "OK", body=desk.sdp())
        await pbx.expect("ACK")
        status = f"call-status {call['Id']}"
        await phone.until(status, "LinphoneCallStreamsRunning")

        for order, state, direction in (("call-pause", "LinphoneCallPaused", "sendonly"),
                                        ("call-resume", "LinphoneCallStreamsRunning", "sendrecv")):
            await phone.command(f"{order} {call['Id']}")
            again = await pbx.expect("INVITE")
            body = again.body.decode()
            assert f"a={direction}" in body or (direction == "sendrecv" and "a=sendonly" not in body), body
            pbx.answer(again, 200, "OK", body=desk.sdp("recvonly" if direction == "sendonly" else "sendrecv", version=2))
            await pbx.expect("ACK")
            await phone.until(status, state)

        await phone.command(f"terminate {call['Id']}")
        pbx.answer(await pbx.expect("BYE"), 200, "OK")
        await until(lambda: site.daemon.json("calls", "--ended"))
        assert site.daemon.json("calls", "--ended")[0]["phone_security"].startswith("AES_CM")

    stage.play(story())


def test_linphone_takes_a_call(stage):
    """proves: SBC-TRN-06, SBC-ROLE-05"""

    async def story():
        _, pbx, phone, desk = await office(stage)
        invite = pbx.call("1001", desk.sdp())
        assert (await pbx.expect(180)).status == 180
        await phone.command("answer 1")
        answer = await pbx.expect(lambda m: m.status == 200 and m.method == "INVITE")
        desk.learn(answer.body)
        dialog = pbx.dialog_as_caller(invite, answer)
        pbx.ack(dialog, 1)
        await phone.until("call-status 1", "LinphoneCallStreamsRunning")
        assert (await pbx.bye(dialog)).status == 200

    stage.play(story())
