# SPDX-License-Identifier: Apache-2.0
"""Events with Kamailio as the presence server behind Wakeline: PUBLISH, SUBSCRIBE, NOTIFY, and a subscriber that sleeps."""

import asyncio
import secrets

from peers.kamailio import Kamailio
from peers.site import DOMAIN
from peers.sip import Dialog, uri

PIDF = ('<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1001@example.com">'
        '<tuple id="t1"><status><basic>{}</basic></status></tuple></presence>')


async def office(stage):
    site = stage.site()
    kamailio = Kamailio(stage.folder / "kamailio", DOMAIN, host=site.host, presence=True)
    stage.add(kamailio, kamailio.stop)
    kamailio.start()
    site.use_pbx(kamailio.port)
    site.start()
    phones = [site.phone(number, f"secret-{number}") for number in ("1001", "1002")]
    for phone in phones:
        await phone.connect()
        assert (await phone.register()).status == 200
    return site, phones


async def publish(phone, state, etag=None):
    headers = [("From", f"<{phone.aor}>;tag={secrets.token_hex(4)}"), ("To", f"<{phone.aor}>"), ("Call-ID", secrets.token_hex(8)),
               ("CSeq", "1 PUBLISH"), ("Event", "presence"), ("Expires", "600"), ("Content-Type", "application/pidf+xml")]
    request = phone.send(phone.build("PUBLISH", phone.aor, headers + ([("SIP-If-Match", etag)] if etag else []),
                                     PIDF.format(state).encode()))
    answer = await phone.expect(lambda m: m.status >= 200 and m.branch == request.branch)
    assert answer.status == 200, answer.start
    return answer.get("SIP-ETag")


async def subscribe(phone, target, event, accept):
    request = phone.send(phone.build("SUBSCRIBE", target, [
        ("From", f"<{phone.aor}>;tag={secrets.token_hex(4)}"), ("To", f"<{target}>"), ("Call-ID", secrets.token_hex(8)),
        ("CSeq", "1 SUBSCRIBE"), ("Event", event), ("Accept", accept), ("Expires", "600")]))
    answer = await phone.expect(lambda m: m.status >= 200 and m.branch == request.branch)
    assert answer.status in (200, 202), answer.start
    return Dialog(phone, request.get("Call-ID"), request.get("From"), answer.get("To"), uri(answer.get("Contact")), 1)


async def notified(phone, dialog, what):
    """Waits for a NOTIFY of that subscription with that in its body."""
    while True:
        notify = await phone.expect(lambda m: m.is_request and m.method == "NOTIFY" and dialog.owns(m))
        phone.answer(notify, 200, "OK")
        if what in notify.body:
            return notify


def test_presence_is_published_and_watched_also_over_a_sleep(stage):
    """proves: SBC-CALL-07, SBC-MWI-03, PBX-01"""

    async def story():
        site, (watched, watcher) = await office(stage)
        etag = await publish(watched, "open")
        dialog = await subscribe(watcher, watched.aor, "presence", "application/pidf+xml")
        first = await notified(watcher, dialog, b"open")
        assert first.get("Subscription-State").startswith("active")
        assert "127.0.0.1:" not in first.body.decode()
        etag = await publish(watched, "closed", etag)
        await notified(watcher, dialog, b"closed")

        watcher.sleep()
        while [r["state"] for r in site.daemon.json("registrations")].count("awake") > 1:
            await asyncio.sleep(0.02)
        etag = await publish(watched, "open", etag)
        await publish(watched, "closed", etag)
        watcher.received.clear()
        await watcher.wake()
        told = await notified(watcher, dialog, b"")
        assert told.get("Subscription-State").startswith("active")
        refresh = watcher.send(dialog.request("SUBSCRIBE", headers=[("Event", "presence"), ("Expires", "600")]))
        assert (await watcher.expect(lambda m: m.status >= 200 and m.branch == refresh.branch)).status in (200, 202)
        await notified(watcher, dialog, b"closed")
        over = watcher.send(dialog.request("SUBSCRIBE", headers=[("Event", "presence"), ("Expires", "0")]))
        assert (await watcher.expect(lambda m: m.status >= 200 and m.branch == over.branch)).status in (200, 202)
        last = await watcher.expect(lambda m: m.is_request and m.get("Subscription-State", "").startswith("terminated"))
        watcher.answer(last, 200, "OK")

    stage.play(story())
