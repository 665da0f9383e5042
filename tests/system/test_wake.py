# SPDX-License-Identifier: Apache-2.0
"""Calls from the PBX to phones that sleep, to several devices, and everything that can end such a call early."""

import asyncio

import pytest

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import tag

TOKEN = "ab" * 32


async def site_with_phone(stage, number="1001", expires=3600, provider="apns", token=TOKEN, **push):
    """A running site, its PBX, and a registered phone on mutual TLS."""
    site = stage.site()
    await site.start_push()
    pbx = await Pbx(DOMAIN, {number: "pw"}).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.settings["push"].update(push)
    site.start()
    phone = site.phone(number, "pw", token=token, provider=provider)
    await phone.connect()
    assert (await phone.register(expires)).status == 200
    return site, pbx, phone


async def media(stage, **options):
    end = await Media(**options).open()
    return stage.add(end, end.close)


async def until(condition, timeout=5.0):
    for _ in range(int(timeout / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


@pytest.mark.parametrize("provider,token", [("apns", TOKEN), ("fcm", "fcm-token:with%3Acolon")])
def test_a_sleeping_phone_is_woken_and_gets_the_same_call(stage, provider, token):
    """scenario 1, scenario 2; proves: SBC-PUSH-02, SBC-HOLD-01, SBC-HOLD-02, SBC-HOLD-03, SBC-REG-04, SBC-TRN-06, SBC-ROLE-04"""

    async def story():
        site, pbx, phone = await site_with_phone(stage, provider=provider, token=token)
        phone.sleep()
        desk, mobile = await media(stage, payload=b"D"), await media(stage, suite="AES_CM_128_HMAC_SHA1_80")
        invite = pbx.call("1001", desk.sdp())
        await pbx.expect(100, 0.2)
        await site.push.expect_push()
        ringing = await pbx.expect(180)
        assert not phone.received[-1].is_request
        await phone.wake()
        _, dialog = await phone.answer_call(mobile)
        answer = await pbx.expect(200)
        assert tag(answer.get("To")) == tag(ringing.get("To"))
        desk.learn(answer.body)
        pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
        desk.start(), mobile.start()
        await asyncio.gather(desk.until_received(20), mobile.until_received(20))
        assert set(mobile.payloads) == {desk.payload} and set(desk.payloads) == {mobile.payload}
        assert (await phone.bye(dialog)).status == 200
        await pbx.expect("BYE")
        assert len(site.push.pushes()) == 1 and not phone.unexpected("INVITE")

    stage.play(story())


async def told_that_it_is_over(phone, cause):
    """The phone shows the call and its end: an INVITE, and its CANCEL as soon as the phone has said that it is there."""
    late = await phone.expect("INVITE")
    phone.answer(late, 180, "Ringing")
    cancel = await phone.expect("CANCEL")
    assert f"cause={cause}" in cancel.get("Reason")
    phone.answer(cancel, 200, "OK")
    phone.answer(late, 487, "Request Terminated")
    await phone.expect("ACK")


@pytest.mark.parametrize("policy", ["silent", "tell"])
def test_cancel_while_held_ends_the_hold_and_a_late_phone_does_not_ring(stage, policy):
    """scenario 20, scenario 21; proves: SBC-HOLD-05"""

    async def story():
        site, pbx, phone = await site_with_phone(stage, late_wakers=policy)
        phone.sleep()
        desk = await media(stage)
        invite = pbx.call("1001", desk.sdp())
        await site.push.expect_push()
        pbx.cancel(invite)
        await pbx.expect(lambda m: m.status == 200 and m.method == "CANCEL", 1)
        final = await pbx.expect(487, 1)
        pbx.ack_failure(invite, final)
        await phone.wake()
        if policy == "tell":
            return await told_that_it_is_over(phone, 487)
        await asyncio.sleep(0.3)  # the absence of an INVITE is what is proved
        assert not phone.unexpected("INVITE")

    stage.play(story())


def test_a_dead_token_fails_the_call_at_once(stage):
    """scenario 7; proves: SBC-HOLD-07, SBC-PUSH-07"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        await site.push.do("answer", match={"token": TOKEN}, status=410, reason="Unregistered")
        phone.sleep()
        invite = pbx.call("1001", (await media(stage)).sdp())
        final = await pbx.expect(480, 2)
        pbx.ack_failure(invite, final)
        assert "Reason" in {name for name, _ in final.headers}
        again = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(again, await pbx.expect(480, 1))
        assert len([e for e in site.push.events if e["event"] == "refused"]) == 1

    stage.play(story())


def test_a_hold_that_nobody_ends_is_answered_480(stage):
    """scenario 28; proves: SBC-HOLD-04, SBC-PUSH-10"""

    async def story():
        site, pbx, phone = await site_with_phone(stage, hold="1500ms", probe="300ms", no_response="1s", late_wakers="silent")
        phone.sleep()
        invite = pbx.call("1001", (await media(stage)).sdp())
        final = await pbx.expect(480, 4)
        pbx.ack_failure(invite, final)
        assert 'text="push timeout"' in final.get("Reason")
        await phone.wake()
        await asyncio.sleep(0.3)  # the absence of an INVITE is what is proved
        assert not phone.unexpected("INVITE")

    stage.play(story())


def test_why_a_phone_did_not_ring_is_told_in_sentences(stage):
    """proves: SBC-TRB-01, SBC-TRB-04"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        await site.push.do("answer", match={"token": TOKEN}, status=410, reason="Unregistered")
        phone.sleep()
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 2))
        await until(lambda: site.daemon.json("why", "1001")["call"])
        told = site.daemon.ctl("why", "1001").stdout
        assert "it slept, and a push was sent after" in told and "410 Unregistered" in told
        assert "The push token of" in told and "is dead" in told
        assert TOKEN not in told
        assert "is not known" in site.daemon.ctl("why", "7777").stdout

    stage.play(story())


