#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A fake APNs + FCM + OAuth service on TLS and HTTP/2 that checks what it is sent as the real ones do, a webhook that
checks signatures, and a CONNECT proxy before them.

    push_service.py --credentials DIR [--port 0] [--output FILE] [--answer JSON]...

DIR gets whatever is missing of: ca.pem, server.pem, server.key, AuthKey.p8 and .pub (APNs), fcm.key and .pub, and
fcm.json (service account, written when the port is known), voip.p12, voip.pass and voip.pem (a client's certificate: who
shows it to APNs needs no token), webhook.secret (POST to /wake). Single files can be given instead, see --help.
Standard output carries JSON lines: first {"event": "ready", "port": N, "control_port": M, "proxy_port": P, ...}, then, unless
--output names a file, one line for each event: "push" (accepted), "refused" (with "why"), "probe", "oauth".

The control port (loopback) takes JSON lines and answers each with one:
    {"do": "subscribe"}                    every event from now on comes as a line on this connection
    {"do": "answer", "match": {...}, ...}  an answer other than the usual one, see Rule
    {"do": "clear"}                        forget all rules
    {"do": "stats"}                        counters
    {"do": "limit", "first": 1, "then": 1000}   streams granted before and after the first good APNs token
    {"do": "goaway", "keep": N}            GOAWAY on every connection, refusing all but the N oldest open streams
    {"do": "mute", "new": false}           existing connections go silent, as if the path were a black hole; new ones too
    {"do": "close"}                        existing connections are closed
    {"do": "expire"}                       APNs and access tokens seen so far are expired
    {"do": "forget"}                       counters and tokens seen start anew
