# SPDX-License-Identifier: Apache-2.0
"""How the daemon shows push services who it is, wakes through each kind of them, and protects them."""

import asyncio
import re
import time

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.webhook import WebhookReceiver

TOKEN = "ab" * 32


async def site_with_pbx(stage, *numbers):
    site = stage.site()
    await site.start_push()
    pbx = await Pbx(DOMAIN, {number: "pw" for number in numbers}).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    return site, pbx


async def sleeping(site, number, **push):
    phone = site.phone(number, "pw", **push)
    await phone.connect()
    assert (await phone.register()).status == 200
    phone.sleep()
    return phone


async def media(stage, **options):
    end = await Media(**options).open()
    return stage.add(end, end.close)


async def call_wakes(stage, pbx, number, phone, pushed):
    """One call to a sleeping phone, from INVITE to the answer; `pushed` waits for its push."""
    invite = pbx.call(number, (await media(stage)).sdp())
    push = await pushed()
    await phone.wake()
    called, _ = await phone.answer_call(await media(stage, suite="AES_CM_128_HMAC_SHA1_80"))
    answer = await pbx.expect(200)
    pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
    return push, called


def test_a_certificate_instead_of_a_key_wakes_the_phone(stage):
    """proves: SBC-APNS-01, SBC-APNS-02, SBC-APNS-06"""

    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        app = site.settings["push"]["apps"]["ios"]
        for name in ("key", "key_id", "team_id"):
            del app[name]
        app.update(certificate=str(site.push.folder / "voip.p12"), passphrase_file=str(site.push.folder / "voip.pass"))
        site.start()
        phone = await sleeping(site, "1001", token=TOKEN)
        push, _ = await call_wakes(stage, pbx, "1001", phone, site.push.expect_push)
        assert push["certificate"] == "VoIP Services: com.example.phone"
        shown = {c["name"]: c for c in site.daemon.json("status")["credentials"]}
        assert shown["push.apps.ios.certificate"]["state"] == "expiring"
        assert 28 <= shown["push.apps.ios.certificate"]["days_left"] <= 30

    stage.play(story())


def test_a_webhook_wakes_the_phones_of_another_push_service(stage):
    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        secret = site.folder / "webhook.secret"
        secret.write_text("only we know\n")
        secret.chmod(0o600)
        receiver = await WebhookReceiver("only we know").open()
        stage.add(receiver, receiver.close)
        site.settings["push"]["apps"]["desktop"] = {
            "provider": "webhook", "pn_provider": "acme", "url": receiver.url, "secret_file": str(secret)}
        site.start()
        receiver.answers = [(503, {"Retry-After": "1"})]
        phone = await sleeping(site, "1001", token="tok%3D1", provider="acme")
        push, called = await call_wakes(stage, pbx, "1001", phone, lambda: receiver.expect(2))
        assert receiver.requests[0]["id"] == push["id"]  # the same push, again
        assert push["kind"] == "call" and push["token"] == "tok=1" and push["param"] == "wakeline-test"
        assert push["sip_call_id"] == called.get("Call-ID")
        assert not receiver.refused and not site.push.pushes()

        phone.sleep()
        receiver.answers = [(410, {})]
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 3))

    stage.play(story())


def test_every_push_service_is_checked_and_a_refused_key_is_shown(stage):
    """scenario 45; proves: SBC-PUSH-07, SBC-PUSH-08"""

    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        daemon = site.start()
        checks = {check["app"]: check for check in await asyncio.to_thread(daemon.json, "push", "check")}
        assert {check["outcome"] for check in checks.values()} == {"accepted"}
        assert checks["android"]["provider"] == "fcm" and checks["ios"]["endpoint"] == site.push.endpoint
        assert not site.push.pushes()
        apps = {app["name"]: app for app in daemon.json("status")["push_apps"]}
        assert apps["ios"]["state"] == "ready" and apps["ios"]["connections"] == 1 and apps["ios"]["accepted"] == 0

        # What a machine whose clock is wrong hears from Apple.
        await sleeping(site, "1001", token=TOKEN)
        await site.push.do("answer", match={"service": "apns"}, status=403, reason="InvalidProviderToken")
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 3))
        result = await asyncio.to_thread(daemon.ctl, "push", "check", check=False)
        assert result.returncode == 1 and "InvalidProviderToken" in result.stdout and "works" in result.stdout
        status = await asyncio.to_thread(daemon.json, "status")
        key = next(c for c in status["credentials"] if c["name"] == "push.apps.ios.key")
        assert key["state"] == "invalid" and "clock" in key["problem"]
        assert daemon.json("registrations")[0]["push"] == "apns"  # the phone's token is not to blame

        await site.push.do("clear")
        await asyncio.to_thread(daemon.ctl, "push", "check")
        status = await asyncio.to_thread(daemon.json, "status")
        key = next(c for c in status["credentials"] if c["name"] == "push.apps.ios.key")
        assert key["state"] == "active"

    stage.play(story())


