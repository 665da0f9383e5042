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


ODD = [b"\xff\xfe\x80", b"\x1b[31mred\x1b[0m", b"a\x01b\x7fc", b'q\\" level=error', b"\xed\xa0\x80", "ü €".encode(), b"%s%n"]


def raw(start, headers, body=b""):
    """A message whose octets are what the test says, UTF-8 or not."""
    lines = [start, *(name + b": " + value for name, value in headers), b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


def test_odd_octets_in_names_spoil_no_list_no_log_and_no_terminal(stage):
    """scenario 51"""

    async def story():
        site, pbx, phone = await site_with_phone(stage, hold="1s", no_response="500ms")
        host, port = phone.transport.local
        pbx.users = {}
        for n, odd in enumerate(ODD):
            phone.transport.send(raw(b"REGISTER sip:example.com SIP/2.0", [
                (b"Via", b"SIP/2.0/TLS %s:%d;branch=z9hG4bKr%d" % (host.encode(), port, n)), (b"Max-Forwards", b"70"),
                (b"From", b"<sip:odd%d@example.com>;tag=1" % n), (b"To", b"<sip:odd%d@example.com>" % n), (b"Call-ID", b"r%d" % n),
                (b"CSeq", b"1 REGISTER"), (b"User-Agent", odd), (b"Contact", b"<sip:odd%d@%s:%d>" % (n, host.encode(), port))]))
            await phone.expect(200)
        phone.sleep()
        desk = await media(stage)
        for n, odd in enumerate(ODD):
            pbx.transport.send(raw(b"INVITE sip:1001@%s SIP/2.0" % site.host.encode(), [
                (b"Via", b"SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bKi%d" % (pbx.port, n)), (b"Max-Forwards", b"70"),
                (b"From", b'"%s" <sip:%%ff%d@example.com>;tag=1' % (odd, n)), (b"To", b"<sip:1001@example.com>"),
                (b"Call-ID", b"i%d" % n), (b"CSeq", b"1 INVITE"), (b"Contact", b"<sip:x@127.0.0.1:%d>" % pbx.port),
                (b"Content-Type", b"application/sdp")], desk.sdp()))
        for _ in ODD:
            await pbx.expect(480)
        assert len(site.daemon.json("registrations")) == 1 + len(ODD)
        assert len(site.daemon.json("calls", "--ended")) == len(ODD)
        shown = site.daemon.ctl("registrations").stdout + site.daemon.ctl("calls", "--ended").stdout
        shown += site.daemon.log.read_bytes().decode("utf-8")
        assert all(c.isprintable() or c == "\n" for c in shown.replace("\ufffd", ""))

    stage.play(story())
