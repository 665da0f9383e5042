# SPDX-License-Identifier: Apache-2.0
"""Trunks on connections: sources that are known by their certificate, and a registration that outlives its connection."""

import asyncio
import ssl

from peers.rtp import Media
from peers.site import DOMAIN
from peers.sip import StreamTransport, UserAgent, address
from test_wake import until

NAME = "pbx.example.net"


class Node(UserAgent):
    """A node of the PBX that calls over a connection of its own."""

    async def connect(self, site, certificate, source):
        context = ssl.create_default_context(cafile=str(site.authority.cert))
        context.check_hostname = False
        context.load_cert_chain(*map(str, certificate))
        self.attach(await StreamTransport.open(site.host, site.ports["trunk"], context, source))
        return self


async def status_of_a_call(stage, node, number="4711"):
    media = await Media().open()
    stage.add(media, media.close)
    node.invite(f"sip:{number}@{DOMAIN}", media.sdp())
    return (await node.expect(lambda m: m.status >= 200)).status


def test_a_node_may_call_by_the_name_in_its_certificate(stage):
    """proves: SBC-TRN-09, SBC-TRN-03"""

    async def story():
        site = stage.site(host="10.99.0.1")
        site.use_pbx(5061, "tls")
        site.settings["trunks"]["pbx"].update(
            uri="sip:10.99.0.2:5061;transport=tls", certificate="mutual", ca=str(site.authority.cert), accept_names=[NAME])
        await asyncio.to_thread(site.start)
        known = site.authority.client("node", [NAME])
        other = site.authority.client("other", ["phone.example.net"])
        for certificate, status in ((known, 404), (other, 403)):
            node = await Node("2000", DOMAIN).connect(site, certificate, "10.99.0.3")
            stage.add(node, node.transport.close)
            assert await status_of_a_call(stage, node) == status

    stage.play(story())


class Provider:
    """A registrar on TCP that closes connections when it is told to; keeps every REGISTER with its connection."""

    def __init__(self):
        self.registers, self.connections = [], []

    async def open(self, host="127.0.0.1"):
        self._server = await asyncio.start_server(self._accept, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _accept(self, reader, writer):
        agent = UserAgent("provider", DOMAIN)
        agent.attach(StreamTransport(reader, writer, "TCP"))
        self.connections.append(agent)
        agent.handle = lambda message: self._handle(agent, message)

    def _handle(self, agent, message):
        if message.method not in ("REGISTER", "OPTIONS") or not message.is_request:
            return False
        headers = [("Contact", message.get("Contact") + ";expires=3600")] if message.method == "REGISTER" else []
        if headers:
            self.registers.append(agent)
        agent.answer(message, 200, "OK", headers)
        return True

    def close(self):
        for agent in self.connections:
            agent.transport.close()
        self._server.close()


def test_a_trunk_registers_again_when_its_connection_is_gone(stage):
    """proves: UP-01"""

    async def story():
        site = stage.site()
        provider = await Provider().open()
        stage.add(provider, provider.close)
        site.use_pbx(provider.port, "tcp")
        password = site.folder / "trunk.password"
        password.write_text("secret\n")
        password.chmod(0o600)
        site.settings["trunks"]["pbx"]["register"] = {
            "user": "office", "password_file": str(password), "domain": DOMAIN, "retry": "1s"}
        await asyncio.to_thread(site.start)
        await until(lambda: provider.registers)
        for _ in range(2):
            before, lost = len(provider.registers), provider.registers[-1]
            lost.transport.close()
            await until(lambda count=before: len(provider.registers) > count)
            assert provider.registers[-1] is not lost
        await until(lambda: site.daemon.json("trunks")[0]["registered"])
        # The provider calls on the connection that the last REGISTER came on.
        media = await Media().open()
        stage.add(media, media.close)
        here = provider.registers[-1]
        here.invite(f"sip:office@{address(site.host, site.ports['trunk'])}", media.sdp(), to=f"sip:4711@{DOMAIN}")
        assert (await here.expect(lambda m: m.status >= 200)).status == 404

    stage.play(story())
