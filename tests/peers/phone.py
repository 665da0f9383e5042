# SPDX-License-Identifier: Apache-2.0
"""A softphone that sleeps: registers over TLS or mutual TLS with RFC 8599 parameters, drops its connection, wakes."""

import secrets
import ssl
import uuid

from peers.rtp import Media
from peers.sip import StreamTransport, UserAgent, digest_header


class Phone(UserAgent):
    def __init__(self, user, domain, password, server, ca, certificate=None, push=None, log=None):
        """`server`: (host, port). `push`: dict of pn-* parameters. `certificate`: (chain, key) for mutual TLS."""
        super().__init__(user, domain, log)
        self.password, self.server = password, server
        self.ssl = ssl.create_default_context(cafile=str(ca))
        if certificate:
            self.ssl.load_cert_chain(*map(str, certificate))
        self.push = dict(push or {})
        self.contact_params = "".join(f";{k}={v}" for k, v in self.push.items())
        self.instance = f';+sip.instance="<urn:uuid:{uuid.uuid4()}>"'
        self.asleep = True
        self._call_id, self._cseq, self._tag = secrets.token_hex(12), 0, secrets.token_hex(5)

    async def connect(self, source=None):
        """`source`: the phone's address in the network that it is in now."""
        self.attach(await StreamTransport.open(*self.server, ssl_context=self.ssl, source=source))
        self.asleep = False

    def sleep(self):
        """What the operating system does: the connection is gone, nothing is said."""
        self.transport.close()
        self.asleep = True

    def _register(self, expires, extra=()):
        self._cseq += 1
        contact = self.contact + self.instance + f";expires={expires}"
        headers = [("From", f"<{self.aor}>;tag={self._tag}"), ("To", f"<{self.aor}>"), ("Call-ID", self._call_id),
                   ("CSeq", f"{self._cseq} REGISTER"), ("Supported", "path, outbound"), ("Contact", contact)]
        return self.send(self.build("REGISTER", f"sip:{self.domain}", headers + list(extra)))

    async def _final(self, request, timeout):
        return await self.expect(lambda m: m.status >= 200 and m.branch == request.branch, timeout)

    async def register(self, expires=3600, timeout=10.0):
        """Registers, answering one challenge; returns the final response."""
        request = self._register(expires)
        response = await self._final(request, timeout)
        for status, challenge, credentials in ((401, "WWW-Authenticate", "Authorization"),
                                               (407, "Proxy-Authenticate", "Proxy-Authorization")):
            if response.status == status:
                value = digest_header(response.get(challenge), "REGISTER", request.uri, self.user, self.password)
                request = self._register(expires, [(credentials, value)])
                return await self._final(request, timeout)
        return response

    async def wake(self, source=None):
        """Connects again and refreshes the registration."""
        await self.connect(source)
        response = await self.register()
        assert response.status == 200, response.start
        return response

    async def answer_call(self, media: Media, timeout=10.0, ring=True):
        """Waits for an INVITE, rings, answers; returns (invite, dialog)."""
        invite = await self.expect("INVITE", timeout)
        if ring:
            self.answer(invite, 180, "Ringing")
        crypto_tag = media.learn(invite.body)
        response = self.answer(invite, 200, "OK", body=media.sdp(crypto_tag=crypto_tag or 1))
        await self.expect("ACK", timeout)
        return invite, self.dialog_as_callee(invite, response)

    async def call(self, target, media: Media, timeout=10.0, headers=()):
        """Calls through Wakeline, answering one challenge; returns (invite, final response)."""
        invite = self.invite(target, media.sdp(), headers)
        response = await self._final(invite, timeout)
        for status, challenge, credentials in ((401, "WWW-Authenticate", "Authorization"),
                                               (407, "Proxy-Authenticate", "Proxy-Authorization")):
            if response.status == status:
                self.ack_failure(invite, response)
                value = digest_header(response.get(challenge), "INVITE", invite.uri, self.user, self.password)
                invite = self.invite(target, media.sdp(), [(credentials, value), *headers])
                response = await self._final(invite, timeout)
        return invite, response
