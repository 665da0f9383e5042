# SPDX-License-Identifier: Apache-2.0
"""IPv6 on either side, or on both: registration, calls each way with media, and the addresses that each side is told."""

import asyncio
import socket

import pytest

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from test_calls import SRTP, talk


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


V4, V6 = "127.0.0.1", "::1"
pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def in_sdp(host):
    return f"IN IP6 {host}" if ":" in host else f"IN IP4 {host}"


async def started(stage, phones, trunk):
    site = stage.site(host=phones, trunk_host=trunk)
    pbx = await Pbx(DOMAIN, {"1001": "pw"}).open(host=trunk, remote=(trunk, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    if trunk != phones:
        site.settings["media"]["trunk"] = {"address": trunk, "ports": "shared"}
    await site.start_push()
    await asyncio.to_thread(site.start)
    phone = site.phone("1001", "pw", token="aabbccdd")
    await phone.connect()
    assert (await phone.register()).status == 200
    mobile, desk = await Media(phones, suite=SRTP, payload=b"M").open(), await Media(trunk, payload=b"D").open()
    for media in (mobile, desk):
        stage.add(media, media.close)
    return site, pbx, phone, mobile, desk


@pytest.mark.parametrize("phones, trunk", [(V6, V6), (V6, V4), (V4, V6)])
def test_calls_cross_between_the_address_families(stage, phones, trunk):
    """proves: SBC-TRN-13"""

    async def story():
        _, pbx, phone, mobile, desk = await started(stage, phones, trunk)
        # Out.
        invite = phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
        taken = await pbx.expect("INVITE")
        body = taken.body.decode()
        assert body.count(in_sdp(trunk)) == 2, body  # o= and c=
        desk.learn(taken.body)
        response = pbx.answer(taken, 200, "OK", body=desk.sdp())
        answer = await phone.expect(200)
        assert answer.body.decode().count(in_sdp(phones)) == 2
        mobile.learn(answer.body)
        dialog = phone.dialog_as_caller(invite, answer)
        phone.ack(dialog, 1)
        await pbx.expect("ACK")
        await talk(mobile, desk)
        hung_up = asyncio.ensure_future(pbx.bye(pbx.dialog_as_callee(taken, response)))
        phone.answer(await phone.expect("BYE"), 200, "OK")
        assert (await hung_up).status == 200
        # In.
        call = pbx.call("1001", desk.sdp())
        rung = await phone.expect("INVITE")
        tag = mobile.learn(rung.body)
        phone.answer(rung, 200, "OK", body=mobile.sdp(crypto_tag=tag))
        answer = await pbx.expect(lambda m: m.status == 200 and m.method == "INVITE")
        desk.learn(answer.body)
        dialog = pbx.dialog_as_caller(call, answer)
        pbx.ack(dialog, 1)
        await phone.expect("ACK")
        await talk(mobile, desk)
        ended = asyncio.ensure_future(pbx.bye(dialog))
        phone.answer(await phone.expect("BYE"), 200, "OK")
        assert (await ended).status == 200

    stage.play(story())


def test_a_sleeping_phone_wakes_over_ipv6(stage):
    """proves: SBC-TRN-13"""

    async def story():
        site, pbx, phone, mobile, desk = await started(stage, V6, V4)
        phone.sleep()
        pbx.call("1001", desk.sdp())
        await site.push.expect_push("aabbccdd")
        await phone.wake()
        invite = await phone.expect("INVITE")
        assert f"[::1]:{site.ports['mtls']}" in invite.get("Contact")
        assert in_sdp(V6) in invite.body.decode() and V4 not in invite.body.decode()
        mobile.learn(invite.body)
        phone.answer(invite, 486, "Busy Here")
        assert (await pbx.expect(486)).status == 486

    stage.play(story())