def test_a_push_service_that_is_down_fails_only_that_call(stage):
    """proves: SBC-PUSH-10, SBC-OPS-04"""

    async def story():
        site, pbx, phone = await site_with_phone(stage, hold="2s", probe="300ms", no_response="1s")
        await site.push.do("mute")
        phone.sleep()
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 4))
        await phone.wake()
        mobile, desk = await media(stage, suite="AES_CM_128_HMAC_SHA1_80"), await media(stage)
        invite = pbx.call("1001", desk.sdp())
        await phone.answer_call(mobile)
        answer = await pbx.expect(200)
        pbx.ack(pbx.dialog_as_caller(invite, answer), 1)

    stage.play(story())


def test_an_awake_phone_is_called_without_a_push(stage):
    """scenario 5; proves: SBC-PUSH-05, SBC-TRN-14"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        invite = pbx.call("1001", (await media(stage)).sdp())
        called = await phone.expect("INVITE")
        phone.answer(called, 180, "Ringing")
        await pbx.expect(180)
        phone.answer(called, 486, "Busy Here")
        pbx.ack_failure(invite, await pbx.expect(486))
        await phone.expect("ACK")
        assert not site.push.pushes()

    stage.play(story())


def test_a_connection_that_only_looks_alive_is_helped_by_a_push(stage):
    """scenario 6: the flow is up, nothing comes back within the probe time."""

    async def story():
        site, pbx, phone = await site_with_phone(stage, probe="300ms")
        pbx.call("1001", (await media(stage)).sdp())
        await site.push.expect_push(timeout=3)
        await phone.expect("INVITE")
        await phone.wake()
        await asyncio.sleep(0.3)
        fresh = [m for m in phone.received if m.is_request and m.method == "INVITE"]
        phone.answer(fresh[-1], 180, "Ringing")
        await pbx.expect(180)

    stage.play(story())


def test_calls_to_nobody_fail_at_once(stage):
    """proves: SBC-RING-09, SBC-REG-08"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        target = list(pbx.contacts["1001"])[-1]
        assert (await phone.register(expires=0)).status == 200
        invite = pbx.invite(target, (await media(stage)).sdp())
        final = await pbx.expect(lambda m: m.status >= 300, 1)
        pbx.ack_failure(invite, final)
        assert final.status in (404, 480)
        invite = pbx.invite(f"sip:1001@{DOMAIN}", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 1))
        invite = pbx.invite(f"sip:7777@{DOMAIN}", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(404, 1))
        assert not site.push.pushes()

    stage.play(story())


