# SPDX-License-Identifier: Apache-2.0
"""The load of registering phones, cheap enough that it is the server which is measured."""

import asyncio
import hashlib
import re
import secrets


class Registration:
    """Digest REGISTERs of one user on one connection, one nonce with a rising count."""

    def __init__(self, user, transport, domain, password):
        self.user, self.transport, self.domain, self.password = user, transport, domain, password
        self.call_id, self.tag, self.cseq, self.count = secrets.token_hex(8), secrets.token_hex(4), 0, 0
        self.challenge, self.answered = None, asyncio.Queue()
        transport.on_message = self.answered.put_nowait

    def request(self):
        self.cseq += 1
        host, port = self.transport.local
        lines = [f"REGISTER sip:{self.domain} SIP/2.0",
                 f"Via: SIP/2.0/{self.transport.kind} {host}:{port};branch=z9hG4bK{self.call_id}{self.cseq};rport",
                 "Max-Forwards: 70", f"From: <sip:{self.user}@{self.domain}>;tag={self.tag}", f"To: <sip:{self.user}@{self.domain}>",
                 f"Call-ID: {self.call_id}", f"CSeq: {self.cseq} REGISTER",
                 f"Contact: <sip:{self.user}@{host}:{port};transport={self.transport.kind.lower()}>;expires=3600"]
        if self.challenge:
            lines.append("Authorization: " + self.credentials())
        return ("\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n").encode()

    def credentials(self):
        self.count += 1
        field = dict(re.findall(r'(\w+)="([^"]*)"', self.challenge))
        name = hashlib.sha256 if "SHA-256" in self.challenge else hashlib.md5
        digest = lambda text: name(text.encode()).hexdigest()
        ha1, ha2 = digest(f"{self.user}:{field['realm']}:{self.password}"), digest(f"REGISTER:sip:{self.domain}")
        response = digest(f"{ha1}:{field['nonce']}:{self.count:08x}:c0ffee:auth:{ha2}")
        algorithm = "SHA-256" if "SHA-256" in self.challenge else "MD5"
        return (f'Digest username="{self.user}", realm="{field["realm"]}", nonce="{field["nonce"]}", uri="sip:{self.domain}", '
                f'response="{response}", algorithm={algorithm}, qop=auth, nc={self.count:08x}, cnonce="c0ffee"')

    async def once(self):
        self.transport.send(self.request())
        response = await asyncio.wait_for(self.answered.get(), 10)
        if response.status == 401:
            self.challenge, self.count = response.get("WWW-Authenticate"), 0
            return await self.once()
        assert response.status == 200, response.start
        return response

    async def many(self, number):
        for _ in range(number):
            await self.once()
