# SPDX-License-Identifier: Apache-2.0
"""What may pass between phone and PBX: codecs, video, encryption, header fields, identities, bodies."""

import asyncio
import re

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import StreamTransport

SRTP = "AES_CM_128_HMAC_SHA1_80"
MANY = ["9 8 0 96 101 13", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 useinbandfec=1", "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15"]


class Scene:
    def __init__(self, stage):
        self.stage, self.site = stage, stage.site()
        self.pbx = self.phone = None

    async def open(self, access=None, trunk=None, media=None):
        self.pbx = await Pbx(DOMAIN).open(remote=(self.site.host, self.site.ports["trunk"]))
        self.stage.add(self.pbx, self.pbx.transport.close)
        self.site.use_pbx(self.pbx.port)
        self.site.settings["trunks"]["pbx"].update(trunk or {})
        self.site.settings["access"].update(access or {})
        self.site.settings["media"].update(media or {})
        self.site.start()
        self.phone = self.site.phone("1001")
        await self.phone.connect()
        assert (await self.phone.register()).status == 200
        return self

    async def audio(self, suite=None):
        media = await Media(suite=suite).open()
        return self.stage.add(media, media.close)

    async def answered_call(self, mobile, desk, phone_sdp=None, desk_sdp=None):
        """From the phone, answered by the PBX: (INVITE of the phone, INVITE at the PBX, 200 at the phone, dialogs)."""
        invite = self.phone.invite(f"sip:2000@{DOMAIN}", phone_sdp or mobile.sdp())
        taken = await self.pbx.expect("INVITE")
        response = self.pbx.answer(taken, 200, "OK", body=desk_sdp or desk.sdp())
        answer = await self.phone.expect(lambda m: m.status == 200 and m.branch == invite.branch)
        phone_dialog = self.phone.dialog_as_caller(invite, answer)
        self.phone.ack(phone_dialog, 1)
        await self.pbx.expect("ACK")
        return taken, answer, phone_dialog, self.pbx.dialog_as_callee(taken, response)

    async def last_call(self, count=1):
        """The newest of so many. It is stored soon after its last message."""
        while len(calls := self.site.daemon.json("calls", "--ended")) < count:
            await asyncio.sleep(0.05)
        return calls[0]


def with_codecs(sdp, formats=MANY[0], lines=MANY[1:]):
    text = re.sub(r"(m=audio \d+ \S+) .*", rf"\1 {formats}", sdp.decode())
    text = re.sub(r"a=(rtpmap|fmtp):.*\r\n", "", text)
    return text.replace("a=sendrecv", "\r\n".join([*lines, "a=sendrecv"])).encode()


def formats(sdp, kind="audio"):
    return re.search(rf"m={kind} \d+ \S+ (.*)\r", sdp.decode())[1]


def video(sdp, port, direction="sendrecv", profile="RTP/AVPF", crypto=""):
    lines = [f"m=video {port} {profile} 97", "b=AS:512", "a=rtpmap:97 H264/90000", "a=fmtp:97 profile-level-id=42e01f",
             "a=rtcp-fb:97 nack pli", "a=rtcp-fb:* ccm fir"] + ([crypto] if crypto else []) + [f"a={direction}", ""]
    return sdp + "\r\n".join(lines).encode()


def test_codecs_are_allowed_denied_and_ordered_for_each_side(stage):
    """proves: SBC-COD-04, SBC-COD-01, EM-AUD-02"""

    async def story():
        scene = await Scene(stage).open(access={"codecs": {"prefer": ["opus", "PCMU"], "ptime": "40ms"}},
                                        trunk={"codecs": {"deny": ["g722"], "prefer": ["PCMA"]}})
        mobile, desk = await scene.audio(SRTP), await scene.audio()
        taken, answer, _, _ = await scene.answered_call(mobile, desk, with_codecs(mobile.sdp()), with_codecs(desk.sdp()))
        assert formats(taken.body) == "8 0 96 101 13" and "a=fmtp:96 useinbandfec=1" in taken.body.decode()
        assert formats(answer.body) == "8 0 96 101 13" and "a=ptime:40" in answer.body.decode()
        scene.pbx.call("1001", with_codecs(desk.sdp()))
        called = await scene.phone.expect("INVITE")
        assert formats(called.body) == "96 0 8 101 13" and "a=ptime:40" in called.body.decode()

    stage.play(story())


def test_an_offer_without_an_allowed_codec_is_488_and_the_log_names_them(stage):
    """proves: SBC-COD-03, SBC-COD-02"""

    async def story():
        scene = await Scene(stage).open(access={"codecs": {"allow": ["opus"]}}, trunk={"codecs": {"deny": ["opus"]}})
        mobile, desk = await scene.audio(SRTP), await scene.audio()
        invite = scene.phone.invite(f"sip:2000@{DOMAIN}", with_codecs(mobile.sdp()))
        refused = await scene.phone.expect(488)
        assert refused.get("Warning") == f'305 {DOMAIN} "Incompatible media format"'
        scene.phone.ack_failure(invite, refused)
        reason = (await scene.last_call())["reason"]
        assert "offered G722/8000 PCMA/8000" in reason and "allowed opus, denied opus" in reason
        invite = scene.pbx.call("1001", desk.sdp())
        scene.pbx.ack_failure(invite, await scene.pbx.expect(488))
        assert not scene.phone.unexpected("INVITE")

    stage.play(story())


def test_the_488_of_a_phone_passes_with_its_warning_and_names_codecs(stage):
    """proves: SBC-COD-02, SBC-COD-03"""

    async def story():
        scene = await Scene(stage).open()
        desk = await scene.audio()
        invite = scene.pbx.call("1001", desk.sdp())
        called = await scene.phone.expect("INVITE")
        accepts = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/SAVP 96\r\na=rtpmap:96 opus/48000/2\r\n"
        scene.phone.answer(called, 488, "Not Acceptable Here", [("Warning", '305 198.51.100.9 "No such codec"')], accepts)
        final = await scene.pbx.expect(488)
        assert final.get("Warning") == f'305 {DOMAIN} "No such codec"' and not final.body
        scene.pbx.ack_failure(invite, final)
        told = next(step["detail"] for step in (await scene.last_call())["timeline"] if step["what"] == "rejected")
        assert "offered audio PCMA/8000 telephone-event/8000" in told and "accepts audio opus/48000/2" in told

    stage.play(story())


def test_video_is_added_made_one_way_and_dropped_within_a_call(stage):
    """proves: SBC-COD-05, SBC-COD-06, SBC-COD-08"""

    async def story():
        scene = await Scene(stage).open(media={"srtp": {"mode": "off"}})
        mobile, desk = await scene.audio(), await scene.audio()
        _, _, dialog, pbx_dialog = await scene.answered_call(mobile, desk)

        async def reinvite(asker, ask_dialog, answerer, offer, answer):
            request = asker.send(ask_dialog.request("INVITE", offer))
            taken = await answerer.expect("INVITE")
            answerer.answer(taken, 200, "OK", body=answer)
            final = await asker.expect(lambda m: m.status == 200 and m.branch == request.branch)
            asker.ack(ask_dialog, ask_dialog.cseq)
            await answerer.expect("ACK")
            return taken.body.decode(), final.body.decode()

        scene.phone.invite(f"sip:2001@{DOMAIN}", video(mobile.sdp(), 40002))  # from the start
        assert f"m=video {scene.site.media_base + 4} RTP/AVPF 97" in (await scene.pbx.expect("INVITE")).body.decode()
        told, answered = await reinvite(scene.phone, dialog, scene.pbx, video(mobile.sdp(version=2), 40002),
                                        video(desk.sdp(version=2), 41002))
        assert f"m=video {scene.site.media_base + 4} RTP/AVPF 97" in told and f"m=video {scene.site.media_base + 4} RTP/AVPF 97" in answered
        for line in ("b=AS:512", "a=rtcp-fb:97 nack pli", "a=rtcp-fb:* ccm fir", "a=fmtp:97 profile-level-id=42e01f"):
            assert line in told and line in answered, line
        told, answered = await reinvite(scene.pbx, pbx_dialog, scene.phone, video(desk.sdp(version=3), 41002, "sendonly"),
                                        video(mobile.sdp(version=3), 40002, "recvonly"))
        assert "a=sendonly" in told and "a=recvonly" in answered
        # The PBX moves the call to a device without video: port 0, and the voice goes on.
        told, answered = await reinvite(scene.pbx, pbx_dialog, scene.phone, video(desk.sdp(version=4), 0),
                                        video(mobile.sdp(version=4), 0))
        assert "m=video 0 " in told and "m=video 0 " in answered and "m=audio 0" not in told
        mobile.learn(answered_audio(told)), desk.learn(answered_audio(answered))
        mobile.start(), desk.start()
        await asyncio.gather(mobile.until_received(10), desk.until_received(10))

    def answered_audio(text):
        return text.encode()

    stage.play(story())


def test_video_that_is_refused_or_switched_off_leaves_the_voice(stage):
    """proves: SBC-COD-05"""

    async def story():
        scene = await Scene(stage).open(trunk={"codecs": {"video": False}}, media={"srtp": {"mode": "off"}})
        mobile, desk = await scene.audio(), await scene.audio()
        taken, answer, _, _ = await scene.answered_call(mobile, desk, video(mobile.sdp(), 40002),
                                                        desk.sdp() + b"m=video 0 RTP/AVPF 97\r\n")
        assert "m=video 0 " in taken.body.decode() and "m=video 0 " in answer.body.decode()
        assert f"m=audio {scene.site.media_base} " in answer.body.decode()

    stage.play(story())


def test_a_phone_is_told_how_far_its_encryption_goes_and_of_each_change(stage):
    """proves: SBC-SEC-01, SBC-SEC-02, SBC-SEC-04"""

    async def story():
        scene = await Scene(stage).open(media={"trunk": {"address": "127.0.0.1", "srtp": "prefer"}}, trunk={"allow_keys_over_plain": True})
        mobile, desk, plain = await scene.audio(SRTP), await scene.audio(SRTP), await scene.audio()
        taken, answer, _, pbx_dialog = await scene.answered_call(
            mobile, desk, desk_sdp=desk.sdp(crypto_tag=1).replace(b"RTP/SAVP", b"RTP/AVP"))
        assert not taken.get("Media-Security") and answer.get("Media-Security") == "end-to-end"
        live = scene.site.daemon.json("calls")[0]
        assert live["phone_security"] == SRTP and live["trunk_security"] == SRTP
        request = scene.pbx.send(pbx_dialog.request("INVITE", plain.sdp(version=2)))  # a plain party now
        changed = await scene.phone.expect("INVITE")
        assert changed.get("Media-Security") == "this-leg-only"
        scene.phone.answer(changed, 200, "OK", body=mobile.sdp(version=2))
        await scene.pbx.expect(lambda m: m.status == 200 and m.branch == request.branch)
        scene.pbx.ack(pbx_dialog, pbx_dialog.cseq)
        await scene.phone.expect("ACK")
        live = scene.site.daemon.json("calls")[0]
        assert live["phone_security"] == SRTP and live["trunk_security"] == "RTP"
        steps = [step["detail"] for step in live["timeline"] if step["what"] == "security"]
        assert steps == [f"phone {SRTP}, PBX {SRTP}", f"phone {SRTP}, PBX RTP"]
        assert "SRTP | RTP" in scene.site.daemon.ctl("calls").stdout

    stage.play(story())


def test_required_encryption_is_488_with_a_warning_when_it_is_not_there(stage):
    """proves: SBC-SRTP-08"""

    async def story():
        scene = await Scene(stage).open(access={"require_srtp": True}, trunk={"require_srtp": True, "allow_keys_over_plain": True},
                                        media={"srtp": {"mode": "prefer"}, "trunk": {"address": "127.0.0.1", "srtp": "prefer"}})
        mobile, desk, plain = await scene.audio(SRTP), await scene.audio(SRTP), await scene.audio()
        warning = f'302 {DOMAIN} "Incompatible transport protocol"'
        invite = scene.phone.invite(f"sip:2000@{DOMAIN}", plain.sdp())
        refused = await scene.phone.expect(488)
        assert refused.get("Warning") == warning
        scene.phone.ack_failure(invite, refused)
        invite = scene.phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
        taken = await scene.pbx.expect("INVITE")
        response = scene.pbx.answer(taken, 200, "OK", body=plain.sdp())
        refused = await scene.phone.expect(lambda m: m.status == 488 and m.branch == invite.branch)
        assert refused.get("Warning") == warning
        scene.phone.ack_failure(invite, refused)
        scene.pbx.answer(await scene.pbx.expect("BYE"), 200, "OK")
        assert "SRTP is required" in (await scene.last_call(2))["reason"]
        assert response.status == 200 and desk.suite == SRTP

    stage.play(story())


def test_no_keys_pass_through_signalling_that_everybody_can_read(stage):
    async def story():
        scene = Scene(stage)
        port = scene.site.add_listener("tcp")
        await scene.open(media={"srtp": {"mode": "prefer"}})
        phone = scene.site.phone("1002")
        phone.attach(await StreamTransport.open(scene.site.host, port))
        assert (await phone.register()).status == 200
        desk, secure = await scene.audio(), await scene.audio(SRTP)
        scene.pbx.call("1002", desk.sdp())
        called = await phone.expect("INVITE")
        assert "RTP/AVP" in called.body.decode() and "crypto" not in called.body.decode()
        phone.answer(called, 486, "Busy Here")
        invite = phone.invite(f"sip:2000@{DOMAIN}", secure.sdp())
        refused = await phone.expect(488)
        assert refused.get("Warning").startswith("302 ")
        phone.ack_failure(invite, refused)
        assert "signalling that is not TLS" in (await scene.last_call(2))["reason"]

    stage.play(story())


def test_header_fields_pass_by_list_and_by_setting(stage):
    """proves: SBC-FWD-04, SBC-ONS-04"""

    async def story():
        scene = await Scene(stage).open(access={"headers": {"pass": ["X-Queue"], "remove": ["Subject"]}},
                                        trunk={"headers": {"pass": ["X-Ticket"]}})
        desk, mobile = await scene.audio(), await scene.audio(SRTP)
        sent = [("Diversion", f"<sip:3000@{DOMAIN}>;reason=no-answer;counter=2"), ("Diversion", "<tel:+15550100>;reason=unconditional"),
                ("History-Info", f"<sip:3000@{DOMAIN}?Reason=SIP%3Bcause%3D302>;index=1, <sip:1001@{DOMAIN}>;index=1.1"),
                ("P-Asserted-Identity", f'"Boss" <sip:2000@{DOMAIN}>'), ("Privacy", "none"), ("Reason", "SIP;cause=302"),
                ("X-Queue", "sales <sip:q@10.1.2.3>"), ("X-Other", "stays"), ("Subject", "secret plans")]
        scene.pbx.call("1001", desk.sdp(), headers=sent)
        called = await scene.phone.expect("INVITE")
        for name in ("Diversion", "History-Info", "P-Asserted-Identity", "Privacy", "Reason"):
            assert called.all(name) == [value for other, value in sent if other == name], name
        assert called.get("X-Queue") == f"sales <sip:q@{DOMAIN}>"
        assert not called.get("X-Other") and not called.get("Subject")
        scene.phone.answer(called, 486, "Busy Here", [("X-Ticket", "77"), ("X-Queue", "none")])
        final = await scene.pbx.expect(486)
        assert final.get("X-Ticket") == "77" and not final.get("X-Queue")
        scene.phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp(), [("Privacy", "id"), ("Diversion", sent[0][1]), ("X-Ticket", "78")])
        taken = await scene.pbx.expect("INVITE")
        assert taken.get("Diversion") == sent[0][1] and taken.get("Privacy") == "id" and taken.get("X-Ticket") == "78"

    stage.play(story())


