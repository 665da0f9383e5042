# SPDX-License-Identifier: Apache-2.0
"""RTP and SRTP (RFC 3711, RFC 7714, SDES) in Python: an implementation that shares nothing with Wakeline's, to check it."""

import asyncio
import base64
import hmac
import os
import random
import re
import socket
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITES = {  # key octets, salt octets, RTP tag octets
    "AES_CM_128_HMAC_SHA1_80": (16, 14, 10),
    "AES_CM_128_HMAC_SHA1_32": (16, 14, 4),
    "AES_256_CM_HMAC_SHA1_80": (32, 14, 10),
    "AEAD_AES_128_GCM": (16, 12, 16),
    "AEAD_AES_256_GCM": (32, 12, 16),
}


def _counter_mode(key, iv, data):
    cipher = Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
    return cipher.update(data) + cipher.finalize()


class Srtp:
    """One direction of SRTP with one master key; RTP only, SSRC learnt from the packets."""

    def __init__(self, suite, inline):
        self.key_size, salt_size, self.tag_size = SUITES[suite]
        raw = base64.b64decode(inline)
        assert len(raw) == self.key_size + salt_size, f"{suite}: {len(raw)} octets of key and salt"
        self._master, self._salt = raw[: self.key_size], raw[self.key_size:].ljust(14, b"\0")
        self._encrypt = self._derive(0, self.key_size)
        self._auth = self._derive(1, 20)
        self._salting = self._derive(2, salt_size)
        self._gcm = AESGCM(self._encrypt) if suite.startswith("AEAD") else None
        self._roc, self._last = 0, None

    def _derive(self, label, size):  # RFC 3711 4.3, key derivation rate 0
        x = int.from_bytes(self._salt, "big") ^ (label << 48)
        return _counter_mode(self._master, (x << 16).to_bytes(16, "big"), bytes(size))

    def _index(self, sequence):
        if self._last is not None and sequence < 0x4000 and self._last > 0xC000:
            self._roc += 1
        self._last = sequence
        return self._roc << 16 | sequence

    def _iv(self, ssrc, index):
        return ((int.from_bytes(self._salting, "big") << 16) ^ (ssrc << 64) ^ (index << 16)).to_bytes(16, "big")

    def _nonce(self, ssrc, index):  # RFC 7714 8.1
        return (int.from_bytes(self._salting, "big") ^ (ssrc << 48) ^ index).to_bytes(12, "big")

    def _tag(self, packet):
        return hmac.digest(self._auth, packet + struct.pack("!I", self._roc), "sha1")[: self.tag_size]

    def protect(self, packet):
        sequence, ssrc = struct.unpack("!H", packet[2:4])[0], struct.unpack("!I", packet[8:12])[0]
        index = self._index(sequence)
        if self._gcm:
            return packet[:12] + self._gcm.encrypt(self._nonce(ssrc, index), packet[12:], packet[:12])
        out = packet[:12] + _counter_mode(self._encrypt, self._iv(ssrc, index), packet[12:])
        return out + self._tag(out)

    def unprotect(self, packet):
        """The RTP packet, or None when it is not authentic."""
        body, received = packet[: -self.tag_size], packet[-self.tag_size:]
        if len(body) < 12:
            return None
        sequence, ssrc = struct.unpack("!H", body[2:4])[0], struct.unpack("!I", body[8:12])[0]
        index = self._index(sequence)
        if self._gcm:
            try:
                return body[:12] + self._gcm.decrypt(self._nonce(ssrc, index), packet[12:], body[:12])
            except InvalidTag:
                return None
        if not hmac.compare_digest(self._tag(body), received):
            return None
        return body[:12] + _counter_mode(self._encrypt, self._iv(ssrc, index), body[12:])


def new_inline(suite):
    return base64.b64encode(os.urandom(sum(SUITES[suite][:2]))).decode()