"""

import argparse
import asyncio
import json
import os
import pathlib
import signal
import ssl
import sys
import time
import uuid

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
from cryptography.hazmat.primitives import serialization
from hyperframe.frame import GoAwayFrame

import push_checks
import push_credentials
from push_checks import Refusal

PROBE_TOKEN = "0" * 64  # no device has it: Wakeline opens and proves its connection with it


class Rule:
    """How to answer instead: match {"service": "apns"|"fcm"|"oauth"|"webhook", "token": T, "probe": bool} (all optional), then
    status, reason, body, headers, delay_ms, times (default: for ever), drop (no answer at all), reset (the stream),
    close (the connection)."""

    def __init__(self, order):
        self.match = order.get("match", {})
        self.left = order.get("times", -1)
        self.order = order

    def fits(self, facts):
        return self.left != 0 and all(facts.get(key) == value for key, value in self.match.items())


class Counters:
    def __init__(self):
        self.connections = self.requests = self.pushes = self.refused = self.mints = 0
        self.pings = self.priority_frames = self.max_streams_at_once = self.proxied = 0


class Service:
    """The state that all connections share."""

    def __init__(self, apns, fcm, oauth, webhook, options):
        self.apns, self.fcm, self.oauth, self.webhook, self.options = apns, fcm, oauth, webhook, options
        self.counters, self.rules = Counters(), [Rule(json.loads(text)) for text in options.answer]
        self.first_streams, self.streams = options.first_streams, options.max_streams
        self.connections, self.subscribers, self.muted = set(), set(), False
        self.output = open(options.output, "a", buffering=1, encoding="utf-8") if options.output else sys.stdout

    def emit(self, event, **facts):
        line = json.dumps({"event": event, "at": round(time.time(), 6), **facts})
        print(line, file=self.output, flush=True)
        for writer in self.subscribers:
            writer.write(line.encode() + b"\n")

    def rule_for(self, facts):
        for rule in self.rules:
            if rule.fits(facts):
                rule.left -= 1
                return rule.order
        return None

    def judge(self, url, headers, body, certificate):
        """(facts, answer) where answer is (status, headers, body octets, close-style order)."""
        path = url.path
        service = next((name for start, name in (("/3/", "apns"), ("/v1/", "fcm"), ("/wake", "webhook"))
                        if path.startswith(start)), "oauth")
        facts = {"service": service, **({"certificate": certificate} if certificate else {})}
        try:
            content = getattr(self, "take_" + facts["service"])(facts, path, headers, body)
            order = self.rule_for(facts)
            if order is None or "status" not in order:
                return facts, order, content
            raise Refusal(order["status"], order.get("reason", "Scripted"), "scripted answer")
        except Refusal as refusal:
            order = order if "order" in locals() else self.rule_for(facts)
            told = order or {}
            facts.update(status=told.get("status", refusal.status), reason=told.get("reason", refusal.reason),
                         why=refusal.why)
            return facts, order, None

    def take_apns(self, facts, path, headers, body):
        facts.update(path=path, apns_id=headers.get("apns-id"))
        token, payload = self.apns.check(path, headers, body, facts.get("certificate"))
        facts.update(token=token, topic=headers["apns-topic"], payload=payload, probe=token == PROBE_TOKEN,
                     headers={k: v for k, v in headers.items() if k.startswith("apns-")})
        if token == PROBE_TOKEN:
            raise Refusal(400, "BadDeviceToken", "the token that no device has")
        return b"", {"apns-id": headers["apns-id"]}

    def take_fcm(self, facts, path, headers, body):
        facts["probe"] = b'"validateOnly":true' in body
        token, data = self.fcm.check(path, headers, body)
        name = f"projects/{self.fcm.project}/messages/{uuid.uuid4()}"
        facts.update(token=token, payload=data, name=name)
        return json.dumps({"name": name}).encode(), {}

    def take_webhook(self, facts, path, headers, body):
        payload = self.webhook.check(headers, body)
        facts.update(token=payload.get("token"), payload=payload, probe=payload["kind"] == "check")
        return b"", {":status": "204"}

    def take_oauth(self, facts, path, headers, body):
        if path != "/token":
            raise Refusal(404, "not_found", path)
        self.counters.mints += 1
        self.oauth.check(self.options.token_uri, body)
        token = "ya29." + uuid.uuid4().hex
        self.fcm.access[token] = time.time() + self.options.access_seconds
        return json.dumps({"access_token": token, "token_type": "Bearer",
                           "expires_in": self.options.access_seconds}).encode(), {}

    def record(self, facts, connection):
        if facts["service"] == "oauth":
            self.emit("oauth", **facts)
        elif facts.get("probe"):
            self.emit("probe", connection=connection, **facts)
        elif "status" in facts:
            self.counters.refused += 1
            self.emit("refused", connection=connection, **facts)
        else:
            self.counters.pushes += 1
            self.emit("push", connection=connection, status=200, **facts)

    def refusal_body(self, facts):
        status, reason = facts["status"], facts["reason"]
        if facts["service"] == "apns":
            content = {"reason": reason}
            if reason == "Unregistered":
                content["timestamp"] = int(time.time() * 1000)
        elif facts["service"] == "oauth":
            content = {"error": reason, "error_description": facts["why"]}
        elif facts["service"] == "webhook":
            content = {}
        else:
            code = {"code": status, "message": facts["why"], "status": reason}
            if reason not in ("UNAUTHENTICATED", "NOT_FOUND"):
                code["details"] = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                                    "errorCode": reason}]
            content = {"error": code}
        return json.dumps(content).encode()


class Http2(h2.connection.H2Connection):
    """Leaves the stream limit to us: h2 closes the connection over it, real services refuse the stream."""

    @property
    def open_inbound_streams(self):
        super().open_inbound_streams  # asked for its side effect: it forgets closed streams
        return 0


class Connection(asyncio.Protocol):
    """One HTTP/2 connection."""

    def __init__(self, service):
        self.service, self.muted, self.proven, self.refuse_above = service, service.muted, False, 1 << 31
        self.h2 = Http2(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.streams, self.open = {}, set()

    def connection_made(self, transport):
        self.transport = transport
        self.service.counters.connections += 1
        self.number = self.service.counters.connections
        subject = (transport.get_extra_info("peercert") or {}).get("subject", ())
        self.certificate = dict(pair for name in subject for pair in name).get("commonName")
        self.service.connections.add(self)
        limit = self.limit = self.service.first_streams or self.service.streams
        self.h2.local_settings = h2.settings.Settings(client=False, initial_values={
            h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: limit,
            h2.settings.SettingCodes.ENABLE_PUSH: 0})
        self.h2.initiate_connection()
        self.flush()

    def connection_lost(self, error):
        self.service.connections.discard(self)

    def flush(self):
        if not self.muted and not self.transport.is_closing():
            self.transport.write(self.h2.data_to_send())

    def data_received(self, data):
        if self.muted:
            return
        try:
            for event in self.h2.receive_data(data):
                self.on_event(event)
        except h2.exceptions.ProtocolError as error:
            self.service.emit("protocol_error", connection=self.number, why=str(error))
            self.flush()
            self.transport.close()
        self.flush()

    def on_event(self, event):
        counters = self.service.counters
        if isinstance(event, h2.events.RequestReceived):
            if len(self.open) >= self.limit or event.stream_id > self.refuse_above:
                self.h2.reset_stream(event.stream_id, h2.errors.ErrorCodes.REFUSED_STREAM)
                return
            self.open.add(event.stream_id)
            counters.max_streams_at_once = max(counters.max_streams_at_once, len(self.open))
            self.streams[event.stream_id] = (dict(event.headers), bytearray())
        elif isinstance(event, h2.events.DataReceived):
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if event.stream_id in self.streams:
                self.streams[event.stream_id][1].extend(event.data)
        elif isinstance(event, h2.events.StreamEnded):
            if event.stream_id in self.streams:
                self.on_request(event.stream_id, *self.streams.pop(event.stream_id))
        elif isinstance(event, h2.events.StreamReset):
            self.streams.pop(event.stream_id, None)
            self.open.discard(event.stream_id)
        elif isinstance(event, h2.events.PingReceived):
            counters.pings += 1
        elif isinstance(event, h2.events.PriorityUpdated):
            counters.priority_frames += 1
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.transport.close()

    def on_request(self, stream, headers, body):
        service = self.service
        service.counters.requests += 1
        url = push_checks.urllib.parse.urlsplit(headers[":path"])
        facts, order, content = service.judge(url, headers, bytes(body), self.certificate)
        order = order or {}
        if facts["service"] != "apns" or facts.get("status") != 403:
            self.prove()
        # One is "accepted" by what it is answered; a request that gets no answer is only reported as such.
        silent = next((word for word in ("drop", "reset", "close") if order.get(word)), None)
        if silent:
            service.emit("unanswered", connection=self.number, how=silent, **facts)
        else:
            service.record(facts, self.number)
        delay = order.get("delay_ms", 0) / 1000
        if delay:
            asyncio.get_running_loop().call_later(delay, self.finish, stream, facts, order, content, silent)
        else:
            self.finish(stream, facts, order, content, silent)

    def prove(self):
        """Many streams only after the first good token, as APNs does it."""
        if self.service.first_streams and not self.proven:
            self.proven, self.limit = True, self.service.streams
            self.h2.update_settings({h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: self.service.streams})

    def finish(self, stream, facts, order, content, silent):
        if silent == "drop":
            return
        if silent == "close":
            self.transport.close()
            return
        self.open.discard(stream)
        try:
            if silent == "reset":
                self.h2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            else:
                self.answer(stream, facts, order, content)
        except (h2.exceptions.StreamClosedError, h2.exceptions.ProtocolError):
            return  # the client gave it up
        self.flush()

    def answer(self, stream, facts, order, content):
        body, extra = content if content else (self.service.refusal_body(facts), {})
        if "body" in order:
            body = order["body"].encode() if isinstance(order["body"], str) else json.dumps(order["body"]).encode()
        head = {":status": str(facts.get("status", 200)), "content-length": str(len(body)), **extra,
                **order.get("headers", {})}
        if facts.get("apns_id"):
            head["apns-id"] = facts["apns_id"]
        if body:
            head["content-type"] = "application/json"
        self.h2.send_headers(stream, list(head.items()), end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)

    def go_away(self, keep):
        # Written by hand: h2 refuses to finish the streams that a GOAWAY leaves standing.
        kept = sorted(self.open)[:keep] if keep is not None else sorted(self.open)
        self.refuse_above = kept[-1] if kept else 0
        frame = GoAwayFrame(0, last_stream_id=self.refuse_above, error_code=0,
                            additional_data=b'{"reason":"Shutdown"}')
        self.transport.write(self.h2.data_to_send() + frame.serialize())
        self.open = {stream for stream in self.open if stream <= self.refuse_above}
        self.streams = {stream: state for stream, state in self.streams.items() if stream <= self.refuse_above}


class Proxy:
    """CONNECT and nothing else, as a firewall's proxy allows it."""

    def __init__(self, service):
        self.service = service

    async def serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b" ", 2)
        if method != b"CONNECT" or b"authorization:" in head.lower():
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return writer.close()
        self.service.counters.proxied += 1
        host, _, port = target.decode().rpartition(":")
        other_reader, other_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(self.pump(reader, other_writer), self.pump(other_reader, writer))

    @staticmethod
    async def pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()


