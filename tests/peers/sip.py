# SPDX-License-Identifier: Apache-2.0
"""Just enough SIP to play a phone or a PBX: messages, two transports, a user agent that waits for what it expects."""

import asyncio
import hashlib
import re
import secrets
import time

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}


class Message:
    def __init__(self, start, headers, body=b""):
        self.start, self.headers, self.body = start, headers, body

    @classmethod
    def parse(cls, data):
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
        return cls(lines[0], headers, body)

    def all(self, name):
        name = name.lower()
        return [v for n, v in self.headers if COMPACT.get(n.lower(), n.lower()) == name]

    def get(self, name, default=""):
        return next(iter(self.all(name)), default)

    @property
    def is_request(self):
        return not self.start.startswith("SIP/2.0 ")

    @property
    def method(self):
        return self.start.split(" ")[0] if self.is_request else self.get("CSeq").split()[1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.start.split(" ")[1])

    @property
    def uri(self):
        return self.start.split(" ")[1]

    @property
    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self.get("Via"))
        return found[1] if found else ""

    def __bytes__(self):
        lines = [self.start] + [f"{n}: {v}" for n, v in self.headers if n.lower() != "content-length"]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body

    def __repr__(self):
        return f"<{self.start}>"


def tag(value):
    found = re.search(r";tag=([^;,\s]+)", value)
    return found[1] if found else ""


def uri(value):
    found = re.search(r"<([^>]*)>", value)
    return found[1] if found else value.split(";")[0].strip()


