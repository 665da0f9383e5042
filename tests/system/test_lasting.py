# SPDX-License-Identifier: Apache-2.0
"""Registrations that last: the PBX grants little or forgets, the daemon is killed, users guess, phones change hands."""

import asyncio
import hashlib
import os
import time

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN

TOKEN, OTHER = "aa" * 32, "bb" * 32


async def until(condition, patience=15.0):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def site_with_pbx(stage, accounts=None, max_expires=604800, **registration):
    site = stage.site()
    await site.start_push()
    pbx = await Pbx(DOMAIN, accounts or {}, max_expires).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.settings["registration"].update(registration)
    site.start()
    return site, pbx


def write_users(site_folder, users):
    path = site_folder / "users.yaml"
    path.write_text("".join(f'"{name}": {{password: "{word}"}}\n' for name, word in users.items()))
    path.chmod(0o600)
    return str(path)


def test_a_sleeping_phone_stays_registered_at_a_pbx_that_grants_little(stage, tmp_path):
    """proves: SBC-REG-05, SBC-AUTH-07"""

    async def story():
        site, pbx = await site_with_pbx(stage, {"1001": "pw"}, 2, users=write_users(tmp_path, {"1001": "pw"}))
        phone = site.phone("1001", "pw", token=TOKEN)
        await phone.connect()
        response = await phone.register(3600)
        assert response.status == 200 and "expires=3600" in response.get("Contact")
        phone.sleep()
        seen = len(pbx.registers)
        await until(lambda: len(pbx.registers) >= seen + 4)  # two refreshes, each challenged
        assert all('username="1001"' in request.get("Authorization", 'username="1001"') for request in pbx.registers)
        assert len({request.get("Call-ID") for request in pbx.registers}) == 1
        log = site.daemon.log.read_text()
        assert '"pw"' not in log and "password=" not in log
        media = await Media().open()
        stage.add(media, media.close)
        pbx.call("1001", media.sdp())
        await phone.connect()
        await phone.register()
        await phone.expect("INVITE", 10)

    stage.play(story())


def test_kill_9_with_ten_thousand_bindings_loses_none(stage):
    """scenario 39; proves: SBC-REG-09"""

    async def story():
        site = stage.site()
        site.use_pbx(9, options_interval="0s")
        site.settings["registration"].update(mode="local", users=write_users(
            site.folder, {str(number): "pw" for number in range(10_000, 20_000)}))
        site.settings["log"]["level"] = "min"
        tcp = site.add_listener("tcp")
        daemon = site.start()
        answered = set()

        async def register(reader, writer, number, credentials=""):
            local = writer.get_extra_info("sockname")
            writer.write((f"REGISTER sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TCP {local[0]}:{local[1]};branch=z9hG4bK"
                          f"{number}{len(credentials)}\r\nMax-Forwards: 70\r\nFrom: <sip:{number}@{DOMAIN}>;tag=t\r\n"
                          f"To: <sip:{number}@{DOMAIN}>\r\nCall-ID: c{number}\r\nCSeq: {len(credentials) + 1} REGISTER\r\n"
                          f"Contact: <sip:{number}@{local[0]}:{local[1]};transport=tcp>\r\nExpires: 3600\r\n"
                          f"{credentials}Content-Length: 0\r\n\r\n").encode())
            return (await reader.readuntil(b"\r\n\r\n")).decode()

        async def phones(numbers):
            reader, writer = await asyncio.open_connection(site.host, tcp)
            nonce, count = None, 0
            for number in numbers:
                for _ in range(2):
                    credentials = ""
                    if nonce:
                        count += 1
                        ha1 = hashlib.md5(f"{number}:{DOMAIN}:pw".encode()).hexdigest()
                        ha2 = hashlib.md5(f"REGISTER:sip:{DOMAIN}".encode()).hexdigest()
                        proof = hashlib.md5(f"{ha1}:{nonce}:{count:08x}:c:auth:{ha2}".encode()).hexdigest()
                        credentials = (f'Authorization: Digest username="{number}", realm="{DOMAIN}", nonce="{nonce}", '
                                       f'uri="sip:{DOMAIN}", response="{proof}", algorithm=MD5, qop=auth, nc={count:08x}, '
                                       'cnonce="c"\r\n')
                    answer = await register(reader, writer, number, credentials)
                    if answer.startswith("SIP/2.0 200"):
                        answered.add(number)
                        break
                    nonce, count = answer.split('nonce="')[-1].split('"')[0], 0  # of the MD5 challenge, the last
            return writer

        writers = await asyncio.gather(*(phones(range(first, first + 500)) for first in range(10_000, 20_000, 500)))
        daemon.kill()
        for writer in writers:
            writer.close()
        assert len(answered) == 10_000
        site.start()
        assert site.daemon.json("status")["registrations"]["devices"] == 10_000
        known = {entry["aor"].split(":")[1].split("@")[0] for entry in site.daemon.json("registrations")}
        assert known == {str(number) for number in answered}

    stage.play(story())


