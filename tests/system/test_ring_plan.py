# SPDX-License-Identifier: Apache-2.0
"""routing: ring_plan. Wakeline hunts a user on mobile devices, desk phone, cell phone and voicemail through the PBX."""

import asyncio
import json

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN

HIDDEN = "9931234"
NUMBERS = {"number": "5550100", "desk": "2001", "cell": "+491719876", "use_cell": True, "voicemail": "2009"}


async def hunted(stage, plan=None, **subscriber):
    """A site whose user HIDDEN is hunted, the PBX, and the user's phone: registered, awake."""
    site = stage.site()
    pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    users = site.folder / "users.yaml"
    entry = {key: value for key, value in {**NUMBERS, **subscriber}.items() if value is not None}
    users.write_text(json.dumps({HIDDEN: entry}))
    users.chmod(0o600)
    site.settings["registration"]["users"] = str(users)
    site.settings["routing"] = "ring_plan"
    site.settings["ring_plan"] = {"mobile": "1s", "desk": "1s", "cell": "1s", **(plan or {})}
    site.start()
    phone = site.phone(HIDDEN)
    await phone.connect()
    assert (await phone.register()).status == 200
    return site, pbx, phone


async def audio(stage, **options):
    media = await Media(**options).open()
    stage.add(media, media.close)
    return media


async def ring_until_cancelled(agent, invite):
    agent.answer(invite, 180, "Ringing")
    cancel = await agent.expect("CANCEL")
    agent.answer(cancel, 200, "OK")
    agent.answer(invite, 487, "Request Terminated")
    return cancel


async def leg_to(pbx, number):
    invite = await pbx.expect("INVITE")
    assert invite.uri.startswith(f"sip:{number}@"), invite.start
    assert f"sip:{HIDDEN}" not in bytes(invite).decode()
    return invite


def test_a_call_goes_through_the_whole_plan(stage):
    """proves: SBC-RING-01, SBC-RING-02, SBC-ONS-01, SBC-ONS-02"""

    async def story():
        site, pbx, phone = await hunted(stage)
        caller, mailbox = await audio(stage), await audio(stage)
        invite = pbx.call(HIDDEN, caller.sdp())
        await ring_until_cancelled(phone, await phone.expect("INVITE"))
        desk = await leg_to(pbx, "2001")
        assert desk.body == caller.sdp()  # the PBX has both ends
        await ring_until_cancelled(pbx, desk)
        cell = await leg_to(pbx, r"+491719876")
        assert cell.get("Diversion").startswith("<sip:5550100@")
        pbx.answer(cell, 486, "Busy Here")
        voicemail = await leg_to(pbx, "2009")
        response = pbx.answer(voicemail, 200, "OK", body=mailbox.sdp())
        final = await pbx.expect(lambda m: m.status == 200 and m.branch == invite.branch)
        assert final.body == mailbox.sdp() and "49171" not in bytes(final).decode()
        caller_dialog = pbx.dialog_as_caller(invite, final)
        pbx.ack(caller_dialog, 1)
        await pbx.expect(lambda m: m.is_request and m.method == "ACK" and m.uri.startswith("sip:pbx@"))
        bye = pbx.send(pbx.dialog_as_callee(voicemail, response).request("BYE"))
        other = await pbx.expect(lambda m: m.is_request and m.method == "BYE")
        pbx.answer(other, 200, "OK")
        await pbx.expect(lambda m: m.status == 200 and m.branch == bye.branch)
        while not (records := site.daemon.json("calls", "--ended")):
            await asyncio.sleep(0.05)
        record = records[0]
        steps = [step["device"] for step in record["timeline"] if step["what"] == "hunt"]
        assert steps == ["mobile", "desk", "cell", "voicemail"]

    stage.play(story())


def test_who_cannot_be_reached_is_called_at_the_desk_first_and_may_still_come(stage):
    """proves: SBC-RING-03"""

    async def story():
        _, pbx, phone = await hunted(stage, {"desk": "25s"})
        caller, mobile = await audio(stage), await audio(stage, suite="AES_CM_128_HMAC_SHA1_80")
        phone.sleep()
        invite = pbx.call(HIDDEN, caller.sdp())
        desk = await leg_to(pbx, "2001")
        pbx.answer(desk, 180, "Ringing")
        await pbx.expect(180)
        await phone.wake()
        await phone.answer_call(mobile)
        cancel = await pbx.expect("CANCEL")
        assert "Call completed elsewhere" in cancel.get("Reason")
        pbx.answer(cancel, 200, "OK")
        pbx.answer(desk, 487, "Request Terminated")
        final = await pbx.expect(lambda m: m.status == 200 and m.branch == invite.branch)
        pbx.ack(pbx.dialog_as_caller(invite, final), 1)

    stage.play(story())


def test_the_cell_phone_is_left_alone_without_consent(stage):
    """proves: SBC-RING-06"""

    async def story():
        _, pbx, phone = await hunted(stage, use_cell=False)
        caller = await audio(stage)
        pbx.call(HIDDEN, caller.sdp())
        phone.answer(await phone.expect("INVITE"), 486, "Busy Here")
        pbx.answer(await leg_to(pbx, "2001"), 404, "Not Found")
        pbx.answer(await leg_to(pbx, "2009"), 603, "Decline")
        await pbx.expect(lambda m: m.status == 603)

    stage.play(story())


def test_do_not_disturb_in_the_pbx_ends_the_plan(stage):
    async def story():
        site, pbx, phone = await hunted(stage)
        caller = await audio(stage)
        invite = pbx.call(HIDDEN, caller.sdp())
        phone.answer(await phone.expect("INVITE"), 480, "Temporarily Unavailable")
        pbx.answer(await leg_to(pbx, "2001"), 600, "Busy Everywhere")
        pbx.ack_failure(invite, await pbx.expect(lambda m: m.status == 600 and m.branch == invite.branch))
        while site.daemon.json("calls"):
            await asyncio.sleep(0.05)

    stage.play(story())


def test_all_phones_ring_together_and_the_losers_hear_who_answered(stage):
    """proves: SBC-RING-11"""

    async def story():
        _, pbx, phone = await hunted(stage, {"order": "simultaneous", "mobile": "25s"}, cell=None, use_cell=None)
        caller, desk_media = await audio(stage), await audio(stage)
        invite = pbx.call(HIDDEN, caller.sdp())
        called, desk = await phone.expect("INVITE"), await leg_to(pbx, "2001")
        phone.answer(called, 180, "Ringing")
        await pbx.expect(lambda m: m.status == 180 and m.branch == invite.branch)
        pbx.answer(desk, 200, "OK", body=desk_media.sdp())
        cancel = await phone.expect("CANCEL")
        assert "Call completed elsewhere" in cancel.get("Reason")
        phone.answer(cancel, 200, "OK")
        phone.answer(called, 487, "Request Terminated")
        final = await pbx.expect(lambda m: m.status == 200 and m.branch == invite.branch)
        pbx.ack(pbx.dialog_as_caller(invite, final), 1)

    stage.play(story())
