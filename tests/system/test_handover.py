# SPDX-License-Identifier: Apache-2.0
"""Calls that move: to another network, to another device, to another party. No packet of the talk is lost on the way."""

import asyncio

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import tag
from test_calls import hang_up

SRTP = "AES_CM_128_HMAC_SHA1_80"


async def office(stage, phones=1):
    site = stage.site()
    pbx = await Pbx(DOMAIN, {"1001": "pw"}).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.start()
    agents = [site.phone("1001", "pw") for _ in range(phones)]
    for agent in agents:
        await agent.connect()
        assert (await agent.register()).status == 200
    return site, pbx, agents


async def stream(stage, payload, suite=None):
    media = await Media(suite=suite, payload=payload).open()
    stage.add(media, media.close)
    return media


async def call_out(pbx, phone, mobile, desk, target="2000"):
    """The phone calls; both dialogs, the PBX's INVITE and its answer."""
    invite = phone.invite(f"sip:{target}@{DOMAIN}", mobile.sdp())
    taken = await pbx.expect("INVITE")
    desk.learn(taken.body)
    response = pbx.answer(taken, 200, "OK", body=desk.sdp())
    answer = await phone.expect(200)
    mobile.learn(answer.body)
    dialog = phone.dialog_as_caller(invite, answer)
    phone.ack(dialog, 1)
    await pbx.expect("ACK")
    return dialog, pbx.dialog_as_callee(taken, response)


async def both_hear(*media, packets=20):
    before = [m.received for m in media]
    await asyncio.gather(*(m.until_received(b + packets) for m, b in zip(media, before)))


def missing(*receivers):
    """How many packets of one stream nobody of them has."""
    got = sorted({s for r in receivers for s in r.sequences})
    return got[-1] - got[0] + 1 - len(got)


async def ended(site, count):
    """The records of the calls that are over; the store writes them after the BYE is answered."""
    for _ in range(250):
        if len(calls := site.daemon.json("calls", "--ended")) >= count:
            return calls
        await asyncio.sleep(0.02)
    raise AssertionError(f"{len(calls)} of {count} records")


def test_from_wifi_to_cellular_the_talk_goes_on(stage):
    """scenario 46; proves: SBC-NET-01, SBC-NET-02, SBC-ROLE-03"""

    async def story():
        site, pbx, (phone,) = await office(stage)
        mobile, desk = await stream(stage, b"M", SRTP), await stream(stage, b"D")
        dialog, pbx_dialog = await call_out(pbx, phone, mobile, desk)
        mobile.start(), desk.start()
        await both_hear(mobile, desk)
        phone.sleep()
        await mobile.move("127.0.0.2")  # the media come first: SRTP is proof enough
        await both_hear(mobile, desk)
        assert missing(desk) == 0
        assert missing(mobile) < 100, "more than 2 s of the desk's voice are lost"
        await phone.wake(source="127.0.0.2")
        request = phone.send(dialog.request("INVITE", mobile.sdp(version=2)))
        seen = await pbx.expect("INVITE")
        assert "127.0.0.2" not in bytes(seen).decode()
        pbx.answer(seen, 200, "OK", body=desk.sdp(version=2))
        mobile.learn((await phone.expect(lambda m: m.status == 200 and m.branch == request.branch)).body)
        phone.ack(dialog, dialog.cseq)
        await pbx.expect("ACK")
        await both_hear(mobile, desk)
        assert missing(desk) == 0
        mobile.stop(), desk.stop()
        await hang_up(pbx, phone, pbx_dialog)
        (call,) = await ended(site, 1)
        steps = [e["what"] for e in site.daemon.json("call", call["id"])["timeline"]]
        assert "moved" in steps

    stage.play(story())


