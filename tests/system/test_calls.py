# SPDX-License-Identifier: Apache-2.0
"""Calls between awake phones and the PBX: both directions, hold and resume, early media, hang-up from either side."""

import asyncio
import re

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import digest_header, tag

SRTP = "AES_CM_128_HMAC_SHA1_80"


async def site_and_phone(stage):
    site = stage.site()
    pbx = await Pbx(DOMAIN, {"1001": "pw"}).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.start()
    phone = site.phone("1001", "pw")
    await phone.connect()
    assert (await phone.register()).status == 200
    return site, pbx, phone


async def ends(stage, suite=SRTP):
    mobile, desk = await Media(suite=suite, payload=b"M").open(), await Media(payload=b"D").open()
    stage.add(mobile, mobile.close)
    stage.add(desk, desk.close)
    return mobile, desk


async def talk(*media, packets=20):
    before = [m.received for m in media]
    for m in media:
        m.start()
    await asyncio.gather(*(m.until_received(b + packets) for m, b in zip(media, before)))
    for m in media:
        m.stop()


async def hang_up(ends, other, dialog):
    """`ends` hangs up, and `other` hears it."""
    bye = asyncio.ensure_future(ends.bye(dialog))
    other.answer(await other.expect("BYE"), 200, "OK")
    assert (await bye).status == 200


async def call_out(pbx, phone, mobile, desk):
    """The phone calls 2000; returns the two dialogs and both INVITEs."""
    invite = phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
    taken = await pbx.expect("INVITE")
    desk.learn(taken.body)
    pbx.answer(taken, 180, "Ringing")
    await phone.expect(180)
    response = pbx.answer(taken, 200, "OK", body=desk.sdp())
    answer = await phone.expect(200)
    mobile.learn(answer.body)
    phone_dialog = phone.dialog_as_caller(invite, answer)
    phone.ack(phone_dialog, 1)
    await pbx.expect("ACK")
    return invite, taken, phone_dialog, pbx.dialog_as_callee(taken, response)


def test_a_phone_calls_out_and_the_pbx_hangs_up(stage):
    """proves: SBC-ROLE-01, SBC-RTP-01, SBC-SRTP-01, SBC-SRTP-03, SBC-RTP-02, SBC-CALL-03, SBC-COD-01"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        invite, taken, _, pbx_dialog = await call_out(pbx, phone, mobile, desk)
        await talk(mobile, desk)
        assert set(desk.payloads) == {mobile.payload} and set(mobile.payloads) == {desk.payload}
        assert taken.uri == invite.uri
        await hang_up(pbx, phone, pbx_dialog)

    stage.play(story())


def test_nothing_of_one_side_reaches_the_other(stage):
    """proves: SBC-ONS-01, SBC-NET-04"""

    async def story():
        site, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        invite, taken, _, _ = await call_out(pbx, phone, mobile, desk)
        port = phone.transport.local[1]
        text = bytes(taken).decode()
        for secret in (f":{port}", invite.get("Call-ID"), tag(invite.get("From")), invite.branch, str(mobile.port), mobile.inline):
            assert secret not in text, f"{secret} reached the PBX:\n{text}"
        answer = next(m for m in phone.received if m.status == 200 and m.method == "INVITE")
        back = bytes(answer).decode()
        for secret in (f":{pbx.port}", taken.get("Call-ID"), str(desk.port)):
            assert secret not in back, f"{secret} reached the phone:\n{back}"

    stage.play(story())


def test_a_challenged_invite_passes_with_its_credentials(stage):
    """proves: SBC-AUTH-04"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, _ = await ends(stage)
        first = phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
        challenge = 'Digest realm="example.com", nonce="n0nce", algorithm=MD5, qop="auth"'
        pbx.answer(await pbx.expect("INVITE"), 407, "Proxy Authentication Required", [("Proxy-Authenticate", challenge)])
        refused = await phone.expect(407)
        assert refused.get("Proxy-Authenticate") == challenge
        phone.ack_failure(first, refused)
        credentials = digest_header(challenge, "INVITE", first.uri, "1001", "pw")
        second = phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp(), [("Proxy-Authorization", credentials)])
        taken = await pbx.expect("INVITE")
        assert taken.get("Proxy-Authorization") == credentials and taken.uri == second.uri
        pbx.answer(taken, 603, "Decline")
        phone.ack_failure(second, await phone.expect(603))

    stage.play(story())