def test_bindings_and_tokens_survive_kill_9(stage):
    """scenario 39; proves: SBC-REG-09"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        phone.sleep()
        site.daemon.kill()
        site.daemon.start()
        invite = pbx.call("1001", (await media(stage)).sdp())
        await site.push.expect_push()
        await phone.wake()
        mobile = await media(stage, suite="AES_256_CM_HMAC_SHA1_80")
        await phone.answer_call(mobile)
        answer = await pbx.expect(200)
        pbx.ack(pbx.dialog_as_caller(invite, answer), 1)

    stage.play(story())


def test_two_devices_ring_and_the_loser_learns_it_was_answered_elsewhere(stage):
    """scenario 25; proves: SBC-REG-06, SBC-HOLD-06, EM-FEA-06"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        tablet = site.phone("1001", "pw", token="cd" * 32)
        await tablet.connect()
        assert (await tablet.register()).status == 200
        invite = pbx.invite(f"sip:1001@{DOMAIN}", (await media(stage)).sdp())
        mobile = await media(stage, suite="AES_CM_128_HMAC_SHA1_32")
        lost = await tablet.expect("INVITE")
        tablet.answer(lost, 180, "Ringing")
        await phone.answer_call(mobile)
        answer = await pbx.expect(200)
        pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
        cancel = await tablet.expect("CANCEL")
        tablet.answer(cancel, 200, "OK")
        tablet.answer(lost, 487, "Request Terminated")
        assert "cause=200" in cancel.get("Reason") and "elsewhere" in cancel.get("Reason")

    stage.play(story())


def message_to(pbx, number, text):
    target = list(pbx.contacts[number])[-1]
    headers = [("From", "<sip:2000@pbx.example>;tag=m1"), ("To", f"<sip:{number}@{DOMAIN}>"), ("Call-ID", "message-1"),
               ("CSeq", "1 MESSAGE"), ("Content-Type", "text/plain")]
    return pbx.send(pbx.build("MESSAGE", target, headers, text))


@pytest.mark.parametrize("comes", [True, False])
def test_a_sleeping_phone_is_woken_for_a_message_by_an_alert(stage, comes):
    """scenario 19, scenario 32: it gets the message once, or the sender hears 480 before his Timer F."""

    async def story():
        token = "fcm-token:with%3Acolon"
        site, pbx, phone = await site_with_phone(stage, provider="fcm", token=token)
        if not comes:
            await site.push.do("answer", match={"token": "fcm-token:with:colon"}, status=404, reason="UNREGISTERED")
        phone.sleep()
        await until(lambda: site.daemon.json("registrations")[0]["state"] == "asleep")
        message_to(pbx, "1001", b"hello")
        if comes:
            await site.push.expect_push()
            await phone.wake()
            message = await phone.expect("MESSAGE")
            assert bytes(message.body) == b"hello"
            phone.answer(message, 200, "OK")
        final = await pbx.expect(lambda m: m.method == "MESSAGE" and m.status >= 200, 5)
        assert final.status == (200 if comes else 480)
        assert not phone.unexpected("MESSAGE")

    stage.play(story())


def test_a_phone_that_lost_its_connection_in_a_call_is_woken_for_a_hold(stage):
    """scenario 33: the re-INVITE of the PBX waits for the phone, which gets it on its new connection."""

    async def story():
        site, pbx, phone = await site_with_phone(stage, provider="fcm", token="fcm-token:with%3Acolon")
        desk, mobile = await media(stage), await media(stage, suite="AES_CM_128_HMAC_SHA1_80")
        invite = pbx.call("1001", desk.sdp())
        await phone.answer_call(mobile)
        answer = await pbx.expect(200)
        dialog = pbx.dialog_as_caller(invite, answer)
        pbx.ack(dialog, 1)
        phone.sleep()
        await until(lambda: site.daemon.json("registrations")[0]["state"] == "asleep")
        hold = pbx.send(dialog.request("INVITE", desk.sdp("sendonly", 2)))
        push = await site.push.expect_push()
        assert push["payload"]["kind"] == "request"
        await phone.wake()
        held = await phone.expect("INVITE")
        assert "a=sendonly" in held.body.decode()
        phone.answer(held, 200, "OK", body=mobile.sdp("recvonly", 2))
        await pbx.expect(lambda m: m.status == 200 and m.branch == hold.branch)
        assert len(site.push.pushes()) == 1

    stage.play(story())
