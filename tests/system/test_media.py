# SPDX-License-Identifier: Apache-2.0
"""Media under attack and under load: spoofed packets move nothing, many calls share the eight ports uncrossed."""

import asyncio
import os
import socket
import struct

from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN

SRTP = "AES_CM_128_HMAC_SHA1_80"


async def office(stage, phones):
    """A site with that many registered phones, numbers from 1000."""
    site = stage.site()
    pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
    stage.add(pbx, pbx.transport.close)
    site.use_pbx(pbx.port)
    site.start()
    agents = [site.phone(str(1000 + n), mutual=False) for n in range(phones)]
    for agent in agents:
        await agent.connect()
        assert (await agent.register()).status == 200
    return site, pbx, agents


async def connect(stage, pbx, phone, number, mark):
    """One call from the PBX, answered; both ends of its media."""
    desk = await Media(payload=b"D" + mark).open()
    mobile = await Media(suite=SRTP, payload=b"M" + mark).open()
    stage.add(desk, desk.close)
    stage.add(mobile, mobile.close)
    desk.payload, mobile.payload = (b"D" + mark).ljust(160, b"."), (b"M" + mark).ljust(160, b".")
    invite = pbx.call(number, desk.sdp())
    await phone.answer_call(mobile, ring=False)
    answer = await pbx.expect(lambda m: m.status == 200 and m.branch == invite.branch)
    desk.learn(answer.body)
    pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
    return desk, mobile


def forged(count, payload_type=8):
    """RTP that looks right and is not."""
    for sequence in range(count):
        yield struct.pack("!BBHII", 0x80, payload_type, sequence, sequence * 160, 0xDEADBEEF) + b"X" * 160
        yield struct.pack("!BBHII", 0x80, payload_type, sequence, sequence * 160, 0xDEADBEEF) + os.urandom(170)
        yield os.urandom(1 + sequence % 200)


def test_spoofed_packets_move_no_stream_and_reach_nobody(stage):
    """scenario 47; proves: SBC-RTP-07, SBC-RTP-05"""

    async def story():
        site, pbx, (phone,) = await office(stage, 1)
        desk, mobile = await connect(stage, pbx, phone, "1000", b"0")
        desk.start(), mobile.start()
        await asyncio.gather(desk.until_received(10), mobile.until_received(10))
        attackers = []
        for host in ("127.0.0.66", "127.0.0.1"):
            attacker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            stage.add(attacker, attacker.close)
            attacker.bind((host, 0))
            attacker.setblocking(False)
            attackers.append(attacker)
        for packet in forged(300):
            for attacker in attackers:
                for port in range(site.media_base, site.media_base + 8):
                    attacker.sendto(packet, (site.host, port))
            await asyncio.sleep(0)
        before = desk.received, mobile.received
        await asyncio.gather(desk.until_received(before[0] + 20), mobile.until_received(before[1] + 20))
        for attacker in attackers:
            try:
                data = attacker.recv(2048)
            except BlockingIOError:
                continue
            raise AssertionError(f"the attacker got {len(data)} octets: {data[:40]}")
        assert set(desk.payloads) == {mobile.payload} and set(mobile.payloads) == {desk.payload}
        assert mobile.undecryptable == 0

    stage.play(story())


def test_five_hundred_calls_on_the_same_ports_hear_their_own_party_only(stage):
    """proves: SBC-RTP-02, SBC-RTP-05, SBC-RTP-09"""

    async def story():
        site, pbx, phones = await office(stage, 500)
        calls = [await connect(stage, pbx, phone, phone.user, phone.user.encode()) for phone in phones]
        ends = [end for call in calls for end in call]
        for _ in range(5):
            for end in ends:
                end.send_one()
                await asyncio.sleep(0)  # in step with what this process can read
        await asyncio.gather(*(end.until_received(5) for end in ends))
        for desk, mobile in calls:
            assert set(desk.payloads) == {mobile.payload} and set(mobile.payloads) == {desk.payload}
            assert {port for _, port in desk.sources | mobile.sources} <= set(range(site.media_base, site.media_base + 8))
        assert len(site.daemon.json("calls")) == 500

    stage.play(story())
