# SPDX-License-Identifier: Apache-2.0
"""Codec order and SRTP policy with baresip as both phones and Kamailio as the PBX."""

import time

import pytest

from test_baresip import Office, heard, talk


@pytest.fixture(name="office")
def an_office(tmp_path):
    built = Office(tmp_path, mutual=False)
    try:
        yield built
    finally:
        built.stop()


def ended_call(office, timeout=10):
    """The only one; it is stored when the media threads have given their figures."""
    deadline = time.monotonic() + timeout
    while True:
        calls = office.site.daemon.json("calls", "--ended")
        if calls or time.monotonic() > deadline:
            (call,) = calls
            return call
        time.sleep(0.05)


def codec_of_last_call(office):
    return ended_call(office)["media"][0]["codec"]


def test_the_codec_that_a_side_prefers_is_the_one_that_is_used(office):
    """proves: SBC-COD-04. baresip offers PCMU first, and answers with what stands first in the offer."""
    office.site.settings["trunks"]["pbx"]["codecs"] = {"prefer": ["PCMA"]}
    office.start()
    talk(office, office.mobile, office.desk, "2000")
    assert codec_of_last_call(office) == "PCMA/8000"
    heard(office.desk, 440)
    heard(office.mobile, 800)


def test_a_denied_codec_is_not_used(office):
    office.site.settings["access"]["codecs"] = {"deny": ["PCMU"]}
    office.start()
    talk(office, office.desk, office.mobile, "1001")
    assert codec_of_last_call(office) == "PCMA/8000"
    heard(office.mobile, 800)


def test_a_phone_without_srtp_is_refused_where_srtp_is_required(office):
    """proves: SBC-SRTP-08"""
    office.site.settings["access"]["require_srtp"] = True
    office.site.settings["media"]["srtp"] = {"mode": "prefer"}
    office.mobile.account = office.mobile.account.replace(";mediaenc=srtp-mand", "")
    office.start()
    office.mobile.command("dial", "sip:2000@example.com")
    closed = office.mobile.wait_for("CALL_CLOSED")
    assert "488" in closed["param"]
    assert "plain RTP is not allowed on this side" in ended_call(office)["reason"]
