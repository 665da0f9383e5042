# SPDX-License-Identifier: Apache-2.0
"""Somebody who means harm, at every door that is open to him: other people's calls, devices and numbers stay theirs, and nobody
waits because of him."""

from peers.site import DOMAIN
from peers.sip import Dialog
from test_wake import TOKEN, media, site_with_phone

THIEF = "cd" * 32


async def registered(site, number, password, **options):
    phone = site.phone(number, password, **options)
    await phone.connect()
    assert (await phone.register()).status == 200
    return phone


def test_a_register_that_the_pbx_refuses_gets_neither_the_call_nor_the_place_of_the_phone(stage):
    async def story():
        site, pbx, phone = await site_with_phone(stage)
        before = site.daemon.json("registrations")
        phone.sleep()
        desk, mobile = await media(stage), await media(stage, suite="AES_CM_128_HMAC_SHA1_80")
        pbx.call("1001", desk.sdp())
        await site.push.expect_push(TOKEN)
        thief = site.phone("1001", "wrong", token=THIEF)
        thief.instance = phone.instance
        await thief.connect()
        assert (await thief.register()).status == 401
        leave = thief.send(thief.build("REGISTER", f"sip:{DOMAIN}", [
            ("From", f"<{thief.aor}>;tag=1"), ("To", f"<{thief.aor}>"), ("Call-ID", phone._call_id), ("CSeq", "77 REGISTER"),
            ("Contact", "*"), ("Expires", "0")]))
        assert (await thief.expect(lambda m: m.branch == leave.branch and m.status >= 200)).status == 401
        await phone.wake()
        await phone.answer_call(mobile)
        assert not thief.unexpected("INVITE")
        assert not site.push.pushes(THIEF)
        assert [b["id"] for b in site.daemon.json("registrations")] == [b["id"] for b in before]

    stage.play(story())


def test_another_phone_cannot_touch_a_call_whose_names_it_knows(stage):
    async def story():
        site, pbx, phone = await site_with_phone(stage)
        pbx.users["1002"] = "pw2"
        thief = await registered(site, "1002", "pw2", token=THIEF)
        desk, mobile = await media(stage), await media(stage, suite="AES_CM_128_HMAC_SHA1_80")
        pbx.call("1001", desk.sdp())
        _, own = await phone.answer_call(mobile)
        await pbx.expect(200)
        stolen = Dialog(thief, own.call_id, own.local, own.remote, own.target, cseq=500)
        for method in ("BYE", "INVITE", "UPDATE", "INFO", "REFER", "NOTIFY"):
            extra = [("Refer-To", f"<sip:2000@{DOMAIN}>")] if method == "REFER" else []
            request = thief.send(stolen.request(method, headers=extra))
            answer = await thief.expect(lambda m, r=request: m.branch == r.branch and m.status >= 200)
            assert answer.status in (403, 481), (method, answer.start)
        answer = await phone.bye(own)
        assert answer.status == 200

    stage.play(story())
