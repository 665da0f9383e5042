# SPDX-License-Identifier: Apache-2.0
"""linphone-daemon as a phone: its own folder, commands over its socket."""

import asyncio
import os
import pathlib
import re
import subprocess
import uuid

# Its TLS library knows no addresses in certificates.
SETTINGS = """[sip]
sip_port=-1
sip_tcp_port=-1
sip_tls_port=-1
verify_server_certs=1
verify_server_cn=0
root_ca={ca}
media_encryption=srtp
media_encryption_mandatory=1
use_ipv6=0
default_proxy=0
keepalive_period=30000

[rtp]
audio_rtp_port=-1

[proxy_0]
reg_proxy=<sip:{server};transport=tls>
reg_route=<sip:{server};transport=tls;lr>
reg_identity=sip:{user}@{domain}
reg_expires=600
reg_sendregister=1

[auth_info_0]
username={user}
passwd={password}
realm={domain}
"""


class Linphone:
    """`account`: user, password, domain, server (host:port) and ca, whom it trusts. Its socket is in /tmp, where it insists on having it. It
    believes in a network when there is a default route: one is made that leads nowhere, from `address`."""

    def __init__(self, folder, address, **account):
        self.folder = pathlib.Path(folder)
        (self.folder / ".local/share/linphone").mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "linphonerc"
        self.config.write_text(SETTINGS.format(**account))
        self._route_added = False
        self._route = ["default", "dev", "lo", "src", address]
        self._socket = pathlib.Path("/tmp") / f"wakeline-linphone-{uuid.uuid4()}"
        self.process = self._reader = self._writer = None

    async def start(self, timeout=15.0):
        added = subprocess.run(["ip", "route", "add", *self._route], capture_output=True, check=False)
        self._route_added = added.returncode == 0
        with open(self.folder / "linphone.out", "wb") as out:
            self.process = subprocess.Popen(
                ["linphone-daemon", "--config", self.config, "--pipe", self._socket.name, "--log", self.folder / "linphone.log",
                 "--disable-stats-events"],
                stdin=subprocess.PIPE, stdout=out, stderr=out, env={**os.environ, "HOME": str(self.folder)})
        for _ in range(int(timeout / 0.05)):
            if self._socket.exists():
                return self
            if self.process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise RuntimeError(f"linphone-daemon does not start:\n{self.log()}")

    def log(self):
        log = self.folder / "linphone.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-60:]) if log.exists() else ""

    async def ask(self, command):
        """The answer's fields; its text under None. It takes one connection, and marks no answer's end."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_unix_connection(str(self._socket))
        self._writer.write(command.encode() + b"\n")
        text = ""
        while "Status: " not in text or not text.endswith("\n"):
            part = await asyncio.wait_for(self._reader.read(65536), 10)
            assert part, f"linphone-daemon ended:\n{self.log()}"
            text += part.decode()
        return {None: text, **dict(re.findall(r"^([\w-]+): (.*)$", text, re.M))}

    async def command(self, command):
        answer = await self.ask(command)
        assert answer.get("Status") == "Ok", f"{command}: {answer[None]}"
        return answer

    async def until(self, command, state, timeout=15.0):
        answer = {}
        for _ in range(int(timeout / 0.1)):
            answer = await self.ask(command)
            if answer.get("State") == state:
                return answer
            await asyncio.sleep(0.1)
        raise AssertionError(f"linphone: {command} is not {state} but {answer.get(None)}\n{self.log()}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._route_added:
            subprocess.run(["ip", "route", "del", *self._route], check=False)
        self._socket.unlink(missing_ok=True)
