#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a whole call costs: INVITE, 100, 180, 200, ACK, BYE, 200 on both legs, no media packets.

Prints one JSON object a line. 1,000 calls a second come from several SIPp processes as the PBX; Kamailio as a stateful
proxy with Record-Route carries the same calls in the same run. Run by `make bench`.
"""

import asyncio
import pathlib
import re
import socket
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from bench.measure import Bench, cpu_us, family, report, run  # noqa: E402
from bench.register_load import Registration  # noqa: E402
from peers.kamailio import StatefulProxy  # noqa: E402
from peers.rtp import Media  # noqa: E402
from peers.site import DOMAIN  # noqa: E402
from peers.sip import StreamTransport, UdpTransport  # noqa: E402
from peers.sipp import Sipp  # noqa: E402
from peers.wakeline import free_port  # noqa: E402

SCENARIO = pathlib.Path(__file__).with_name("answered_call.xml")
CALLERS, RATE = 4, 1000  # processes, and calls a second of all together
NUMBERS = [str(1000 + n) for n in range(CALLERS)]
ROUNDS, CALLS = 5, 4000


class Callers:
    """SIPp processes as the PBX, one for each number."""

    def __init__(self, bench, name, remote):
        self.bench, self.folder, self.remote, self.runs = bench, bench.site.folder / name, remote, 0

    def start(self, calls, rate, hold_ms=0):
        self.runs += 1
        sipps = []
        for number in NUMBERS:
            sipps.append(Sipp(self.folder / f"{self.runs}-{number}", SCENARIO, free_port(socket.SOCK_DGRAM), remote=self.remote,
                              calls=calls // CALLERS, timeout=calls / rate + hold_ms / 1000 + 60,
                              options=("-s", number, "-r", str(rate // CALLERS), "-d", str(hold_ms), "-l", str(calls))))
            self.bench.ends.append(sipps[-1].start().stop)
        return sipps

    async def run(self, calls, rate=RATE):
        for sipp in self.start(calls, rate):
            while sipp.status() is None:
                await asyncio.sleep(0.1)
            assert sipp.status() == 0, sipp.errors()


def answering_sipp(bench, number, port):
    bench.ends.append(Sipp(bench.site.folder / f"phone-{number}", "uas", port, calls=10**9, timeout=3600).start().stop)


async def register_udp(site, number, port):
    """Registers `number` from that UDP port, then leaves the port to somebody else."""
    transport = await UdpTransport.open(site.host, port, remote=(site.host, site.ports["udp"]))
    await Registration(number, transport, DOMAIN, "pw").once()
    transport.close()
    await asyncio.sleep(0)  # the loop closes it now


async def udp_bench(folder):
    """Phones on UDP: the daemon, and the ports of the phones."""
    bench = Bench(folder, srtp={"mode": "off"})
    bench.site.add_listener("udp")
    bench.site.use_pbx(free_port(socket.SOCK_DGRAM), options_interval="0s")
    daemon, ports = bench.site.start(), {}
    for number in NUMBERS:
        ports[number] = free_port(socket.SOCK_DGRAM)
        await register_udp(bench.site, number, ports[number])
        answering_sipp(bench, number, ports[number])
    return bench, daemon, ports


async def call_cost_udp(folder):
    bench, daemon, ports = await udp_bench(folder)
    try:
        proxied = {number: free_port(socket.SOCK_DGRAM) for number in NUMBERS}
        for number, port in proxied.items():
            answering_sipp(bench, f"proxied-{number}", port)
        proxy = StatefulProxy(bench.site.folder / "kamailio", proxied).start()
        bench.ends.append(proxy.stop)
        sides = {"ours": ([daemon.process.pid], Callers(bench, "ours", (bench.site.host, bench.site.ports["trunk"]))),
                 "theirs": (list(family(proxy.process.pid)), Callers(bench, "theirs", (proxy.host, proxy.port)))}
        spent = {"ours": [], "theirs": []}
        for round_ in range(ROUNDS + 1):  # the first warms up
            for who, (pids, callers) in sides.items():
                before = cpu_us(pids)
                await callers.run(CALLS)
                if round_:
                    spent[who].append((cpu_us(pids) - before) / CALLS)
        value, peer = statistics.median(spent["ours"]), statistics.median(spent["theirs"])
        report("call_cpu_udp_udp", value, "us", CALLS * ROUNDS, peer="kamailio", peer_value=round(peer, 3), ratio=round(value / peer, 3))
    finally:
        bench.end()


class AnsweringPhone:
    """Takes every call at once and answers its BYE, with as little work as that can be done."""

    # What a response repeats of its request (RFC 3261 8.2.6.2, 12.1.1).
    COPIED = re.compile(rb"^(?:Via|v|From|f|Call-ID|i|CSeq|Record-Route) *:.*\r\n", re.MULTILINE | re.IGNORECASE)
    TO = re.compile(rb"^(?:To|t) *:(.*)\r\n", re.MULTILINE | re.IGNORECASE)

    def __init__(self, transport, sdp):
        host, port = transport.local
        self.transport = transport
        self.rest = (f"Contact: <sip:phone@{host}:{port};transport=tls>\r\nContent-Type: application/sdp\r\n"
                     f"Content-Length: {len(sdp)}\r\n\r\n").encode() + sdp

    def response(self, status, copied, to, rest=b"Content-Length: 0\r\n\r\n"):
        return b"SIP/2.0 " + status + b"\r\n" + copied + b"To:" + to + b"\r\n" + rest

    def on_request(self, head):
        method = head.split(b" ", 1)[0]
        if method not in (b"INVITE", b"BYE"):
            return
        copied, to = b"".join(self.COPIED.findall(head)), self.TO.search(head)[1]
        if method == b"BYE":
            self.transport.send(self.response(b"200 OK", copied, to))
            return
        to += b";tag=phone"
        self.transport.send(self.response(b"180 Ringing", copied, to) + self.response(b"200 OK", copied, to, self.rest))


async def answering_phone(bench, number, sdp):
    context = bench.client_context()
    transport = await StreamTransport.open(bench.site.host, bench.site.ports["tls"], context)
    await Registration(number, transport, DOMAIN, "pw").once()
    transport.parse, transport.on_message = bytes, AnsweringPhone(transport, sdp).on_request


async def call_cost_tls(folder):
    bench = Bench(folder, srtp={"mode": "off"})
    try:
        bench.site.use_pbx(free_port(socket.SOCK_DGRAM), options_interval="0s")
        daemon = bench.site.start()
        media = await Media().open()
        bench.ends.append(media.close)
        for number in NUMBERS:
            await answering_phone(bench, number, media.sdp())
        callers, spent = Callers(bench, "pbx", (bench.site.host, bench.site.ports["trunk"])), []
        for round_ in range(ROUNDS + 1):
            before = cpu_us([daemon.process.pid])
            await callers.run(CALLS)
            if round_:
                spent.append((cpu_us([daemon.process.pid]) - before) / CALLS)
        report("call_cpu_tls_udp", statistics.median(spent), "us", CALLS * ROUNDS)
    finally:
        bench.end()


async def memory_growth(folder, warm=20_000, calls=200_000):
    """What stays of a call that has ended: 0 when nothing leaks."""
    bench, daemon, _ = await udp_bench(folder)
    try:
        callers = Callers(bench, "pbx", (bench.site.host, bench.site.ports["trunk"]))
        await callers.run(warm)
        await asyncio.sleep(40)  # transactions and media linger for up to 32 s
        before = daemon.resident_kb()
        await callers.run(calls)
        await asyncio.sleep(40)
        report("call_memory_growth", (daemon.resident_kb() - before) * 1024 / calls, "bytes", calls)
    finally:
        bench.end()


async def established(folder, calls=2000, rate=400):
    bench, daemon, _ = await udp_bench(folder)
    try:
        callers = Callers(bench, "pbx", (bench.site.host, bench.site.ports["trunk"]))
        await callers.run(400, rate)  # what every process pays once
        await asyncio.sleep(1)
        before = daemon.resident_kb()
        callers.start(calls, rate, hold_ms=60_000)
        await asyncio.sleep(calls / rate + 38)  # the INVITE transactions are over
        count = daemon.json("status")["calls"]["established"]
        assert count == calls, f"only {count} calls are established: is this machine busy?"
        report("established_call_memory", (daemon.resident_kb() - before) / calls, "KB", calls)
    finally:
        bench.end()


MEASUREMENTS = (call_cost_udp, call_cost_tls, established, memory_growth)


if __name__ == "__main__":
    run(MEASUREMENTS)