class Control:
    """One line of the control port."""

    def __init__(self, service):
        self.service = service

    async def serve(self, reader, writer):
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self.obey(json.loads(line), writer)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.service.subscribers.discard(writer)
            writer.close()

    def obey(self, order, writer):
        action = getattr(self, "do_" + order.get("do", ""), None)
        if action is None:
            return {"ok": False, "why": f"unknown order {order.get('do')!r}"}
        return {"ok": True, **(action(order, writer) or {})}

    def do_subscribe(self, order, writer):
        self.service.subscribers.add(writer)

    def do_answer(self, order, writer):
        self.service.rules.append(Rule(order))

    def do_clear(self, order, writer):
        self.service.rules.clear()

    def do_stats(self, order, writer):
        return {**vars(self.service.counters), "open_connections": len(self.service.connections),
                "apns_tokens": len(self.service.apns.seen)}

    def do_limit(self, order, writer):
        self.service.first_streams, self.service.streams = order.get("first", 0), order.get("then", 1000)

    def do_goaway(self, order, writer):
        for connection in self.service.connections:
            connection.go_away(order.get("keep"))

    def do_mute(self, order, writer):
        self.service.muted = order.get("new", False)
        for connection in self.service.connections:
            connection.muted = True

    def do_close(self, order, writer):
        for connection in list(self.service.connections):
            connection.transport.abort()

    def do_expire(self, order, writer):
        self.service.apns.expired.update(self.service.apns.seen)
        self.service.fcm.access.clear()

    def do_forget(self, order, writer):
        self.service.counters = Counters()
        self.service.apns.seen.clear()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    made = push_credentials
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--credentials", metavar="DIR", help="make what is missing there, and use it")
    parser.add_argument("--cert", help="PEM chain of this server")
    parser.add_argument("--key", help="PEM key of this server")
    parser.add_argument("--apns-public-key", metavar="PEM")
    parser.add_argument("--key-id", default=made.KEY_ID)
    parser.add_argument("--team-id", default=made.TEAM_ID)
    parser.add_argument("--topic", action="append", help=f"default: {made.BUNDLE_ID} with and without .voip")
    parser.add_argument("--fcm-service-account-public", metavar="PEM")
    parser.add_argument("--fcm-client-email", default=made.CLIENT_EMAIL)
    parser.add_argument("--fcm-key-id", default=made.PRIVATE_KEY_ID)
    parser.add_argument("--fcm-project", default=made.PROJECT)
    parser.add_argument("--client-ca", metavar="PEM", help="of the clients that need no APNs token")
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--token-uri", help="default: https://HOST:PORT/token")
    parser.add_argument("--access-seconds", type=int, default=3600, help="life of an access token")
    parser.add_argument("--first-streams", type=int, default=0, help="streams granted before the first good token")
    parser.add_argument("--max-streams", type=int, default=1000)
    parser.add_argument("--answer", action="append", default=[], metavar="JSON", help="a rule from the start")
    parser.add_argument("--output", help="file for the events (default: standard output)")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when standard input closes")
    options = parser.parse_args()
    options.topic = options.topic or [made.BUNDLE_ID + ".voip", made.BUNDLE_ID]
    if options.credentials:
        folder = options.folder = push_credentials.make_missing(options.credentials)
        options.cert, options.key = options.cert or folder / "server.pem", options.key or folder / "server.key"
        options.client_ca = options.client_ca or folder / "ca.pem"
        options.webhook_secret = options.webhook_secret or (folder / "webhook.secret").read_text().strip()
        options.apns_public_key = options.apns_public_key or folder / "AuthKey.pub"
        options.fcm_service_account_public = options.fcm_service_account_public or folder / "fcm.pub"
    needed = ("cert", "key", "apns_public_key", "fcm_service_account_public")
    missing = ["--" + name.replace("_", "-") for name in needed if not getattr(options, name)]
    if missing:
        parser.error(f"without --credentials these are needed: {' '.join(missing)}")
    return options


