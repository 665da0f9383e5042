# SPDX-License-Identifier: Apache-2.0
"""baresip as the phone and Kamailio as the PBX: real programs, a tone that the other side really hears."""

import time

import pytest

from peers.baresip import Baresip
from peers.kamailio import Kamailio
from peers.site import DOMAIN, Site

HOST = "10.99.0.1"  # baresip does without 127.0.0.1; the test namespace has this on its loopback


class Office:
    """Kamailio with one plain phone (2000, UDP) on it, Wakeline before it, one phone (1001) behind Wakeline."""

    def __init__(self, folder, mutual):
        self.folder, self.running = folder, []
        self.kamailio = Kamailio(folder / "kamailio", DOMAIN, host=HOST)
        self.site = Site(folder / "site", host=HOST)
        self.site.use_pbx(self.kamailio.port)
        port = self.site.ports["mtls" if mutual else "tls"]
        certificate = None
        if mutual:
            chain, key = self.site.authority.client("phone")
            certificate = folder / "phone.pem"
            certificate.write_bytes(chain.read_bytes() + key.read_bytes())
        self.mobile = Baresip(
            folder / "mobile",
            f'<sip:1001@{DOMAIN};transport=tls>;auth_user=1001;auth_pass=secret-1001;outbound="sip:{HOST}:{port};transport=tls"'
            ";regint=600;answermode=manual;mediaenc=srtp-mand", tone=440, ca=self.site.authority.cert, certificate=certificate)
        self.desk = Baresip(
            folder / "desk",
            f'<sip:2000@{DOMAIN}>;auth_user=2000;auth_pass=secret-2000;outbound="sip:{HOST}:{self.kamailio.port}"'
            ";regint=600;answermode=manual", tone=800)

    def start(self):
        for part in (self.kamailio, self.site, self.mobile, self.desk):
            self.running.append(part)
            part.start()
        self.mobile.wait_for("REGISTER_OK")
        self.desk.wait_for("REGISTER_OK")
        return self

    def stop(self):
        for part in reversed(self.running):
            part.stop()


@pytest.fixture(params=[False, True], ids=["tls", "mutual-tls"])
def office(tmp_path, request):
    site = Office(tmp_path, request.param)
    try:
        yield site.start()
    finally:
        site.stop()


def talk(office, caller, callee, number):
    caller.command("dial", f"sip:{number}@{DOMAIN}")
    callee.wait_for("CALL_INCOMING")
    callee.command("accept")
    caller.wait_for("CALL_ESTABLISHED")
    callee.wait_for("CALL_ESTABLISHED")
    time.sleep(2.5)  # the tone needs time to be heard
    caller.command("hangup")
    callee.wait_for("CALL_CLOSED")


def heard(phone, tone):
    frequency, share = phone.heard_tone()
    assert abs(frequency - tone) <= 20 and share > 0.8, f"heard {frequency} Hz with {share:.0%} of the energy, not {tone} Hz"


def test_calls_in_both_directions_carry_the_tone(office):
    """proves: SBC-TLS-01, SBC-TLS-02, SBC-SRTP-01, SBC-RTP-01, PBX-01, EM-SIP-01, EM-SIP-02"""
    talk(office, office.mobile, office.desk, "2000")
    heard(office.desk, 440)
    heard(office.mobile, 800)
    for recording in list(office.mobile.folder.glob("dump-*")) + list(office.desk.folder.glob("dump-*")):
        recording.unlink()
    talk(office, office.desk, office.mobile, "1001")
    heard(office.desk, 440)
    heard(office.mobile, 800)
    calls = office.site.daemon.json("calls", "--ended")
    assert len(calls) == 2 and {c["direction"] for c in calls} == {"to_phone", "from_phone"}


def until_step(office, step):
    """Waits for it in the timeline of the one call that is up."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for call in office.site.daemon.json("calls"):
            if step in [s["what"] for s in office.site.daemon.json("call", call["id"])["timeline"]]:
                return
        time.sleep(0.05)
    raise AssertionError(f"no {step} in {office.site.daemon.json('calls')}")


def steps(office, count):
    """What the timelines of the ended calls tell."""
    deadline = time.monotonic() + 5
    while len(calls := office.site.daemon.json("calls", "--ended")) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return [[step["what"] for step in office.site.daemon.json("call", call["id"])["timeline"]] for call in calls]


@pytest.mark.parametrize("office", [False], ids=["tls"], indirect=True)
def test_a_call_is_held_resumed_and_transferred(office):
    """The mobile sends the desk to a third phone, then the desk sends the mobile there. proves: SBC-XFER-01, SBC-CALL-01"""
    third = Baresip(office.folder / "third",
                    f'<sip:3000@{DOMAIN}>;auth_user=3000;auth_pass=secret-3000;outbound="sip:{HOST}:{office.kamailio.port}"'
                    ";regint=600;answermode=auto", tone=1200)
    office.running.append(third)
    third.start().wait_for("REGISTER_OK")
    for first, second in ((office.mobile, office.desk), (office.desk, office.mobile)):
        first.command("dial", f"sip:{'2000' if first is office.mobile else '1001'}@{DOMAIN}")
        second.wait_for("CALL_INCOMING")
        second.command("accept")
        first.wait_for("CALL_ESTABLISHED")
        second.wait_for("CALL_ESTABLISHED")
        for step in ("hold", "resume"):
            first.command(step)
            until_step(office, step)
        first.command("transfer", f"sip:3000@{DOMAIN}")
        third.wait_for("CALL_ESTABLISHED")
        first.wait_for("CALL_CLOSED")
        time.sleep(2)  # the tone needs time to be heard
        second.command("hangup")
        third.wait_for("CALL_CLOSED")
        heard(third, 440 if second is office.mobile else 800)
        for recording in third.folder.glob("dump-*"):
            recording.unlink()
    told = steps(office, 3)
    assert sum("refer" in one for one in told) == 2 and all({"hold", "resume"} <= set(one) for one in told if "refer" in one)
