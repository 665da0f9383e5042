# SPDX-License-Identifier: Apache-2.0
"""Several PBXs: Kamailio that dies and comes back, lines that SIPp fills, a trunk that registers, numbers, strangers."""

import asyncio
import socket

import pytest

from peers.kamailio import Kamailio
from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN
from peers.sipp import Sipp
from peers.wakeline import free_port
from test_wake import until

SRTP = "AES_CM_128_HMAC_SHA1_80"


async def media(stage):
    one = await Media(suite=SRTP).open()
    stage.add(one, one.close)
    return one


def trunks(site):
    return {trunk["name"]: trunk for trunk in site.daemon.json("trunks")}


async def registered(site, number):
    phone = site.phone(number, f"secret-{number}")
    await phone.connect()
    assert (await phone.register()).status == 200
    return phone


async def talk(stage, caller, callee, target):
    """One call from phone to phone through the PBX, and its end."""
    calling = asyncio.ensure_future(caller.call(f"sip:{target}@{DOMAIN}", await media(stage)))
    taken, _ = await callee.answer_call(await media(stage))
    invite, answer = await calling
    assert answer.status == 200
    dialog = caller.dialog_as_caller(invite, answer)
    caller.ack(dialog, int(invite.get("CSeq").split()[0]))
    bye = asyncio.ensure_future(caller.bye(dialog))
    callee.answer(await callee.expect("BYE"), 200, "OK")
    assert (await bye).status == 200
    return taken


async def last_trunks(site, count):
    """Of the calls that ended last, newest first."""
    await until(lambda: len(site.daemon.json("calls", "--ended")) >= count)
    return [call["trunk"] for call in site.daemon.json("calls", "--ended")]


def test_a_backup_kamailio_stands_in_while_the_first_is_dead(stage):
    """proves: SBC-TRN-10, PBX-13, PBX-12, SBC-TRB-08"""

    async def story():
        first = Kamailio(stage.folder / "first", DOMAIN)
        spare = Kamailio(stage.folder / "spare", DOMAIN)
        for kamailio in (first, spare):
            await asyncio.to_thread(kamailio.start)
            stage.add(kamailio, kamailio.stop)
        site = stage.site()
        site.use_pbx(first.port, options_interval="1s")
        fast = {"timers": {"request_response": "1s", "call_response": "1s"}}
        site.settings["trunks"]["pbx"].update(backup="spare", **fast)
        site.settings["trunks"]["spare"] = {
            **site.settings["trunks"]["pbx"], "uri": f"sip:{site.host}:{spare.port};transport=udp", "backup": None}
        await asyncio.to_thread(site.start)
        caller, callee = await registered(site, "1001"), await registered(site, "1002")
        await talk(stage, caller, callee, "1002")
        assert set(await last_trunks(site, 2)) == {"pbx"}

        await asyncio.to_thread(first.stop)
        await until(lambda: trunks(site)["pbx"]["state"] == "down")
        assert "is down" in " ".join(site.daemon.json("status")["warnings"])
        for phone in (caller, callee):
            assert (await phone.register()).status == 200
        await talk(stage, caller, callee, "1002")
        assert (await last_trunks(site, 4)).count("spare") == 2
        shown = site.daemon.ctl("trunks").stdout
        assert "down" in shown and "no answer to OPTIONS" in shown

        await asyncio.to_thread(first.start)
        await until(lambda: trunks(site)["pbx"]["state"] == "up")

    stage.play(story())


class Full(Pbx):
    """Registers nobody while `full`."""

    full = True

    def _register(self, request):
        if self.full:
            self.answer(request, 503, "Service Unavailable")
        else:
            super()._register(request)


