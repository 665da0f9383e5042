# SPDX-License-Identifier: Apache-2.0
"""A whole site on one machine: CA, push service, daemon. The PBX and the phones are the test's choice."""

import json
import pathlib
import socket

from peers.ca import Authority
from peers.phone import Phone
from peers.push import PushService
from peers.sip import address
from peers.wakeline import Daemon, free_media_base, free_port

DOMAIN = "example.com"
APNS_PARAM = "TEAM123456.com.example.phone.voip"


def yaml_text(settings):
    """Two levels as blocks, what is deeper as YAML flow (which JSON is)."""
    lines = []
    for key, value in settings.items():
        if isinstance(value, dict) and value:
            lines.append(f"{key}:")
            lines += [f"  {name}: {json.dumps(inner)}" for name, inner in value.items()]
        else:
            lines.append(f"{key}: {json.dumps(value)}")
    return "\n".join(lines) + "\n"


class Site:
    """`settings` is the configuration; change it before `start`. `trunk_host`: our address towards the PBX."""

    def __init__(self, folder, host="127.0.0.1", media_base=None, trunk_host=None):
        self.folder, self.host, self.trunk_host = pathlib.Path(folder), host, trunk_host or host
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority = Authority(self.folder / "tls")
        self.ports = {name: free_port(host=host) for name in ("tls", "mtls", "tcp", "trunk", "http")}
        self.ports["udp"] = free_port(socket.SOCK_DGRAM, host)
        self.media_base = media_base or free_media_base(host)
        self.push = self.daemon = None
        self.settings = self._settings()

    def _settings(self):
        chain, key = map(str, self.authority.server("sbc", (self.host, "localhost", DOMAIN)))
        listener = {"transport": "tls", "address": self.host}
        return {
            "node": "test",
            "domains": [DOMAIN],
            "access": {"listeners": [
                {"name": "tls", **listener, "port": self.ports["tls"], "certificate": "public"},
                {"name": "mtls", **listener, "port": self.ports["mtls"], "certificate": "mutual"}]},
            "certificates": {
                "public": {"chain": chain, "key": key},
                "mutual": {"chain": chain, "key": key, "client_ca": str(self.authority.cert), "verify": "required"}},
            "registration": {"mode": "forward", "spread": 0},
            "push": {"hold": "15s", "apps": {}},
            "media": {"address": self.host, "plain_audio": self.media_base, "secure_audio": self.media_base + 2,
                      "plain_video": self.media_base + 4, "secure_video": self.media_base + 6},
            "trunks": {},
            "store": {"type": "sqlite", "path": str(self.folder / "wakeline.db")},
            "control": {"socket": str(self.folder / "control.sock"), "http": f"127.0.0.1:{self.ports['http']}"},
            "log": {"level": "max", "target": "stderr"},
        }

    def add_listener(self, transport):
        """A plain listener, udp or tcp; returns its port."""
        self.settings["access"]["listeners"].append(
            {"name": transport, "transport": transport, "address": self.host, "port": self.ports[transport]})
        return self.ports[transport]

    def use_pbx(self, port, transport="udp", options_interval="30s"):
        self.settings["trunks"]["pbx"] = {
            "uri": f"sip:{address(self.trunk_host, port)};transport={transport}",
            "local": address(self.trunk_host, self.ports["trunk"]),
            "options_interval": options_interval}

    async def start_push(self, *options):
        self.push = await PushService(self.folder / "push").start(*options)
        place = {"endpoint": self.push.endpoint, "ca": str(self.push.folder / "ca.pem")}
        self.settings["push"]["apps"] = {
            "ios": {"provider": "apns", "key": str(self.push.folder / "AuthKey.p8"), "key_id": "ABC123DEFG",
                    "team_id": "TEAM123456", "bundle_id": "com.example.phone", **place},
            "android": {"provider": "fcm", "service_account": str(self.push.folder / "fcm.json"), **place}}
        return self.push

    def start(self):
        self.daemon = Daemon(self.folder, yaml_text(self.settings))
        return self.daemon.start()

    def phone(self, number, password="", token=None, provider="apns", mutual=True, log=None):
        parameters = {}
        if token:
            param = APNS_PARAM if provider == "apns" else "wakeline-test"
            parameters = {"pn-provider": provider, "pn-param": param, "pn-prid": token}
        certificate = self.authority.client(f"phone-{number}") if mutual else None
        return Phone(number, DOMAIN, password, (self.host, self.ports["mtls" if mutual else "tls"]),
                     self.authority.cert, certificate, parameters, log)

    def stop(self):
        try:
            if self.daemon:
                self.daemon.stop()
        finally:
            if self.push:
                self.push.stop()