def test_the_identity_of_a_phone_is_what_it_registered_with(stage):
    """proves: SBC-ONS-01"""

    async def story():
        scene = await Scene(stage).open()
        mobile = await scene.audio(SRTP)
        scene.phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp(), [("P-Asserted-Identity", f'"The boss" <sip:1@{DOMAIN}>')])
        taken = await scene.pbx.expect("INVITE")
        assert taken.all("P-Asserted-Identity") == [f"<sip:1001@{DOMAIN}>"]
        scene.phone.invite(f"sip:2000@{DOMAIN}", mobile.sdp())
        taken = await scene.pbx.expect("INVITE")
        assert not taken.get("P-Asserted-Identity")

    stage.play(story())


def test_telephone_events_pass_with_their_own_payload_type(stage):
    """proves: SBC-RTP-15"""

    async def story():
        scene = await Scene(stage).open(access={"codecs": {"allow": ["PCMA"]}})
        mobile, desk = await scene.audio(SRTP), await scene.audio()
        taken, answer, _, _ = await scene.answered_call(mobile, desk)
        assert formats(taken.body) == "8 101" and "a=rtpmap:101 telephone-event/8000" in answer.body.decode()
        mobile.learn(answer.body), desk.learn(taken.body)
        mobile.start(), desk.start()
        await asyncio.gather(mobile.until_received(5), desk.until_received(5))
        event = mobile.send_event(7)
        before = desk.received
        await desk.until_received(before + 5)
        assert desk.payloads.get(event) == 1
        event = desk.send_event(8)
        before = mobile.received
        await mobile.until_received(before + 5)
        assert mobile.payloads.get(event) == 1

    stage.play(story())