def test_the_pbx_moves_a_call_to_another_party_without_a_gap(stage):
    """Push to desk or cell: proves: SBC-MOVE-01, SBC-MOVE-02"""

    async def story():
        _, pbx, (phone,) = await office(stage)
        mobile, desk, cell = await stream(stage, b"M", SRTP), await stream(stage, b"D"), await stream(stage, b"C")
        dialog, pbx_dialog = await call_out(pbx, phone, mobile, desk)
        mobile.start(), desk.start()
        await both_hear(mobile, desk)
        order = phone.send(dialog.request("INFO", b"<MoveCall/>", [("Content-Type", "application/csta+xml")]))
        taken = await pbx.expect("INFO")
        assert taken.body == order.body and taken.get("Content-Type") == "application/csta+xml"
        pbx.answer(taken, 200, "OK")
        await phone.expect(lambda m: m.status == 200 and m.branch == order.branch)

        cell.learn(taken_sdp(pbx))
        request = pbx.send(pbx_dialog.request("INVITE", cell.sdp(version=2)))
        asked = await phone.expect("INVITE")
        phone.answer(asked, 200, "OK", body=mobile.sdp())
        answer = await pbx.expect(lambda m: m.status == 200 and m.branch == request.branch)
        pbx.ack(pbx_dialog, pbx_dialog.cseq)
        await phone.expect("ACK")
        cell.learn(answer.body)
        desk.stop()
        cell.start()
        await both_hear(mobile, cell)
        mobile.stop(), cell.stop()
        assert missing(desk, cell) == 0
        assert cell.payload in mobile.payloads
        await hang_up(phone, pbx, dialog)

    def taken_sdp(pbx):
        return next(m.body for m in reversed(pbx.received) if m.is_request and m.method == "INVITE")

    stage.play(story())


def test_another_device_takes_the_call_over_without_a_gap(stage):
    """Pull: proves: SBC-MOVE-03, SBC-MOVE-04"""

    async def story():
        site, pbx, (phone,) = await office(stage)
        mobile, desk = await stream(stage, b"M", SRTP), await stream(stage, b"D")
        _, pbx_dialog = await call_out(pbx, phone, mobile, desk)
        mobile.start(), desk.start()
        await both_hear(mobile, desk)

        tablet = site.phone("1001", "pw")  # opened during the call
        await tablet.connect()
        assert (await tablet.register()).status == 200
        pulled = await stream(stage, b"T", SRTP)
        # As a dialog-info of the PBX tells it: the dialog that the PBX has.
        names = f"{pbx_dialog.call_id};to-tag={tag(pbx_dialog.local)};from-tag={tag(pbx_dialog.remote)}"
        invite = tablet.invite(f"sip:2000@{DOMAIN}", pulled.sdp(), [("Replaces", names), ("Require", "replaces")])
        taken = await pbx.expect("INVITE")
        assert taken.get("Replaces") == names
        heard_by_mobile = desk  # one source, two addresses to send to
        pbx.answer(taken, 200, "OK", body=desk.sdp())
        answer = await tablet.expect(200)
        pulled.learn(answer.body)
        desk.learn(taken.body)
        tablet_dialog = tablet.dialog_as_caller(invite, answer)
        tablet.ack(tablet_dialog, 1)
        await pbx.expect("ACK")
        mobile.stop()
        pulled.start()
        await hang_up(pbx, phone, pbx_dialog)
        await both_hear(pulled, heard_by_mobile)
        assert missing(mobile, pulled) == 0, "words of the desk that neither device has heard"
        pulled.stop(), desk.stop()
        await hang_up(tablet, pbx, tablet_dialog)
        assert len(await ended(site, 2)) == 2

    stage.play(story())


def test_a_move_that_the_pbx_refuses_is_kept_with_its_words(stage):
    """proves: SBC-MOVE-10"""

    async def story():
        site, pbx, (phone,) = await office(stage)
        media = await stream(stage, b"M", SRTP)
        invite = phone.invite(f"sip:2000@{DOMAIN}", media.sdp(), [("Replaces", "desk-call;to-tag=a;from-tag=b")])
        taken = await pbx.expect("INVITE")
        pbx.answer(taken, 603, "Decline", [("Warning", '399 pbx "conference calls cannot be moved"')])
        phone.ack_failure(invite, await phone.expect(603))
        (call,) = await ended(site, 1)
        assert "603 Decline: conference calls cannot be moved" in str(site.daemon.json("call", call["id"]))

    stage.play(story())


