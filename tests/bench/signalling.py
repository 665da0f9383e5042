#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an idle phone and a held call cost, and how fast a push goes out: the built daemon's own memory and times.

Prints one JSON object a line. CPU time is the daemon's (all its threads, from the kernel's scheduler), never wall time;
the load comes from other processes. Run by `make bench`.
"""

import asyncio
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from bench.measure import Bench, report, run  # noqa: E402
from peers.rtp import Media  # noqa: E402
from peers.site import DOMAIN  # noqa: E402
from peers.sip import StreamTransport, UserAgent  # noqa: E402


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def idle_memory(folder, phones=2000):
    bench = Bench(folder)
    try:
        await bench.use_pbx()
        daemon = bench.site.start()
        context = bench.client_context()
        options = (f"OPTIONS sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKidle;rport\r\nMax-Forwards: 70\r\n"
                   f"From: <sip:a@{DOMAIN}>;tag=1\r\nTo: <sip:{DOMAIN}>\r\nCall-ID: idle\r\nCSeq: 1 OPTIONS\r\n"
                   "Content-Length: 0\r\n\r\n").encode()

        async def connect(number):
            connections = []
            for _ in range(number):
                agent = UserAgent("idle", DOMAIN)
                agent.attach(await StreamTransport.open(bench.site.host, bench.site.ports["tls"], context))
                agent.transport.send(options)
                await agent.expect(200)
                connections.append(agent)
            return connections

        keep = await connect(100)  # what every process pays once
        before = daemon.resident_kb()
        keep += await connect(phones)
        await asyncio.sleep(1)
        report("tls_idle_memory", (daemon.resident_kb() - before) / phones, "KB", phones)
        for agent in keep:
            agent.transport.close()
    finally:
        bench.end()


async def sleeping_phones(bench, number):
    """That many registered phones with push data whose connections are gone."""
    for n in range(number):
        phone = bench.site.phone(str(1000 + n), "pw", token=f"{n + 1:064x}", mutual=False)
        await phone.connect()
        assert (await phone.register()).status == 200
        phone.sleep()


async def place(pbx, sdp, number, rate, phones=200):
    """`number` calls to that many sleeping phones, `rate` of them a second, whatever the answers."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    for n in range(number):
        pbx.invite(f"sip:{1000 + n % phones}@{DOMAIN}", sdp)
        if (wait := started + (n + 1) / rate - loop.time()) > 0:
            await asyncio.sleep(wait)


async def push_latency(folder, calls=1000, rate=100):
    """From the INVITE of the PBX to the push request written, as the daemon's own timelines have it."""
    bench = Bench(folder)
    try:
        pbx = await bench.use_pbx()
        await bench.site.start_push()
        daemon = bench.site.start()
        await sleeping_phones(bench, 200)
        media = await Media().open()
        bench.ends.append(media.close)
        pbx.handle = lambda message: True
        await place(pbx, media.sdp(), 50, rate)  # opens the connection to the service
        await asyncio.sleep(1)
        await place(pbx, media.sdp(), calls, rate)
        await asyncio.sleep(1)
        live = sorted(daemon.json("calls"), key=lambda call: call["started"])[50:]
        latencies = [event["at_ms"] for call in live for event in call["timeline"] if event["what"] == "push_sent"]
        assert len(latencies) == len(live) > calls * 0.98, f"{len(latencies)} pushes in {len(live)} timelines"
        report("push_latency_p50", percentile(latencies, 0.50), "ms", len(latencies))
        report("push_latency_p99", percentile(latencies, 0.99), "ms", len(latencies))
    finally:
        bench.end()


# Asks the daemon for OPTIONS every 20 ms until its input ends, from a process of its own: what it measures is the
# daemon's time, not that of a busy interpreter.
ASK_OPTIONS = """
import select, socket, sys, time
host, port, domain = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((host, 0))
sock.connect((host, port))
count = 0
while not select.select([sys.stdin], [], [], 0.02)[0]:
    count += 1
    sock.send((f"OPTIONS sip:{domain} SIP/2.0\\r\\nVia: SIP/2.0/UDP {host}:{sock.getsockname()[1]};branch=z9hG4bKoptions{count};rport\\r\\n"
               f"Max-Forwards: 70\\r\\nFrom: <sip:{domain}>;tag=1\\r\\nTo: <sip:{domain}>\\r\\nCall-ID: options{count}\\r\\n"
               "CSeq: 1 OPTIONS\\r\\nContent-Length: 0\\r\\n\\r\\n").encode())
    asked = time.perf_counter()
    while b"Call-ID: options%d\\r" % count not in sock.recv(4096):
        pass
    print((time.perf_counter() - asked) * 1000, flush=True)
"""


async def held_calls(folder, calls=5000, rate=1000, phones=1000):
    """Scenario 48: the push service is a black hole. Calls come faster than its silence makes them fail (after four
    tries of two seconds), so that all of them wait at once."""
    bench = Bench(folder)
    try:
        pbx = await bench.use_pbx()
        await bench.site.start_push()
        bench.site.settings["push"]["hold"] = "60s"
        daemon = bench.site.start()
        await sleeping_phones(bench, phones)
        media = await Media().open()
        bench.ends.append(media.close)
        pbx.handle = lambda message: True
        await place(pbx, media.sdp(), 100, rate, phones)  # what every process pays once
        await asyncio.sleep(1)
        await bench.site.push.do("mute", new=True)
        before = daemon.resident_kb()
        asker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", ASK_OPTIONS, bench.site.host, str(bench.site.ports["trunk"]), DOMAIN,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        await place(pbx, media.sdp(), calls, rate, phones)
        await asyncio.sleep(0.3)
        resident, held = daemon.resident_kb(), daemon.json("status")["calls"]["held"]
        await asyncio.sleep(10)  # the calls fail, all about now
        latencies = [float(line) for line in (await asker.communicate(b"\n"))[0].split()]
        assert held > calls * 0.9, f"only {held} calls are held: is this machine busy?"
        report("held_call_memory", (resident - before) / (held - 100), "KB", held - 100)
        report("options_under_outage_p99", percentile(latencies, 0.99), "ms", len(latencies))
    finally:
        bench.end()


MEASUREMENTS = (idle_memory, push_latency, held_calls)


if __name__ == "__main__":
    run(MEASUREMENTS)
