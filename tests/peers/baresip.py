# SPDX-License-Identifier: Apache-2.0
"""baresip as a phone: its own folder, scripted through ctrl_tcp, sending a sine and recording what it hears."""

import contextlib
import json
import math
import pathlib
import socket
import struct
import subprocess
import time
import wave

from peers.wakeline import free_port

MODULES = ("account", "ctrl_tcp", "g711", "srtp", "dtls_srtp", "stun", "ice", "ausine", "aubridge", "sndfile", "uuid", "menu")


class Baresip:
    """`account` is a baresip account line. `tls`: dict with ca, and cert+key in one PEM for mutual TLS."""

    def __init__(self, folder, account, tone=440, ca=None, certificate=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.control_port = free_port()
        lines = [f"module_path /usr/lib/baresip/modules", "sip_listen 127.0.0.1:0", "poll_method epoll",
                 f"audio_source ausine,{tone}", "audio_player aubridge,sink", "audio_alert aubridge,alert", f"snd_path {self.folder}",
                 "ausrc_srate 48000", "ausrc_channels 2", "rtp_ports 30000-39999", "call_max_calls 4", f"ctrl_tcp_listen 127.0.0.1:{self.control_port}",
                 "audio_buffer 20-160", "jitter_buffer_delay 5-10"]
        if ca:
            lines.append(f"sip_cafile {ca}")
        if certificate:
            lines.append(f"sip_certificate {certificate}")
        lines += [f"module{'_app' if m in ('account', 'menu', 'ctrl_tcp') else ''} {m}.so" for m in MODULES]
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        (self.folder / "accounts").write_text("")
        (self.folder / "contacts").write_text("")
        self.account = account
        self.events, self._buffer, self.process, self._socket = [], b"", None, None

    def start(self):
        self._log = open(self.folder / "baresip.log", "wb")
        self.process = subprocess.Popen(["baresip", "-f", str(self.folder), "-v", "-s"], stdin=subprocess.DEVNULL,
                                        stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + 10
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", self.control_port), timeout=1)
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"baresip does not start:\n{self.log()}") from None
                time.sleep(0.05)
        self.command("uanew", self.account)  # only now, so that no event of it is missed
        return self

    def log(self):
        return (self.folder / "baresip.log").read_text(errors="replace")

    def command(self, name, parameters=""):
        text = json.dumps({"command": name, "params": parameters}).encode()
        self._socket.sendall(b"%d:%s," % (len(text), text))

    def _read(self, timeout):
        self._socket.settimeout(timeout)
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            return
        if not data:
            raise RuntimeError(f"baresip ended:\n{self.log()}")
        self._buffer += data
        while b":" in self._buffer:
            size, _, rest = self._buffer.partition(b":")
            if len(rest) <= int(size):
                return
            self.events.append(json.loads(rest[: int(size)]))
            self._buffer = rest[int(size) + 1:]

    def wait_for(self, event_type, timeout=10):
        """The next event of that type (REGISTER_OK, CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED ...), removed."""
        deadline = time.monotonic() + timeout
        while True:
            for index, event in enumerate(self.events):
                if event.get("type") == event_type:
                    del self.events[: index + 1]
                    return event
            left = deadline - time.monotonic()
            if left <= 0:
                seen = [e.get("type", e) for e in self.events]
                raise AssertionError(f"baresip: no {event_type} within {timeout} s, but {seen}\n{self.log()[-3000:]}")
            self._read(left)

    def _recording(self, timeout=10):
        """The newest recording as (rate, samples of one channel). baresip writes the header's length last, some time
        after it said that the call is closed; until then the file is no whole WAVE file."""
        deadline = time.monotonic() + timeout
        while True:
            newest = max(self.folder.glob("dump-*-dec.wav"), key=lambda p: p.stat().st_mtime, default=None)
            with contextlib.suppress(wave.Error, EOFError, FileNotFoundError):
                with wave.open(str(newest)) as file:
                    rate, channels = file.getframerate(), file.getnchannels()
                    raw = file.readframes(file.getnframes())
                if len(raw) >= rate * channels * 2:
                    return rate, struct.unpack(f"<{len(raw) // 2}h", raw[: len(raw) // 2 * 2])[::channels]
            if time.monotonic() > deadline:
                raise AssertionError(f"baresip recorded less than a second: {newest}\n{self.log()[-2000:]}")
            time.sleep(0.05)

    def heard_tone(self):
        """The strongest frequency between 100 and 1500 Hz in the last second heard, and its share of the energy."""
        rate, samples = self._recording()
        samples = samples[-rate:]
        energy = sum(s * s for s in samples) or 1
        best = max(range(100, 1501, 20), key=lambda f: _goertzel(samples, f, rate))
        return best, 2 * _goertzel(samples, best, rate) / (energy * len(samples))

    def stop(self):
        if self._socket:
            self._socket.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _goertzel(samples, frequency, rate):
    w = 2 * math.cos(2 * math.pi * frequency / rate)
    a = b = 0.0
    for s in samples:
        a, b = s + w * a - b, a
    return a * a + b * b - w * a * b