def test_a_call_is_transferred_to_another_party_after_a_word_with_him(stage):
    """proves: SBC-XFER-01, SBC-CALL-01"""

    async def story():
        _, pbx, (phone,) = await office(stage)
        mobile, desk = await stream(stage, b"M", SRTP), await stream(stage, b"D")
        first, pbx_first = await call_out(pbx, phone, mobile, desk)
        hold = phone.send(first.request("INVITE", mobile.sdp("sendonly", 2)))
        held = await pbx.expect("INVITE")
        assert "a=sendonly" in held.body.decode()
        pbx.answer(held, 200, "OK", body=desk.sdp("recvonly", 2))
        await phone.expect(lambda m: m.status == 200 and m.branch == hold.branch)
        phone.ack(first, first.cseq)
        await pbx.expect("ACK")

        asked, other = await stream(stage, b"Q", SRTP), await stream(stage, b"O")
        second, pbx_second = await call_out(pbx, phone, asked, other, "3000")
        replaces = f"{second.call_id}%3Bto-tag%3D{tag(second.remote)}%3Bfrom-tag%3D{tag(second.local)}"
        refer = phone.send(first.request("REFER", headers=[("Refer-To", f"<sip:3000@{DOMAIN}?Replaces={replaces}>"),
                                                            ("Referred-By", f"<{phone.aor}>")]))
        ordered = await pbx.expect("REFER")
        named = f"{pbx_second.call_id}%3bto-tag%3d{tag(pbx_second.local)}%3bfrom-tag%3d{tag(pbx_second.remote)}"
        assert named in ordered.get("Refer-To"), f"{named} is not in {ordered.get('Refer-To')}"
        pbx.answer(ordered, 202, "Accepted", [("Contact", pbx.contact)])
        await phone.expect(lambda m: m.status == 202 and m.branch == refer.branch)
        for state, line in (("active;expires=60", b"SIP/2.0 100 Trying\r\n"),
                            ("terminated;reason=noresource", b"SIP/2.0 200 OK\r\n")):
            told = pbx.send(pbx_first.request("NOTIFY", line, [("Event", "refer"), ("Subscription-State", state),
                                                               ("Content-Type", "message/sipfrag;version=2.0")]))
            heard = await phone.expect("NOTIFY")
            assert heard.body == line and heard.get("Subscription-State") == state
            phone.answer(heard, 200, "OK")
            await pbx.expect(lambda m: m.status == 200 and m.branch == told.branch)
        for dialog in (pbx_second, pbx_first):  # the two talk to each other now
            await hang_up(pbx, phone, dialog)

    stage.play(story())


def test_a_session_timer_is_kept_on_each_side(stage):
    """proves: SBC-CALL-06, EM-SIP-06"""

    async def story():
        _, pbx, (phone,) = await office(stage)
        mobile, desk = await stream(stage, b"M", SRTP), await stream(stage, b"D")
        brief = pbx.call("1001", desk.sdp(), headers=[("Supported", "timer"), ("Session-Expires", "60")])
        refused = await pbx.expect(422)
        assert refused.get("Min-SE") == "90"
        pbx.ack_failure(brief, refused)
        invite = pbx.call("1001", desk.sdp(), headers=[("Supported", "timer"), ("Session-Expires", "100")])
        called, dialog = await phone.answer_call(mobile)
        assert called.get("Session-Expires") == "1800;refresher=uac"
        answer = await pbx.expect(200)
        assert answer.get("Session-Expires") == "100;refresher=uac"
        pbx_dialog = pbx.dialog_as_caller(invite, answer)
        pbx.ack(pbx_dialog, 1)
        update = pbx.send(pbx_dialog.request("UPDATE", headers=[("Supported", "timer"),
                                                                ("Session-Expires", "100;refresher=uac")]))
        kept = await pbx.expect(lambda m: m.status == 200 and m.branch == update.branch)
        assert kept.get("Session-Expires") == "100;refresher=uac"
        assert not phone.unexpected("UPDATE")
        await hang_up(phone, pbx, dialog)

    stage.play(story())


def test_the_mailbox_is_told_to_every_device(stage):
    """proves: SBC-MWI-01, SBC-MWI-03"""

    async def story():
        site, pbx, (phone, tablet) = await office(stage, 2)
        tablet.sleep()
        waiting = b"Messages-Waiting: yes\r\n"
        while [r["state"] for r in site.daemon.json("registrations")].count("awake") > 1:
            await asyncio.sleep(0.02)
        told = pbx.send(pbx.build("NOTIFY", f"sip:1001@{DOMAIN}", [
            ("From", f"<sip:1001@{DOMAIN}>;tag=mwi"), ("To", f"<sip:1001@{DOMAIN}>"), ("Call-ID", "mwi"),
            ("CSeq", "1 NOTIFY"), ("Event", "message-summary"), ("Subscription-State", "active"),
            ("Content-Type", "application/simple-message-summary")], waiting))
        await pbx.expect(lambda m: m.status == 200 and m.branch == told.branch)
        heard = await phone.expect("NOTIFY")
        assert heard.body == waiting
        phone.answer(heard, 200, "OK")
        await tablet.wake()
        heard = await tablet.expect("NOTIFY")
        assert heard.body == waiting
        tablet.answer(heard, 200, "OK")

    stage.play(story())