def test_a_phone_calls_where_it_is_registered_also_after_a_restart(stage):
    """proves: SBC-TRN-11, SBC-TRN-10"""

    async def story():
        site = stage.site()
        first = await Full(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        other = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        for pbx in (first, other):
            stage.add(pbx, pbx.transport.close)
        site.use_pbx(first.port)
        site.settings["trunks"]["other"] = {
            "uri": f"sip:{site.host}:{other.port};transport=udp", "local": f"{site.host}:{site.ports['trunk']}",
            "priority": 2}
        await asyncio.to_thread(site.start)
        phone = await registered(site, "1001")
        assert "1001" in other.contacts and not first.contacts

        await asyncio.to_thread(site.daemon.stop)
        await asyncio.to_thread(site.daemon.start)
        await phone.connect()
        sdp = (await media(stage)).sdp()
        await until(lambda: trunks(site)["pbx"]["state"] == "up")
        first.full = False
        assert (await phone.register()).status == 200  # the first one is back: home again
        assert "1001" in first.contacts
        phone.invite(f"sip:2000@{DOMAIN}", sdp)
        first.answer(await first.expect("INVITE"), 486, "Busy Here")
        await phone.expect(486)

        first.full = True
        assert (await phone.register()).status == 200
        phone.invite(f"sip:2001@{DOMAIN}", sdp)
        other.answer(await other.expect("INVITE"), 486, "Busy Here")
        await phone.expect(486)

    stage.play(story())


class Deaf(Pbx):
    """Answers OPTIONS, and to an INVITE `status`, or nothing at all."""

    status = None

    def handle(self, message):
        if message.is_request and message.method == "INVITE":
            if self.status:
                self.answer(message, self.status, "Not Now")
            return True
        return super().handle(message)


@pytest.mark.parametrize("status", [None, 500])
def test_a_call_goes_on_to_the_next_trunk(stage, status):
    """scenario 53; proves: SBC-TRN-11, SBC-TRN-12"""

    async def story():
        site = stage.site()
        deaf = await Deaf(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        other = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        deaf.status = status
        for pbx in (deaf, other):
            stage.add(pbx, pbx.transport.close)
        site.use_pbx(deaf.port)
        site.settings["trunks"]["pbx"].update(timers={"call_response": "500ms"}, failover_on=["timeout", 500])
        site.settings["trunks"]["other"] = {
            "uri": f"sip:{site.host}:{other.port};transport=udp", "local": f"{site.host}:{site.ports['trunk']}",
            "priority": 2}
        await asyncio.to_thread(site.start)
        phone = await registered(site, "1001")
        phone.invite(f"sip:2000@{DOMAIN}", (await media(stage)).sdp())
        invite = await other.expect("INVITE")
        other.answer(invite, 486, "Busy Here")
        assert (await phone.expect(486)).status == 486
        await until(lambda: site.daemon.json("calls", "--ended"))
        call = site.daemon.json("calls", "--ended")[0]
        assert call["trunk"] == "other"
        assert "it was left for the next trunk" in site.daemon.ctl("call", call["id"]).stdout

    stage.play(story())


def test_sipp_fills_the_lines_and_an_emergency_call_passes(stage):
    """proves: UP-09, SBC-CALL-04"""

    async def story():
        site = stage.site()
        users = site.folder / "users.yaml"
        users.write_text("'1001': {password: secret-1001}\n")
        users.chmod(0o600)
        site.settings["registration"].update(mode="local", users=str(users))
        port = free_port(socket.SOCK_DGRAM)
        site.use_pbx(port, options_interval="0s")
        site.settings["trunks"]["pbx"]["max_calls"] = 2
        sipp = Sipp(stage.folder / "sipp", "uas", port, calls=3)
        stage.add(sipp.start(), sipp.stop)
        await asyncio.to_thread(site.start)
        phone = await registered(site, "1001")
        dialogs = []

        async def call(number):
            invite, answer = await phone.call(f"sip:{number}@{DOMAIN}", await media(stage))
            if answer.status == 200:
                dialogs.append(phone.dialog_as_caller(invite, answer))
                phone.ack(dialogs[-1], int(invite.get("CSeq").split()[0]))
            else:
                phone.ack_failure(invite, answer)
            return answer

        assert (await call("2000")).status == (await call("2001")).status == 200
        refused = await call("2002")
        assert refused.status == 503 and "all lines busy" in refused.get("Reason") and refused.get("Retry-After")
        assert trunks(site)["pbx"]["calls"] == 2 and "2 of 2" in site.daemon.ctl("trunks").stdout
        assert (await call("112")).status == 200
        assert trunks(site)["pbx"]["calls"] == 3
        for dialog in dialogs:
            assert (await phone.bye(dialog)).status == 200
        await until(lambda: sipp.status() == 0)
        await until(lambda: trunks(site)["pbx"]["calls"] == 0)
        assert "emergency call" in site.daemon.tail(200)

    stage.play(story())


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_trunk_registers_and_is_called_on_that_connection(stage, transport):
    """proves: UP-01, UP-03, SBC-TRN-09"""

    async def story():
        site = stage.site()
        certificate = tuple(map(str, site.authority.server("provider", ("127.0.0.1", "localhost"))))
        provider = Kamailio(stage.folder / "provider", DOMAIN, tcp=transport == "tcp", nat=True,
                            tls=certificate if transport == "tls" else None)
        await asyncio.to_thread(provider.start)
        stage.add(provider, provider.stop)
        site.use_pbx(provider.tls_port if transport == "tls" else provider.port, transport)
        password = site.folder / "trunk.password"
        password.write_text("wrong\n")
        password.chmod(0o600)
        trunk = site.settings["trunks"]["pbx"]
        trunk["register"] = {"user": "office", "password_file": str(password), "domain": DOMAIN, "retry": "1s"}
        trunk["numbers"] = {"rules": [
            {"direction": "from_pbx", "field": "called", "regex": "^office$", "replace": "1002"}]}
        if transport == "tls":
            trunk.update(ca=str(site.authority.cert), certificate="public")  # Kamailio sends BYE by our Contact
        await asyncio.to_thread(site.start)
        await until(lambda: "password is wrong" in trunks(site)["pbx"]["registration"])
        assert "password is wrong" in " ".join(site.daemon.json("status")["warnings"])
        password.write_text("secret-office\n")
        await asyncio.to_thread(site.daemon.stop)
        await asyncio.to_thread(site.daemon.start)
        await until(lambda: trunks(site)["pbx"]["registered"])
        assert "registered as office until" in site.daemon.ctl("trunks").stdout
        caller, callee = await registered(site, "1001"), await registered(site, "1002")
        await talk(stage, caller, callee, "office")

    stage.play(story())


def test_numbers_are_rewritten_as_the_test_says(stage):
    """proves: UP-10, UP-11"""

    async def story():
        site = stage.site()
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port)
        site.settings["trunks"]["pbx"]["numbers"] = {
            "schema": "e164", "country": "49", "location": "+4989700",
            "rules": [{"direction": "to_pbx", "field": "called", "prefix": "+49900", "replace": "0900"}]}
        await asyncio.to_thread(site.start)
        phone = await registered(site, "1001")
        phone.invite(f"sip:0301234@{DOMAIN}", (await media(stage)).sdp())
        invite = await pbx.expect("INVITE")
        assert invite.uri == f"sip:+49301234@{DOMAIN}" and f"<sip:+49897001001@{DOMAIN}>" in invite.get("From")
        pbx.answer(invite, 404, "Not Found")
        await phone.expect(404)
        shown = site.daemon.ctl("number", "test", "0900123", "--trunk", "pbx").stdout
        assert "schema e164: +49900123" in shown and 'prefix +49900 -> "0900": 0900123' in shown
        before = site.daemon.ctl("number", "test", "0900123", "--trunk", "pbx", "--config", str(site.daemon.config))
        assert before.stdout == shown  # the same without asking the daemon
        assert site.daemon.ctl("number", "check").returncode == 0
        long = await registered(site, "123456789")
        assert long
        checked = site.daemon.ctl("number", "check", check=False)
        assert checked.returncode == 1 and "E.164 allows 15" in checked.stdout

    stage.play(story())


def test_only_known_sources_may_call(stage):
    """proves: SBC-TRN-09"""

    async def story():
        site = stage.site(host="10.99.0.1")
        pbx = await Pbx(DOMAIN).open(host="10.99.0.2", remote=(site.host, site.ports["trunk"]))
        second = await Pbx(DOMAIN).open(host="10.99.0.3", remote=(site.host, site.ports["trunk"]))
        stranger = await Pbx(DOMAIN).open(host="10.99.0.4", remote=(site.host, site.ports["trunk"]))
        for one in (pbx, second, stranger):
            stage.add(one, one.transport.close)
        site.use_pbx(pbx.port)
        site.settings["trunks"]["pbx"].update(uri=f"sip:10.99.0.2:{pbx.port};transport=udp", accept_from=["10.99.0.3/32"])
        await asyncio.to_thread(site.start)
        sdp = (await media(stage)).sdp()
        for source, status in ((pbx, 404), (second, 404), (stranger, 403)):
            source.invite(f"sip:4711@{DOMAIN}", sdp)
            assert (await source.expect(lambda m: m.status >= 200)).status == status

    stage.play(story())


def test_the_line_to_the_internet_has_room_for_so_many_calls(stage):
    """proves: UP-08"""

    async def story():
        site = stage.site()
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port)
        site.settings["limits"] = {"upstream": 100}
        await asyncio.to_thread(site.start)
        phone = await registered(site, "1001")
        sdp = (await media(stage)).sdp()
        phone.invite(f"sip:2000@{DOMAIN}", sdp)
        await pbx.expect("INVITE")
        phone.invite(f"sip:2001@{DOMAIN}", sdp)
        refused = await phone.expect(503)
        assert "no room on the line to the internet" in refused.get("Reason")
        site.settings["limits"] = {"upstream": 0}

    stage.play(story())
