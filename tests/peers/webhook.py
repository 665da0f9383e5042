# SPDX-License-Identifier: Apache-2.0
"""A site's own push service: plain HTTP/1.1 on loopback, which checks what Wakeline sends and remembers it."""

import asyncio

from peers.push_checks import Refusal, Webhook


class WebhookReceiver:
    """`answers`: (status, headers) for the next requests, in order; then 204."""

    def __init__(self, secret):
        self.check, self.answers = Webhook(secret), []
        self.requests, self.refused, self._arrival = [], [], asyncio.Condition()

    async def open(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/wake?site=test"
        return self

    def close(self):
        self._server.close()

    async def _serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                status, extra = await self._request(head.decode(), reader)
                lines = [f"HTTP/1.1 {status} x", "Content-Length: 0"] + [f"{k}: {v}" for k, v in extra.items()]
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _request(self, head, reader):
        start, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        try:
            assert start == "POST /wake?site=test HTTP/1.1", start
            content = self.check.check(headers, body)
        except Refusal as refusal:
            self.refused.append(refusal.why)
            return refusal.status, {}
        async with self._arrival:
            self.requests.append(content)
            self._arrival.notify_all()
        return self.answers.pop(0) if self.answers else (204, {})

    async def expect(self, number=1, timeout=5.0):
        """The request of that number, from 1."""
        async with self._arrival:
            await asyncio.wait_for(self._arrival.wait_for(lambda: len(self.requests) >= number), timeout)
        return self.requests[number - 1]
