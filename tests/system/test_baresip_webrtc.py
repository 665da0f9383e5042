# SPDX-License-Identifier: Apache-2.0
"""baresip as a phone with ICE, with DTLS-SRTP, and in each of the ways in which SDP may have RTP and SRTP."""

import pytest

from test_baresip import Office, heard, talk
from test_baresip_policy import ended_call


@pytest.fixture(name="office")
def an_office(tmp_path):
    built = Office(tmp_path, mutual=False)
    try:
        yield built
    finally:
        built.stop()


def speaks(office, ways):
    office.mobile.account = office.mobile.account.replace(";mediaenc=srtp-mand", ways)


@pytest.mark.parametrize("nat", ["", ";medianat=ice"], ids=["plain", "ice"])
def test_a_phone_that_speaks_dtls_is_heard_and_hears(office, nat):
    """proves: SBC-SRTP-04, SBC-RTP-13"""
    speaks(office, ";mediaenc=dtls_srtp;rtcp_mux=yes" + nat)
    office.site.settings["media"]["srtp"] = {"mode": "srtp_only", "keys": "dtls"}
    office.site.settings["media"]["ice"] = "offer" if nat else "answer"
    office.start()
    talk(office, office.mobile, office.desk, "2000")
    heard(office.desk, 440)
    heard(office.mobile, 800)
    stream = ended_call(office)["media"][0]
    assert stream["phone_security"] in ("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM")
    talk(office, office.desk, office.mobile, "1001")
    heard(office.desk, 440)
    heard(office.mobile, 800)


def test_ice_with_keys_in_sdp(office):
    """proves: EM-ICE-01, EM-AUD-01"""
    speaks(office, ";mediaenc=srtp-mand;medianat=ice")
    office.site.settings["media"]["ice"] = "offer"
    office.start()
    for caller, callee, number in ((office.mobile, office.desk, "2000"), (office.desk, office.mobile, "1001")):
        talk(office, caller, callee, number)
        heard(office.desk, 440)
        heard(office.mobile, 800)
    lines = office.site.daemon.ctl("metrics").stdout.splitlines()
    (checks,) = [line for line in lines if line.startswith('wakeline_media_ice_checks_total{result="good"}')]
    assert int(checks.split()[-1]) > 0


@pytest.mark.parametrize("ways,secure", [(";mediaenc=srtp", True), ("", False)], ids=["able", "plain"])
def test_best_effort_is_taken_by_who_can(office, ways, secure):
    """proves: SBC-SRTP-05"""
    speaks(office, ways)
    office.site.settings["media"]["srtp"] = {"mode": "best_effort"}
    office.start()
    talk(office, office.desk, office.mobile, "1001")
    heard(office.desk, 440)
    heard(office.mobile, 800)
    assert (ended_call(office)["media"][0]["phone_security"] != "RTP") == secure
