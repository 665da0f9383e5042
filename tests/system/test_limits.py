# SPDX-License-Identifier: Apache-2.0
"""Limits of the running daemon: what is beyond them is refused, counted, shown, and remembered over a restart."""

import asyncio
import urllib.request

from peers.pbx import Pbx
from peers.site import DOMAIN, yaml_text
from test_wake import media, until


async def limited_site(stage, numbers, **limits):
    site = stage.site()
    await site.start_push()
    pbx = await Pbx(DOMAIN, {number: "pw" for number in numbers}).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.settings["limits"] = limits
    site.start()
    return site, pbx


async def metrics(site):
    def fetch():
        with urllib.request.urlopen(f"http://127.0.0.1:{site.ports['http']}/metrics", timeout=10) as page:
            return page.read().decode()
    return await asyncio.to_thread(fetch)


async def registered(site, number):
    phone = site.phone(number, "pw", token=number.rjust(64, "a"))
    await phone.connect()
    return phone, await phone.register()


def test_a_further_number_is_refused_and_a_further_device_is_not(stage):
    """proves: SBC-LIC-01, SBC-LIC-02, SBC-LIC-03, SBC-LIC-04, SBC-LIC-06"""

    async def story():
        site, _ = await limited_site(stage, ("1001", "1002", "1003"), registrations=2)
        first, answer = await registered(site, "1001")
        assert answer.status == 200
        tablet = site.phone("1001", "pw", token="b" * 64)
        await tablet.connect()
        assert (await tablet.register()).status == 200
        assert (await registered(site, "1002"))[1].status == 200
        refused = (await registered(site, "1003"))[1]
        assert refused.status == 503 and refused.get("Retry-After")

        status = site.daemon.json("status")
        assert status["capacity"]["numbers"]["in_use"] == 2 and status["capacity"]["calls"] is None
        assert any("limit of registered numbers is near" in warning for warning in status["warnings"])
        assert 'wakeline_call_capacity_used{of="numbers"} 2' in await metrics(site)
        shown = site.daemon.ctl("capacity").stdout
        assert "registered numbers" in shown and "calls: disabled" in shown

        assert (await first.register(0)).status == 200 and (await tablet.register(0)).status == 200
        assert (await registered(site, "1003"))[1].status == 200
        site.daemon.kill()
        site.daemon.start()
        now = site.daemon.json("capacity")
        assert now["now"]["numbers"]["in_use"] == 2 and now["now"]["numbers"]["maximum_today"] == 2
        assert now["now"]["numbers"]["refused_today"] >= 1
        assert now["history"][-1]["maximum"] == 2

    stage.play(story())


def test_calls_beyond_the_limit_get_503_and_a_reload_lifts_it(stage):
    """proves: SBC-HOLD-09, SBC-LIC-05"""

    async def story():
        site, pbx = await limited_site(stage, ("1001",), held_calls=1)
        phone, _ = await registered(site, "1001")
        phone.sleep()
        sdp = (await media(stage)).sdp()
        pbx.call("1001", sdp)
        await pbx.expect(180)
        second = pbx.call("1001", sdp)
        busy = await pbx.expect(503, 2)
        pbx.ack_failure(second, busy)
        assert busy.get("Retry-After")
        assert site.daemon.json("status")["calls"]["held"] == 1
        assert site.daemon.json("capacity")["now"] == {"numbers": None, "calls": None}
        assert "capacity_used" not in await metrics(site)

        site.settings["limits"] = {"held_calls": 2, "calls": 5}
        site.daemon.config.write_text(yaml_text(site.settings))
        site.daemon.ctl("reload")
        pbx.call("1001", sdp)
        await pbx.expect(180)
        await until(lambda: site.daemon.json("capacity")["now"]["calls"]["in_use"] == 2)

    stage.play(story())