def load_public(path):
    return serialization.load_pem_public_key(pathlib.Path(path).read_bytes())


async def run(options):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.cert, options.key)
    context.set_alpn_protocols(["h2"])
    if options.client_ca:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(options.client_ca)
    service = Service(push_checks.Apns(load_public(options.apns_public_key), options.key_id, options.team_id,
                                       options.topic),
                      push_checks.Fcm(options.fcm_project),
                      push_checks.OAuth(load_public(options.fcm_service_account_public), options.fcm_key_id,
                                        options.fcm_client_email),
                      push_checks.Webhook(options.webhook_secret), options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service), options.host, options.port, ssl=context,
                                      backlog=1024)
    proxy = await asyncio.start_server(Proxy(service).serve, "127.0.0.1", 0)
    control = await asyncio.start_server(Control(service).serve, "127.0.0.1", options.control_port, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    options.token_uri = options.token_uri or f"https://{options.host}:{port}/token"
    if options.credentials:
        push_credentials.write_service_account(options.folder, options.token_uri)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_stdin:
        loop.add_reader(0, lambda: os.read(0, 4096) or stop.set())
    print(json.dumps({"event": "ready", "port": port, "control_port": control.sockets[0].getsockname()[1],
                      "proxy_port": proxy.sockets[0].getsockname()[1], "pid": os.getpid(), "token_uri": options.token_uri}), flush=True)
    await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(parse_options()))