def address(host, port):
    """As it stands in a URI: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def digest_header(challenge, method, request_uri, user, password):
    """The credentials that answer a WWW-Authenticate or Proxy-Authenticate value (RFC 7616; qop auth or none)."""
    fields = {k.lower(): q or v for k, q, v in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge)}
    algorithm = fields.get("algorithm", "MD5")
    h = hashlib.sha256 if algorithm.upper().startswith("SHA-256") else hashlib.md5

    def digest(text):
        return h(text.encode()).hexdigest()

    realm, nonce = fields["realm"], fields["nonce"]
    ha1, ha2 = digest(f"{user}:{realm}:{password}"), digest(f"{method}:{request_uri}")
    answer = {"username": user, "realm": realm, "nonce": nonce, "uri": request_uri}
    extra = f", algorithm={algorithm}"
    if "auth" in fields.get("qop", "").split(","):
        cnonce = secrets.token_hex(8)
        answer["response"] = digest(f"{ha1}:{nonce}:00000001:{cnonce}:auth:{ha2}")
        extra += f', qop=auth, nc=00000001, cnonce="{cnonce}"'
    else:
        answer["response"] = digest(f"{ha1}:{nonce}:{ha2}")
    if "opaque" in fields:
        answer["opaque"] = fields["opaque"]
    return "Digest " + ", ".join(f'{k}="{v}"' for k, v in answer.items()) + extra


class StreamTransport:
    """One TCP or TLS connection."""

    def __init__(self, reader, writer, kind):
        self.kind, self._reader, self._writer = kind, reader, writer
        self.local = writer.get_extra_info("sockname")[:2]
        self.on_message = lambda message: None
        self.parse = Message.parse  # what makes a message of its bytes
        self.on_closed = lambda: None
        self.pongs = 0
        self._task = asyncio.ensure_future(self._read())

    @classmethod
    async def open(cls, host, port, ssl_context=None, source=None):
        """`source`: the address to connect from."""
        reader, writer = await asyncio.open_connection(
            host, port, ssl=ssl_context, server_hostname=host if ssl_context else None,
            local_addr=(source, 0) if source else None
        )
        return cls(reader, writer, "TLS" if ssl_context else "TCP")

    async def _read(self):
        buffer = b""
        try:
            while data := await self._reader.read(65536):
                buffer += data
                while True:
                    while buffer.startswith(b"\r\n"):
                        buffer, self.pongs = buffer[2:], self.pongs + 1
                    end = buffer.find(b"\r\n\r\n")
                    if end < 0:
                        break
                    length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", buffer[:end])
                    size = end + 4 + (int(length[1]) if length else 0)
                    if len(buffer) < size:
                        break
                    message, buffer = self.parse(buffer[:size]), buffer[size:]
                    self.on_message(message)
        except OSError:
            pass
        self.on_closed()

    def send(self, data):
        self._writer.write(bytes(data))

    def close(self):
        self._task.cancel()
        self._writer.transport.abort()


class UdpTransport(asyncio.DatagramProtocol):
    """One UDP socket; answers go back to the sender, requests to `remote`."""

    kind = "UDP"

    def __init__(self, remote=None):
        self.remote = remote
        self.on_message = lambda message: None

    @classmethod
    async def open(cls, host, port=0, remote=None):
        loop = asyncio.get_running_loop()
        transport, self = await loop.create_datagram_endpoint(lambda: cls(remote), local_addr=(host, port))
        self._transport = transport
        self.local = transport.get_extra_info("sockname")[:2]
        return self

    def datagram_received(self, data, addr):
        if data.strip(b"\r\n\0"):
            message = Message.parse(data)
            message.source = addr
            self.on_message(message)

    def send(self, data, to=None):
        self._transport.sendto(bytes(data), to or self.remote)

    def close(self):
        self._transport.close()


class Dialog:
    """One side of a dialog: enough to send the next request of it."""

    def __init__(self, agent, call_id, local, remote, target, cseq=0, routes=()):
        self.agent, self.call_id, self.local, self.remote = agent, call_id, local, remote
        self.target, self.cseq, self.routes = target, cseq, list(routes)

    def request(self, method, body=b"", headers=(), cseq=None):
        if cseq is None:
            self.cseq += 1
        base = [
            ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id),
            ("CSeq", f"{cseq or self.cseq} {method}"),
        ] + [("Route", r) for r in self.routes]
        return self.agent.build(method, self.target, base + list(headers), body)

    def owns(self, message):
        return message.get("Call-ID") == self.call_id


class UserAgent:
    """Sends, and waits for what it expects; absorbs retransmissions of requests by repeating its last answer."""

    def __init__(self, user, domain, log=None):
        self.user, self.domain = user, domain
        self.transport = None
        self.name = type(self).__name__
        self.contact_params = ""
        self.instance = ""
        self.log = log or (lambda text: None)
        self.received = []  # everything, for later questions
        self._inbox = []
        self._arrival = asyncio.Condition()
        self._answers = {}

    # -- transport -------------------------------------------------------------------------------------------
    def attach(self, transport):
        self.transport = transport
        transport.on_message = self._on_message

    def _on_message(self, message):
        key = (message.branch, message.method)
        if message.is_request and message.method != "ACK" and key in self._answers:
            if self._answers[key]:
                self._send(self._answers[key], message)
            return
        if message.is_request:
            self._answers[key] = None
        self.log(f"< {message.start}")
        self.received.append(message)
        if self.handle(message):
            return
        self._inbox.append(message)
        asyncio.ensure_future(self._notify())

    async def _notify(self):
        async with self._arrival:
            self._arrival.notify_all()

    def handle(self, message):
        """For subclasses: True when the message needs nobody to expect it."""
        return False

    async def expect(self, want, timeout=10.0):
        """The next message that `want` accepts: a method, a status, or a predicate."""
        if isinstance(want, str):
            accept = lambda m: m.is_request and m.method == want
        elif isinstance(want, int):
            accept = lambda m: m.status == want
        else:
            accept = want
        deadline = time.monotonic() + timeout
        async with self._arrival:
            while True:
                for index, message in enumerate(self._inbox):
                    if accept(message):
                        return self._inbox.pop(index)
                left = deadline - time.monotonic()
                try:
                    await asyncio.wait_for(self._arrival.wait(), max(left, 0.001))
                except asyncio.TimeoutError:
                    seen = ", ".join(m.start for m in self.received[-8:]) or "nothing"
                    name = want if isinstance(want, (str, int)) else "the message"
                    raise AssertionError(f"{self.user}: no {name} within {timeout} s; last seen: {seen}") from None

    def unexpected(self, method):
        """Requests of that method that arrived and nobody asked for."""
        return [m for m in self._inbox if m.is_request and m.method == method]

    # -- building --------------------------------------------------------------------------------------------
    @property
    def aor(self):
        return f"sip:{self.user}@{self.domain}"

    @property
    def contact(self):
        return f"<sip:{self.user}@{address(*self.transport.local)};transport={self.transport.kind.lower()}{self.contact_params}>"

    def build(self, method, target, headers, body=b""):
        via = f"SIP/2.0/{self.transport.kind} {address(*self.transport.local)};branch=z9hG4bK{secrets.token_hex(8)};rport"
        names = {n.lower() for n, _ in headers}
        full = [("Via", via), ("Max-Forwards", "70"), ("User-Agent", self.name)] + list(headers)
        if "contact" not in names and method not in ("ACK", "BYE", "CANCEL"):
            full.append(("Contact", self.contact + self.instance))
        if body and "content-type" not in names:
            full.append(("Content-Type", "application/sdp"))
        return Message(f"{method} {target} SIP/2.0", full, body)

    def send(self, message):
        self.log(f"> {message.start}")
        self._send(message)
        return message

    def _send(self, message, request=None):
        if request is not None and hasattr(request, "source"):
            self.transport.send(message, request.source)
        else:
            self.transport.send(message)

    def answer(self, request, status, reason, headers=(), body=b"", to_tag=None):
        to = request.get("To")
        if status > 100 and not tag(to):
            to += f";tag={to_tag or self.local_tag(request)}"
        base = [("Via", v) for v in request.all("Via")]
        base += [("Record-Route", v) for v in request.all("Record-Route")]
        base += [("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID")), ("CSeq", request.get("CSeq"))]
        if request.method in ("INVITE", "UPDATE", "SUBSCRIBE") and 100 < status < 300:
            base.append(("Contact", self.contact))
        if body:
            base.append(("Content-Type", "application/sdp"))
        response = Message(f"SIP/2.0 {status} {reason}", base + list(headers), body)
        self._answers[(request.branch, request.method)] = response
        self.log(f"> {response.start}")
        self._send(response, request)
        return response

    @staticmethod
    def local_tag(request):
        return hashlib.md5((request.get("Call-ID") + request.get("From")).encode()).hexdigest()[:10]

    # -- calls -----------------------------------------------------------------------------------------------
    def invite(self, target, sdp=b"", headers=(), to=None, from_display=""):
        """Sends an INVITE outside a dialog; returns it."""
        display = f'"{from_display}" ' if from_display else ""
        base = [
            ("From", f"{display}<{self.aor}>;tag={secrets.token_hex(5)}"), ("To", f"<{to or target}>"),
            ("Call-ID", secrets.token_hex(12)), ("CSeq", "1 INVITE"),
            ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, REFER, NOTIFY, INFO, MESSAGE"),
        ]
        return self.send(self.build("INVITE", target, base + list(headers), sdp))

    def cancel(self, invite, headers=()):
        lines = [("Via", invite.get("Via")), ("Max-Forwards", "70"), ("From", invite.get("From")), ("To", invite.get("To")),
                 ("Call-ID", invite.get("Call-ID")), ("CSeq", invite.get("CSeq").split()[0] + " CANCEL")] + list(headers)
        return self.send(Message(f"CANCEL {invite.uri} SIP/2.0", lines))

    def ack_failure(self, invite, response):
        lines = [("Via", invite.get("Via")), ("Max-Forwards", "70"), ("From", invite.get("From")), ("To", response.get("To")),
                 ("Call-ID", invite.get("Call-ID")), ("CSeq", invite.get("CSeq").split()[0] + " ACK")]
        self.send(Message(f"ACK {invite.uri} SIP/2.0", lines))

    def dialog_as_caller(self, invite, response):
        return Dialog(self, invite.get("Call-ID"), invite.get("From"), response.get("To"), uri(response.get("Contact")),
                      int(invite.get("CSeq").split()[0]), reversed(response.all("Record-Route")))

    def dialog_as_callee(self, invite, response):
        return Dialog(self, invite.get("Call-ID"), response.get("To"), invite.get("From"), uri(invite.get("Contact")),
                      0, invite.all("Record-Route"))

    async def bye(self, dialog, timeout=5.0):
        request = self.send(dialog.request("BYE"))
        return await self.expect(lambda m: m.status and m.branch == request.branch, timeout)

    def ack(self, dialog, invite_cseq, body=b""):
        self.send(dialog.request("ACK", body, cseq=invite_cseq))