class Media(asyncio.DatagramProtocol):
    """An audio stream end: sends a recognisable payload every 20 ms and counts what the other end sends."""

    def __init__(self, host="127.0.0.1", suite=None, payload=b"A"):
        self.host, self.suite, self.payload = host, suite, payload * 160
        self.inline = new_inline(suite) if suite else None
        self.remote, self._out, self._in = None, None, None
        self.sent = self.received = self.undecryptable = 0
        self.payloads, self.sources, self.sequences = {}, set(), []
        self._sequence, self._ssrc = random.randrange(0x8000), random.getrandbits(32)
        self._task = None

    async def open(self, port=0):
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, port))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def move(self, host):
        """The same stream from another address: what a change of network does."""
        before, self.host = self._transport, host
        await self.open()
        before.close()

    # -- SDP ---------------------------------------------------------------------------------------------------
    def sdp(self, direction="sendrecv", version=1, crypto_tag=1):
        family = "IP6" if ":" in self.host else "IP4"
        profile = "RTP/SAVP" if self.suite else "RTP/AVP"
        lines = ["v=0", f"o=- 1 {version} IN {family} {self.host}", "s=-", f"c=IN {family} {self.host}", "t=0 0",
                 f"m=audio {self.port} {profile} 8 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000"]
        if self.suite:
            lines.append(f"a=crypto:{crypto_tag} {self.suite} inline:{self.inline}")
        return ("\r\n".join(lines + [f"a={direction}", ""])).encode()

    def learn(self, sdp):
        """Takes address and key from the other side's SDP; returns the crypto tag to answer with (0: none)."""
        text = sdp.decode()
        host = re.search(r"^c=IN IP[46] (\S+)", text, re.M)[1]
        port, profile = re.search(r"^m=audio (\d+) (\S+)", text, re.M).groups()
        self.remote = (host, int(port))
        crypto_tag = 0
        if self.suite:
            assert profile == "RTP/SAVP", f"SRTP wanted, got {profile}"
            for number, suite, inline in re.findall(r"^a=crypto:(\d+) (\S+) inline:([^|\s]+)", text, re.M):
                if suite == self.suite:
                    crypto_tag = int(number)
                    self._in, self._out = Srtp(suite, inline), self._out or Srtp(suite, self.inline)
                    break
            assert crypto_tag, f"no {self.suite} in {text}"
        else:
            assert profile == "RTP/AVP", f"plain RTP wanted, got {profile}"
        return crypto_tag

    # -- packets -----------------------------------------------------------------------------------------------
    def packet(self, payload_type=8, payload=None):
        self._sequence = (self._sequence + 1) & 0xFFFF
        header = struct.pack("!BBHII", 0x80, payload_type, self._sequence, self.sent * 160 & 0xFFFFFFFF, self._ssrc)
        return header + (self.payload if payload is None else payload)

    def send_event(self, digit):
        """One packet of a DTMF event (RFC 4733), payload type 101; returns its payload."""
        payload = struct.pack("!BBH", digit, 0x8A, 1600)
        self.send_one(self.packet(101, payload))
        return payload

    def send_one(self, packet=None):
        packet = packet or self.packet()
        self._transport.sendto(self._out.protect(packet) if self._out else packet, self.remote)
        self.sent += 1

    def start(self):
        self._task = asyncio.ensure_future(self._run())

    async def _run(self):
        while True:
            self.send_one()
            await asyncio.sleep(0.02)

    def datagram_received(self, data, addr):
        self.sources.add(addr[:2])
        if len(data) < 12 or 192 <= data[1] <= 223:  # RTCP
            return
        packet = self._in.unprotect(data) if self._in else data
        if packet is None:
            self.undecryptable += 1
            return
        self.received += 1
        self.sequences.append(struct.unpack("!H", packet[2:4])[0])
        content = packet[12:]
        self.payloads[content] = self.payloads.get(content, 0) + 1

    async def until_received(self, count, timeout=5.0):
        for _ in range(int(timeout / 0.02)):
            if self.received >= count:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.received} of {count} packets arrived, {self.undecryptable} not decryptable")

    def stop(self):
        if self._task:
            self._task.cancel()

    def close(self):
        self.stop()
        self._transport.close()


def free_udp_port(host="127.0.0.1"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
