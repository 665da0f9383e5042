# SPDX-License-Identifier: Apache-2.0
"""Hostile and broken input on UDP, TCP and TLS: the daemon lives, and serves others meanwhile."""

import asyncio
import os
import pathlib
import random
import socket
import ssl

from peers.pbx import Pbx
from peers.site import DOMAIN

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"


async def open_site(stage):
    site = stage.site()
    ports = {"tcp": site.add_listener("tcp"), "udp": site.add_listener("udp"), "tls": site.ports["tls"]}
    pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.start()
    return site, ports


async def throw(site, kind, port, data):
    """One connection (or datagram) with that data; whatever comes back is fine."""
    if kind == "udp":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(data[:65000], (site.host, port))
        return
    context = ssl.create_default_context(cafile=str(site.authority.cert)) if kind == "tls" else None
    reader, writer = await asyncio.open_connection(site.host, port, ssl=context)
    try:
        writer.write(data)
        await writer.drain()
        await asyncio.wait_for(reader.read(65536), 0.05)
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        writer.transport.abort()


def hostile():
    chance = random.Random(4475)
    yield b"\0" * 70000
    yield b"\r\n" * 20000
    yield b"INVITE sip:a@b SIP/2.0\r\n" + b"Reason: " + b"a," * 100000 + b"\r\n\r\n"
    yield b"INVITE sip:a@b SIP/2.0\r\n" + b"y: 1\r\n" * 30000 + b"\r\n"
    yield b"INVITE sip:a@b SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n"
    yield b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"
    yield b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    yield b"\x16\x03\x01" + os.urandom(500)
    for _ in range(50):
        yield chance.randbytes(chance.randrange(1, 4000))


def test_torture_on_every_transport_kills_nothing(stage):
    """scenario 51: RFC 4475, RFC 5118, mutations of them and plain junk"""

    async def story():
        site, ports = await open_site(stage)
        messages = [p.read_bytes() for p in sorted(DATA.glob("rfc4475/*.dat")) + sorted(DATA.glob("rfc5118/**/*.sip"))]
        assert len(messages) >= 61
        chance = random.Random(5118)
        for kind, port in ports.items():
            for data in [*messages, *hostile()]:
                await throw(site, kind, port, data)
                mutant = bytearray(data[:4000])
                for _ in range(8):
                    mutant[chance.randrange(len(mutant))] = chance.randrange(256)
                await throw(site, kind, port, bytes(mutant))
        phone = site.phone("1001")
        await phone.connect()
        assert (await phone.register()).status == 200
        assert site.daemon.process.poll() is None

    stage.play(story())


def test_silent_and_slow_peers_delay_nobody(stage):
    """scenario 49: half-open handshakes and a client that never reads"""

    async def story():
        site, _ = await open_site(stage)
        loop = asyncio.get_running_loop()
        silent = []
        for _ in range(40):
            connection = socket.create_connection((site.host, site.ports["tls"]))
            silent.append(stage.add(connection, connection.close))
        slow = site.phone("1002")
        await slow.connect()
        slow.transport._task.cancel()
        slow.transport._writer.transport.pause_reading()
        for n in range(2000):
            slow.transport.send(slow.build("OPTIONS", f"sip:{DOMAIN}", [
                ("From", f"<{slow.aor}>;tag=1"), ("To", f"<sip:{DOMAIN}>"), ("Call-ID", f"slow-{n}"), ("CSeq", "1 OPTIONS")]))
        phone = site.phone("1001")
        started = loop.time()
        await phone.connect()
        assert (await phone.register()).status == 200
        assert loop.time() - started < 1.0

    stage.play(story())
