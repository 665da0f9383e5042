# SPDX-License-Identifier: Apache-2.0
"""Names of trunks and push services through the configured DNS servers, when these fail, and in the check."""

import asyncio
import socket
import subprocess
import time

from peers.dns import Dns
from peers.pbx import Pbx
from peers.site import DOMAIN, yaml_text
from peers.wakeline import BUILD, free_port


async def until(condition, patience=15.0):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


async def site_with_dns(stage, dns, servers):
    site = stage.site()
    stage.add(await dns.open(), dns.close)
    site.settings["dns"] = {"servers": [server or dns.address for server in servers], "timeout": "200ms"}
    return site


def test_two_servers_and_what_they_said_before(stage):
    """proves: SBC-DNS-01, SBC-DNS-02, SBC-DNS-03"""

    async def story():
        dns = Dns({"pbx.test": "127.0.0.1"})
        nobody = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
        site = await site_with_dns(stage, dns, [nobody, None])  # the first one does not answer
        await site.start_push()
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        site.use_pbx(pbx.port)
        site.settings["trunks"]["pbx"]["uri"] = f"sip:pbx.test:{pbx.port};transport=udp"
        site.settings["push"]["apps"]["other"] = {
            **site.settings["push"]["apps"]["ios"], "bundle_id": "com.example.other", "endpoint": "https://push.nowhere.test"}
        await asyncio.to_thread(site.start)  # which asks our DNS server at once
        names = lambda: {name["name"]: name for name in site.daemon.json("status")["names"]}
        await until(lambda: names()["pbx.test"]["addresses"] and names()["push.nowhere.test"]["failure"])
        await until(lambda: site.daemon.json("status")["trunks"][0]["address"])
        assert names()["pbx.test"]["addresses"] == [f"127.0.0.1:{pbx.port}"] and not names()["pbx.test"]["failure"]
        warnings = site.daemon.json("status")["warnings"]
        assert any("push.nowhere.test" in warning and "push.apps.other" in warning for warning in warnings), warnings
        dns.silent = True
        phone = site.phone("1001")
        await phone.connect()
        assert (await phone.register()).status == 200
        assert {"127.0.0.1"} == {address.split(":")[0] for address in names()["pbx.test"]["addresses"]}

    stage.play(story())


class Busy(Pbx):
    def handle(self, message):
        if message.is_request:
            self.answer(message, 503, "Service Unavailable")
        return True


def test_the_next_srv_target_is_used_when_the_first_will_not(stage):
    """scenario 53; proves: SBC-DNS-04"""

    async def story():
        site = stage.site()
        busy = await Busy(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(busy, busy.transport.close)
        pbx = await Pbx(DOMAIN).open(remote=(site.host, site.ports["trunk"]))
        stage.add(pbx, pbx.transport.close)
        dns = Dns({"one.test": "127.0.0.1", "two.test": "127.0.0.1"},
                  {"_sip._udp.pbx.test": [(10, 1, busy.port, "one.test"), (20, 1, pbx.port, "two.test")]})
        stage.add(await dns.open(), dns.close)
        site.settings["dns"] = {"servers": [dns.address]}
        site.use_pbx(pbx.port, options_interval="1s")
        site.settings["trunks"]["pbx"]["uri"] = "sip:pbx.test;transport=udp"
        await asyncio.to_thread(site.start)  # which asks our DNS server at once
        phone = site.phone("1001")
        await phone.connect()
        assert (await phone.register()).status == 200
        assert pbx.registers

    stage.play(story())


def test_the_check_names_what_cannot_be_found(stage):
    """proves: SBC-DNS-02"""

    async def story():
        dns = Dns({"pbx.test": "127.0.0.1"})
        site = await site_with_dns(stage, dns, [None])
        site.use_pbx(5060)
        site.settings["trunks"]["pbx"]["uri"] = "sip:nowhere.test:5060;transport=udp"
        file = site.folder / "check.yaml"
        file.write_text(yaml_text(site.settings))
        checked = await asyncio.to_thread(subprocess.run, [BUILD / "wakeline", "--check-config", "--config", file],
                                          capture_output=True, text=True, timeout=30, check=False)
        assert checked.returncode == 0 and "good" in checked.stdout
        assert "trunks.pbx.uri" in checked.stderr and "nowhere.test cannot be found" in checked.stderr
        site.settings["dns"]["servers"] = ["dns.example"]
        file.write_text(yaml_text(site.settings))
        refused = await asyncio.to_thread(subprocess.run, [BUILD / "wakeline", "--check-config", "--config", file],
                                          capture_output=True, text=True, timeout=30, check=False)
        assert refused.returncode == 2 and "dns.servers[0]" in refused.stderr

    stage.play(story())