def test_granted_expiries_are_spread(stage):
    """scenario 39; proves: SBC-REG-02"""

    async def story():
        site, _ = await site_with_pbx(stage, spread=20)
        granted = set()
        phone = site.phone("1001", token=TOKEN)
        await phone.connect()
        for _ in range(12):
            response = await phone.register(86400)
            granted.add(int(response.get("Contact").rsplit("expires=", 1)[1]))
        assert len(granted) > 1 and min(granted) >= 0.8 * 86400 - 1 and max(granted) <= 86400

    stage.play(story())


def test_guessing_passwords_is_slowed_refused_and_shown(stage):
    """proves: SBC-AUTH-05"""

    async def story():
        site, pbx = await site_with_pbx(stage, {"1001": "pw"}, max_failures=4)
        thief = site.phone("1001", "guess")
        await thief.connect()
        statuses = [(await thief.register()).status for _ in range(5)]
        assert statuses[:4] == [401] * 4 and statuses[4] == 403
        asked = len(pbx.registers)
        assert (await thief.register()).status in (401, 403)
        assert len([r for r in pbx.registers[asked:] if r.get("Authorization")]) == 0
        assert any("1001" in warning and "wrong passwords" in warning for warning in site.daemon.json("status")["warnings"])
        neighbour = site.phone("1002", "pw")
        await neighbour.connect()
        assert (await neighbour.register()).status == 404  # heard, and unknown to the PBX

    stage.play(story())


def test_a_number_may_be_for_one_device_alone(stage):
    """proves: SBC-REG-12"""

    async def story():
        site, _ = await site_with_pbx(stage, max_devices=1, when_full="refuse")
        first, second = site.phone("1001", token=TOKEN), site.phone("1001", token=OTHER)
        for phone in (first, second):
            await phone.connect()
        assert (await first.register()).status == 200
        refused = await second.register()
        assert refused.status == 403 and "Elsewhere" in refused.start
        assert "when_full is refuse" in site.daemon.log.read_text()
        assert (await first.register(0)).status == 200
        assert (await second.register()).status == 200

    stage.play(story())


def test_a_reinstalled_app_a_handed_on_phone_and_a_log_out(stage):
    """scenario 35, scenario 36, scenario 37, scenario 38; proves: SBC-REG-07, SBC-REG-08"""

    async def story():
        site, _ = await site_with_pbx(stage)
        devices = lambda: {(d["aor"].split(":")[1].split("@")[0], d["id"]) for d in site.daemon.json("registrations")}
        users = lambda: sorted(user for user, _ in devices())
        phone = site.phone("1001", token=TOKEN)
        await phone.connect()
        assert (await phone.register()).status == 200
        again = site.phone("1001", token=TOKEN)  # another instance-id, the same token: installed again
        await again.connect()
        assert (await again.register()).status == 200
        assert users() == ["1001"]
        other = site.phone("1001", token=OTHER)  # set up from the backup of the first
        other.instance = again.instance
        await other.connect()
        assert (await other.register()).status == 200
        assert users() == ["1001", "1001"]
        for number, empty in (("1003", ';+sip.instance="<>"'), ("1003", ';+sip.instance="<>"')):
            nameless = site.phone(number, token=hashlib.sha256(os.urandom(8)).hexdigest())
            nameless.instance = empty
            await nameless.connect()
            assert (await nameless.register()).status == 200
        assert users().count("1003") == 2  # an instance that names nobody does not make two phones one
        handed_on = site.phone("1002", token=TOKEN)  # the same phone, signed in as somebody else
        await handed_on.connect()
        assert (await handed_on.register()).status == 200
        assert users() == ["1001", "1002", "1003", "1003"]
        other.contact_params = ";pn-provider=apns;pn-param=TEAM123456.com.example.phone.voip"
        assert (await other.register(0)).status == 200  # log-out, without the token
        assert users() == ["1002", "1003", "1003"]

    stage.play(story())