def test_a_token_that_died_before_the_last_registration_is_kept(stage):
    """scenario 7: the service speaks of an older installation; the phone has registered since."""

    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        daemon = site.start()
        await sleeping(site, "1001", token=TOKEN)
        an_hour_ago = int((time.time() - 3600) * 1000)
        await site.push.do("answer", match={"token": TOKEN}, status=410, reason="Unregistered", times=1,
                           body={"reason": "Unregistered", "timestamp": an_hour_ago})
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 3))
        assert daemon.json("registrations")[0]["push"] == "apns"
        invite = pbx.call("1001", (await media(stage)).sdp())
        await site.push.expect_push(TOKEN)
        pbx.cancel(invite)
        pbx.ack_failure(invite, await pbx.expect(487, 3))

        # Now it is the token of this installation.
        await site.push.do("answer", match={"token": TOKEN}, status=410, reason="Unregistered")
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 3))
        assert {r["push"] for r in daemon.json("registrations")} == {""}

    stage.play(story())


def test_the_state_of_every_certificate_is_shown(stage):
    """proves: SBC-TLS-12, SBC-TLS-13"""

    async def story():
        site, _ = await site_with_pbx(stage, "1001")
        del site.settings["push"]["apps"]["android"]
        daemon = site.start()
        states = {c["name"]: c["state"] for c in daemon.json("status")["credentials"]}
        assert states == {"certificates.mutual.chain": "expiring", "certificates.mutual.client_ca": "expiring",
                          "certificates.public.chain": "expiring", "push.apps.ios.ca": "expiring",
                          "push.apps.ios.key": "active", "push.apps (fcm)": "not set"}
        public = next(c for c in daemon.json("status")["credentials"] if c["name"] == "certificates.public.chain")
        assert public["usage"] == "server" and "localhost" in public["names"] and public["issuer"] and public["serial"]
        shown = daemon.ctl("status").stdout
        assert re.search(r"^certificates\.public\.chain +expiring +0 +CN = sbc$", shown, re.M), shown
        assert "a certificate expires very soon: renew it" in daemon.log.read_text()

    stage.play(story())


def test_nobody_is_pushed_before_authentication_and_nobody_too_often(stage):
    """scenario 50; proves: SBC-PUSH-04"""

    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        site.settings["push"].update(device_budget=3, hold="5s", probe="300ms", no_response="1s")
        daemon = site.start()
        intruder = site.phone("1001", "wrong", token="cd" * 32, mutual=False)
        await intruder.connect()
        for number in range(50):
            intruder.push["pn-prid"] = f"{number:064x}"
            intruder.contact_params = "".join(f";{k}={v}" for k, v in intruder.push.items())
            intruder._register(3600)
        assert (await intruder.register()).status in (401, 403, 407)
        assert daemon.json("registrations") == [] and not site.push.pushes()

        await sleeping(site, "1001", token=TOKEN)
        for number in range(3):
            invite = pbx.call("1001", (await media(stage)).sdp())
            await site.push.expect_push(TOKEN, skip=number)
            pbx.cancel(invite)
            pbx.ack_failure(invite, await pbx.expect(487, 3))
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 3))
        assert len(site.push.pushes()) == 3

    stage.play(story())


def test_one_token_of_two_push_services_is_two_devices(stage):
    """scenario 44"""

    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        site.start()
        for provider in ("apns", "fcm"):
            await sleeping(site, "1001", token=TOKEN, provider=provider)
        pbx.invite(f"sip:1001@{DOMAIN}", (await media(stage)).sdp())
        await site.push.expect_push(TOKEN, skip=1)
        assert {push["service"] for push in site.push.pushes(TOKEN)} == {"apns", "fcm"}

    stage.play(story())


def test_a_phone_without_a_token_is_called_while_it_is_connected_and_else_fails_at_once(stage):
    """proves: SBC-PUSH-06"""

    async def story():
        site, pbx = await site_with_pbx(stage, "1001")
        site.start()
        phone = site.phone("1001", "pw")
        await phone.connect()
        assert (await phone.register()).status == 200
        invite = pbx.call("1001", (await media(stage)).sdp())
        await phone.answer_call(await media(stage, suite="AES_CM_128_HMAC_SHA1_80"))
        answer = await pbx.expect(200)
        pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
        phone.sleep()
        while site.daemon.json("registrations")[0]["state"] == "awake":
            await asyncio.sleep(0.02)
        invite = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(invite, await pbx.expect(480, 2))
        assert not site.push.pushes()

    stage.play(story())
