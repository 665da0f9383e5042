#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What waking many phones at once takes: connections, as the fake push service counts them, and the daemon's CPU time.

Prints one JSON object a line. Run by `make bench`.
"""

import asyncio
import re
import urllib.request

from signalling import sleeping_phones
from bench.measure import Bench, cpu_us, report, run
from peers.rtp import Media
from peers.site import DOMAIN


async def pushes_at_once(folder, number=200):
    """Calls to that many sleeping phones in one burst, at a moment when no connection to Apple is open: the service grants one
    stream before the first good token, and then many."""
    bench = Bench(folder)
    try:
        pbx = await bench.use_pbx()
        push = await bench.site.start_push("--first-streams", "1")
        del bench.site.settings["push"]["apps"]["android"]
        bench.site.settings["push"]["hold"] = "60s"
        daemon = bench.site.start()
        await sleeping_phones(bench, number + 1)  # the first one's token is the one that no device has
        media = await Media().open()
        bench.ends.append(media.close)
        pbx.handle = lambda message: True
        await push.do("answer", match={"service": "apns", "probe": False}, delay_ms=500)
        before = (await push.do("stats"))["connections"]
        await push.do("close")
        cpu = cpu_us([daemon.process.pid])
        for n in range(number):
            pbx.invite(f"sip:{1001 + n}@{DOMAIN}", media.sdp())
            if n % 20 == 19:
                await asyncio.sleep(0.005)  # a UDP socket holds about a hundred INVITEs
        await push.expect_push(timeout=30, skip=number - 1)
        used = cpu_us([daemon.process.pid]) - cpu
        stats = await push.do("stats")
        devices = {event["token"] for event in push.pushes()}
        assert len(devices) == number and stats["apns_tokens"] == 1, stats
        report("push_connections_200", stats["connections"] - before, "connections", number)
        report("push_streams_at_once", stats["max_streams_at_once"], "streams", number)
        report("push_call_cpu", used / number, "us", number)
    finally:
        bench.end()


def counter(site, name):
    page = urllib.request.urlopen(f"http://127.0.0.1:{site.ports['http']}/metrics", timeout=5).read().decode()
    return int(re.search(rf'^{name}{{provider="apns"}} (\d+)$', page, re.M)[1])


async def time_to_write(folder, pushes=1000, rate=100):
    """From the call module's wish to the last octet written to TLS, on a warm connection, as the daemon's own metrics have it."""
    bench = Bench(folder)
    try:
        pbx = await bench.use_pbx()
        await bench.site.start_push()
        bench.site.settings["push"].update(hold="60s", device_budget=0)
        bench.site.start()
        await sleeping_phones(bench, 101)
        media = await Media().open()
        bench.ends.append(media.close)
        pbx.handle = lambda message: True
        for n in range(pushes):
            pbx.invite(f"sip:{1001 + n % 100}@{DOMAIN}", media.sdp())
            await asyncio.sleep(1 / rate)
        await bench.site.push.expect_push(timeout=30, skip=pushes - 1)
        written, microseconds = [await asyncio.to_thread(counter, bench.site, f"wakeline_push_written_{name}total")
                                 for name in ("", "microseconds_")]
        report("push_written_mean", microseconds / written, "us", written)
    finally:
        bench.end()


if __name__ == "__main__":
    run((pushes_at_once, time_to_write))