def test_hold_and_resume_from_either_side(stage):
    """proves: SBC-CALL-01"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        _, _, phone_dialog, pbx_dialog = await call_out(pbx, phone, mobile, desk)
        for direction, mirror, version in (("sendonly", "recvonly", 2), ("sendrecv", "sendrecv", 3)):
            request = phone.send(phone_dialog.request("INVITE", mobile.sdp(direction, version)))
            held = await pbx.expect("INVITE")
            assert f"a={direction}" in held.body.decode()
            pbx.answer(held, 200, "OK", body=desk.sdp(mirror, version))
            answer = await phone.expect(lambda m: m.status == 200 and m.branch == request.branch)
            assert f"a={mirror}" in answer.body.decode()
            phone.ack(phone_dialog, phone_dialog.cseq)
            await pbx.expect("ACK")
        await talk(mobile, desk)
        request = pbx.send(pbx_dialog.request("INVITE", desk.sdp("sendonly", 4)))
        held = await phone.expect("INVITE")
        assert "a=sendonly" in held.body.decode()
        phone.answer(held, 200, "OK", body=mobile.sdp("recvonly", 4))
        await pbx.expect(lambda m: m.status == 200 and m.branch == request.branch)
        pbx.ack(pbx_dialog, pbx_dialog.cseq)
        await phone.expect("ACK")
        assert (await phone_bye(pbx, phone, phone_dialog)).status == 200

    async def phone_bye(pbx, phone, dialog):
        bye = asyncio.ensure_future(phone.bye(dialog))
        pbx.answer(await pbx.expect("BYE"), 200, "OK")
        return await bye

    stage.play(story())


def test_early_media_flows_before_the_answer(stage):
    """proves: SBC-RTP-14, SBC-CALL-05"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
        taken = await pbx.expect("INVITE")
        desk.learn(taken.body)
        pbx.answer(taken, 183, "Session Progress", body=desk.sdp())
        progress = await phone.expect(183)
        mobile.learn(progress.body)
        mobile.send_one()
        desk.start()
        await mobile.until_received(10)

    stage.play(story())


def test_cancel_of_an_outgoing_call(stage):
    """proves: SBC-RING-11"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, _ = await ends(stage)
        invite = phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
        taken = await pbx.expect("INVITE")
        pbx.answer(taken, 180, "Ringing")
        await phone.expect(180)
        phone.cancel(invite, [("Reason", 'SIP;cause=487;text="changed my mind"')])
        cancel = await pbx.expect("CANCEL")
        assert "changed my mind" in cancel.get("Reason")
        pbx.answer(cancel, 200, "OK")
        pbx.answer(taken, 487, "Request Terminated")
        await pbx.expect("ACK")
        phone.ack_failure(invite, await phone.expect(487))

    stage.play(story())


def test_an_offer_in_the_200_is_answered_in_the_ack(stage):
    """scenario 30: late offer from the PBX"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        invite = pbx.call("1001", b"")
        called = await phone.expect("INVITE")
        assert not called.body
        response = phone.answer(called, 200, "OK", body=mobile.sdp())
        offer = await pbx.expect(200)
        assert "RTP/AVP" in offer.body.decode()
        desk.learn(offer.body)
        pbx.ack(pbx.dialog_as_caller(invite, offer), 1, desk.sdp())
        ack = await phone.expect("ACK")
        mobile.learn(ack.body)
        await talk(mobile, desk)
        assert (await phone.bye(phone.dialog_as_callee(called, response))).status == 200

    stage.play(story())


def test_an_sdp_without_a_usable_stream_is_refused_488(stage):
    """proves: SBC-COD-02"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        hopeless = re.sub(rb"m=audio \d+ \S+", b"m=audio 9 FOO/BAR", mobile.sdp())
        invite = phone.invite(f"sip:2000@{DOMAIN}", hopeless)
        phone.ack_failure(invite, await phone.expect(488))
        invite = pbx.call("1001", desk.sdp())
        called = await phone.expect("INVITE")
        phone.answer(called, 488, "Not Acceptable Here", [("Warning", '305 phone "Incompatible media format"')])
        final = await pbx.expect(488)
        pbx.ack_failure(invite, final)

    stage.play(story())


def test_every_suite_and_plain_rtp(stage):
    """proves: SBC-SRTP-02"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        for suite in ("AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"):
            mobile, desk = await ends(stage, suite)
            _, _, dialog, _ = await call_out(pbx, phone, mobile, desk)
            await talk(mobile, desk)
            bye = asyncio.ensure_future(phone.bye(dialog))
            pbx.answer(await pbx.expect("BYE"), 200, "OK")
            await bye

    stage.play(story())


def test_a_stranger_on_the_trunk_side_is_refused(stage):
    """proves: SBC-ROLE-08"""

    async def story():
        site, _, phone = await site_and_phone(stage)
        stranger = await Pbx(DOMAIN).open(host="127.0.0.9", remote=(site.host, site.ports["trunk"]))
        stage.add(stranger, stranger.transport.close)
        media = await Media().open()
        stage.add(media, media.close)
        invite = stranger.invite(f"sip:1001@{DOMAIN}", media.sdp())
        stranger.ack_failure(invite, await stranger.expect(403, 2))
        await asyncio.sleep(0.2)
        assert not phone.unexpected("INVITE")

    stage.play(story())


def test_an_established_call_outlives_the_connection(stage):
    """proves: SBC-NET-02"""

    async def story():
        _, pbx, phone = await site_and_phone(stage)
        mobile, desk = await ends(stage)
        _, _, phone_dialog, pbx_dialog = await call_out(pbx, phone, mobile, desk)
        phone.sleep()
        await talk(mobile, desk)
        await phone.wake()
        await hang_up(pbx, phone, pbx_dialog)
        assert phone_dialog.call_id

    stage.play(story())