def test_a_renewed_token_is_the_one_that_is_pushed_to(stage):
    """scenario 37; scenario 2"""

    async def story():
        site, pbx = await site_with_pbx(stage)
        phone = site.phone("1001", token=TOKEN)
        await phone.connect()
        assert (await phone.register()).status == 200
        phone.contact_params = phone.contact_params.replace(TOKEN, OTHER)
        assert (await phone.register()).status == 200
        assert len(site.daemon.json("registrations")) == 1
        phone.sleep()
        media = await Media().open()
        stage.add(media, media.close)
        pbx.call("1001", media.sdp())
        await site.push.expect_push(OTHER)
        assert not site.push.pushes(TOKEN)

    stage.play(story())


def test_a_token_outlives_the_registration_and_still_wakes_the_phone(stage):
    """scenario 40"""

    async def story():
        site, pbx = await site_with_pbx(stage, max_expires=2, min_expiry="1s")
        phone = site.phone("1001", token=TOKEN)
        await phone.connect()
        assert (await phone.register(3600)).status == 200
        phone.sleep()
        target = list(pbx.contacts["1001"])[-1]
        await until(lambda: not site.daemon.json("registrations")[0]["registered"])  # but it is still there
        media = await Media().open()
        stage.add(media, media.close)
        pbx.contacts["1001"] = {target: 1}
        pbx.call("1001", media.sdp())
        await site.push.expect_push(TOKEN)
        await phone.connect()
        assert (await phone.register()).status == 200
        await phone.expect("INVITE", 10)

    stage.play(story())


def test_strangers_make_nobody_push(stage):
    """scenario 50: REGISTERs with random tokens and without a password."""

    async def story():
        site, pbx = await site_with_pbx(stage, {"1001": "pw"})
        stranger = site.phone("1001", "", mutual=False)
        await stranger.connect()
        for _ in range(30):
            stranger.contact_params = (";pn-provider=apns;pn-param=TEAM123456.com.example.phone.voip;pn-prid="
                                       + os.urandom(32).hex())
            request = stranger._register(3600)
            answer = await stranger.expect(lambda m, branch=request.branch: m.status >= 200 and m.branch == branch, 5)
            assert answer.status == 401
        assert site.daemon.json("registrations") == []
        assert not site.push.pushes()

    stage.play(story())


def test_a_phone_that_knows_gruus_is_called_by_its_own_name(stage):
    """RFC 5627; scenario 42"""

    async def story():
        site, pbx = await site_with_pbx(stage)
        first, second = site.phone("1001", token=TOKEN), site.phone("1001", token=OTHER)
        names = []
        for phone in (first, second):
            await phone.connect()
            phone.contact_params = ""
            request = phone._register(3600, [("Supported", "gruu")])
            answer = await phone.expect(lambda m, b=request.branch: m.status >= 200 and m.branch == b, 10)
            own = next(value for value in answer.all("Contact") if phone.instance.split("<")[1].split(">")[0] in value)
            names.append(own.split('pub-gruu="')[1].split('"')[0])
            assert 'temp-gruu="sip:tgruu.' in own
        media = await Media().open()
        stage.add(media, media.close)
        pbx.invite(names[1], media.sdp(), to=f"sip:1001@{DOMAIN}")
        await second.expect("INVITE", 10)
        assert not [m for m in first.received if m.is_request and m.method == "INVITE"]

    stage.play(story())