def test_bodies_of_other_types_pass_octet_for_octet(stage):
    """proves: PBX-04"""

    async def story():
        scene = await Scene(stage).open()
        mobile, desk = await scene.audio(SRTP), await scene.audio()
        _, _, dialog, pbx_dialog = await scene.answered_call(mobile, desk)
        bodies = (("application/csta+xml", b'<?xml version="1.0"?>\n<MakeCall>\xc3\xa4</MakeCall>\n\n'),
                  ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n"),
                  ("application/vnd.unknown;x=\"y z\"", bytes(range(1, 256))),
                  ("multipart/mixed;boundary=b", b"--b\r\nContent-Type: a/b\r\n\r\n\x00\xff\r\n--b--\r\n"))
        for kind, body in bodies:
            for asker, its_dialog, other in ((scene.phone, dialog, scene.pbx), (scene.pbx, pbx_dialog, scene.phone)):
                request = asker.send(its_dialog.request("INFO", body, [("Content-Type", kind)]))
                taken = await other.expect("INFO")
                assert taken.body == body and taken.get("Content-Type") == kind
                other.answer(taken, 200, "OK")
                await asker.expect(lambda m, branch=request.branch: m.status == 200 and m.branch == branch)

    stage.play(story())


def test_an_offer_among_other_parts_is_rewritten_and_they_are_not(stage):
    async def story():
        scene = await Scene(stage).open()
        desk, mobile = await scene.audio(), await scene.audio(SRTP)
        before = (b"--xyz\r\nContent-Type: application/pidf+xml\r\nContent-ID: <where@example.com>\r\n\r\n<presence>\r\n</presence>\r\n"
                  b"--xyz\r\nContent-Type: application/sdp\r\n\r\n")
        after = b"\r\n--xyz\r\nContent-Type: application/octet-stream\r\n\r\n\x01\x02\xfe\r\n--xyz--\r\n"
        kind = [("Content-Type", "multipart/mixed;boundary=xyz")]
        scene.phone.invite(f"sip:2000@{DOMAIN}", before + mobile.sdp() + after, kind)
        taken = await scene.pbx.expect("INVITE")
        assert taken.get("Content-Type") == kind[0][1]
        assert taken.body.startswith(before + b"v=0\r\n") and taken.body.endswith(after)
        assert str(mobile.port).encode() not in taken.body and b"inline" not in taken.body
        desk.learn(taken.body.removesuffix(after))
        scene.pbx.answer(taken, 200, "OK", body=desk.sdp())
        answer = await scene.phone.expect(lambda m: m.status == 200 and m.method == "INVITE")
        mobile.learn(answer.body)
        mobile.start(), desk.start()
        await asyncio.gather(mobile.until_received(5), desk.until_received(5))

    stage.play(story())
