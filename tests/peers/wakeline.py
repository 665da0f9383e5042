# SPDX-License-Identifier: Apache-2.0
"""Starts the built daemon with a configuration of its own, on free ports, and ends it by its process id."""

import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WAKELINE_BUILD", ROOT / "build"))


_GIVEN = set()


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def free_port(kind=socket.SOCK_STREAM, host="127.0.0.1"):
    """A port that is free, was not given before, and is none of those that the system gives to who asks for any: between
    our asking and the daemon's binding nobody gets it."""
    while True:
        port = random.randrange(10_000, 20_000)
        if port in _GIVEN:
            continue
        with socket.socket(family(host), kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
        _GIVEN.add(port)
        return port


def free_media_base(host="127.0.0.1", count=8):
    """An even UDP port with the seven after it free."""
    for base in range(20000 + os.getpid() % 5000 * 2, 60000, 16):
        probes = []
        try:
            for port in range(base, base + count):
                probe = socket.socket(family(host), socket.SOCK_DGRAM)
                probes.append(probe)
                probe.bind((host, port))
            return base
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no eight free UDP ports in a row")


class Daemon:
    """`config` is the YAML text. Output goes to `folder`/wakeline.log."""

    def __init__(self, folder, config, binary=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "wakeline.yaml"
        self.config.write_text(config)
        self.log = self.folder / "wakeline.log"
        self.socket = self.folder / "control.sock"
        self.binary = binary or BUILD / "wakeline"
        self.process = None

    def start(self, timeout=10.0):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.binary, "--config", self.config], stdout=log, stderr=log)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"wakeline ended with {self.process.returncode}:\n{self.tail()}")
            if self.socket.exists() and self.ctl("status", check=False).returncode == 0:
                return self
            time.sleep(0.02)
        raise RuntimeError(f"wakeline is not ready after {timeout} s:\n{self.tail()}")

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def ctl(self, *words, check=True):
        command = [BUILD / "wakelinectl", "--socket", self.socket, *words]
        result = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        if check and result.returncode != 0:
            raise RuntimeError(f"wakelinectl {' '.join(words)}: {result.stderr or result.stdout}")
        return result

    def json(self, *words):
        return json.loads(self.ctl("--json", *words).stdout)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def kill(self):
        """kill -9: nothing is said, nothing is saved."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout=10.0):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise RuntimeError(f"wakeline did not stop within {timeout} s:\n{self.tail()}") from None
        return self.process.returncode if self.process else None
