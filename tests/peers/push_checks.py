# SPDX-License-Identifier: Apache-2.0
"""What APNs, FCM and Google's OAuth endpoint demand of a request, and what Wakeline promises beyond that.

Every check raises Refusal with the service's own status and reason, and with `why` for the person who reads the
test's output.
"""

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

APNS_LIMIT = 5120
APNS_ALERT_LIMIT = 4096
FCM_LIMIT = 4096
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
RESERVED = re.compile(r"(from|message_type|notification|gcm|collapse_key)$|google\.|gcm\.")
# doc/push-payload.md: what the app relies on
PAYLOAD_TEXTS = ("call", "sip_call_id", "uuid", "caller_number", "caller_name")


class Refusal(Exception):
    def __init__(self, status, reason, why):
        super().__init__(why)
        self.status, self.reason, self.why = status, reason, why


def unbase64(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url without padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_jwt(text):
    """(header, claims, signed octets, signature), or ValueError."""
    parts = text.split(".")
    if len(parts) != 3:
        raise ValueError("a JWT has three parts")
    header, claims = json.loads(unbase64(parts[0])), json.loads(unbase64(parts[1]))
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise ValueError("header and claims are objects")
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), unbase64(parts[2])


def verify_es256(key, signed, signature):
    if len(signature) != 64:
        raise ValueError(f"signature is {len(signature)} octets, not r||s of 64 (DER?)")
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    key.verify(der, signed, ec.ECDSA(hashes.SHA256()))


def check_jwt(text, expected_header, verify):
    """Header as expected and the signature good; gives the claims, or raises ValueError."""
    header, claims, signed, signature = read_jwt(text)
    for name, value in expected_header.items():
        if header.get(name) != value:
            raise ValueError(f"header {name} is {header.get(name)!r}, expected {value!r}")
    try:
        verify(signed, signature)
    except InvalidSignature:
        raise ValueError("the signature does not verify") from None
    return claims


def bearer(headers):
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def require_payload(payload, number):
    """The keys of doc/push-payload.md; `number` reads the deadline."""
    for name in PAYLOAD_TEXTS:
        if not isinstance(payload.get(name), str):
            raise ValueError(f"payload key {name} is missing or not a string")
    if not UUID.fullmatch(payload["uuid"]):
        raise ValueError(f"payload uuid is {payload['uuid']!r}")
    if number(payload.get("deadline")) <= time.time():
        raise ValueError("payload deadline is not in the future")


class Apns:
    def __init__(self, key, key_id, team_id, topics):
        self.key, self.key_id, self.team_id, self.topics = key, key_id, team_id, topics
        self.expired = set()  # tokens that a test declared expired
        self.seen = []        # distinct provider tokens, oldest first

    def check_token(self, headers):
        token = bearer(headers)
        if not token:
            raise Refusal(403, "MissingProviderToken", "no authorization: bearer")
        try:
            claims = check_jwt(token, {"alg": "ES256", "kid": self.key_id},
                               lambda signed, signature: verify_es256(self.key, signed, signature))
            if claims.get("iss") != self.team_id:
                raise ValueError(f"iss is {claims.get('iss')!r}")
            if not isinstance(claims.get("iat"), int):
                raise ValueError("iat is not an integer")
        except (ValueError, TypeError) as error:
            raise Refusal(403, "InvalidProviderToken", str(error)) from None
        age = time.time() - claims["iat"]
        if age < -60:
            raise Refusal(403, "InvalidProviderToken", f"iat is {-age:.0f} s in the future")
        if token not in self.seen:
            self.seen.append(token)
        if age > 3600 or token in self.expired:
            raise Refusal(403, "ExpiredProviderToken", f"the token is {age:.0f} s old, or was declared expired")

    def check_certificate(self, headers, certificate):
        """Who shows a certificate needs no token, and Wakeline promises to send none."""
        if "authorization" in headers:
            raise Refusal(403, "BadCertificate", f"{certificate} came with a provider token")

    def check_headers(self, headers):
        topic, kind = headers.get("apns-topic"), headers.get("apns-push-type")
        expiration, priority = headers.get("apns-expiration", ""), headers.get("apns-priority")
        voip = topic is not None and topic.endswith(".voip")
        rules = (
            (topic is None, "MissingTopic", "no apns-topic"),
            (topic not in self.topics, "TopicDisallowed", f"topic {topic!r}"),
            (kind not in (("voip",) if voip else ("alert", "background")), "InvalidPushType",
             f"push type {kind!r} for topic {topic!r}"),
            (priority != ("5" if kind == "background" else "10"), "BadPriority", f"priority {priority!r}"),
            (not expiration.isdigit() or 0 < int(expiration) <= time.time(), "BadExpirationDate",
             f"expiration {expiration!r}"),
            (not 0 < len(headers.get("apns-collapse-id", "").encode()) <= 64, "BadCollapseId",
             f"collapse id {headers.get('apns-collapse-id')!r}"),
            (not UUID.fullmatch(headers.get("apns-id", "")), "BadMessageId", f"id {headers.get('apns-id')!r}"),
        )
        for broken, reason, why in rules:
            if broken:
                raise Refusal(400, reason, why)

    def check_payload(self, body, kind):
        if not body:
            raise Refusal(400, "PayloadEmpty", "no body")
        if len(body) > (APNS_LIMIT if kind == "voip" else APNS_ALERT_LIMIT):
            raise Refusal(413, "PayloadTooLarge", f"{len(body)} octets")
        try:
            payload = json.loads(body.decode("utf-8"))
            if not isinstance(payload, dict) or not isinstance(payload.get("aps"), dict):
                raise ValueError("no aps object")
            if (kind == "voip") != ("kind" not in payload):
                raise ValueError(f"a {kind} push for {payload.get('kind', 'a call')}")
            if kind == "alert" and not isinstance(payload["aps"].get("alert"), dict):
                raise ValueError("an alert without alert")
            require_payload(payload, int)
        except (ValueError, TypeError) as error:
            raise Refusal(400, "BadPayload", str(error)) from None
        return payload

    def check(self, path, headers, body, certificate=None):
        """(token, payload) of a good push. `certificate`: the subject of the client's, if it showed one."""
        match = re.fullmatch(r"/3/device/([^/]*)", path)
        if not match:
            raise Refusal(404, "BadPath", path)
        if certificate:
            self.check_certificate(headers, certificate)
        else:
            self.check_token(headers)
        token = match[1]
        if not token:
            raise Refusal(400, "MissingDeviceToken", "no token in the path")
        if not re.fullmatch(r"([0-9a-fA-F]{2}){1,100}", token):
            raise Refusal(400, "BadDeviceToken", "not an even number of hex digits")
        self.check_headers(headers)
        return token, self.check_payload(body, headers["apns-push-type"])


class OAuth:
    def __init__(self, key, key_id, email):
        self.key, self.key_id, self.email = key, key_id, email

    def check(self, url, body):
        try:
            form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
            if form.get("grant_type") != GRANT:
                raise ValueError(f"grant_type {form.get('grant_type')!r}")
            claims = check_jwt(form.get("assertion", ""), {"alg": "RS256", "kid": self.key_id},
                               lambda signed, signature: self.key.verify(signature, signed, padding.PKCS1v15(),
                                                                         hashes.SHA256()))
            expected = {"iss": self.email, "scope": SCOPE, "aud": url}
            for name, value in expected.items():
                if claims.get(name) != value:
                    raise ValueError(f"{name} is {claims.get(name)!r}, expected {value!r}")
            issued, expires = claims.get("iat"), claims.get("exp")
            if not isinstance(issued, int) or not isinstance(expires, int):
                raise ValueError("iat and exp are integers")
            if abs(time.time() - issued) > 300 or not 0 < expires - issued <= 3600 or expires < time.time():
                raise ValueError(f"iat {issued} and exp {expires} do not fit the time {time.time():.0f}")
        except (ValueError, TypeError) as error:
            raise Refusal(400, "invalid_grant", str(error)) from None


class Fcm:
    def __init__(self, project):
        self.project = project
        self.access = {}  # access token: expiry

    def check_token(self, headers):
        token = bearer(headers)
        if self.access.get(token, 0) < time.time():
            raise Refusal(401, "UNAUTHENTICATED", "the access token is unknown or expired")

    def check(self, path, headers, body):
        """(token, data) of a good message."""
        match = re.fullmatch(r"/v1/projects/([^/]+)/messages:send", path)
        if not match:
            raise Refusal(404, "NOT_FOUND", path)
        self.check_token(headers)
        if match[1] != self.project:
            raise Refusal(403, "SENDER_ID_MISMATCH", f"project {match[1]}")
        try:
            return self.check_message(json.loads(body.decode("utf-8")))
        except (ValueError, TypeError, KeyError) as error:
            raise Refusal(400, "INVALID_ARGUMENT", str(error)) from None

    @staticmethod
    def check_message(request):
        message = request["message"]
        token, android = message["token"], message["android"]
        if set(message) - {"token", "android"} or not isinstance(token, str) or not token:
            raise ValueError(f"a message has a token and an android block, this has {sorted(message)}")
        ended = android.get("data", {}).get("kind") == "call_ended"
        if android.get("priority") != ("NORMAL" if ended else "HIGH") or android.get("ttl") != "0s":
            raise ValueError("HIGH is for what the user sees; ttl is 0s")
        if "notification" in android:
            raise ValueError("a call is data only")
        if request.get("validateOnly") or request.get("validate_only"):
            raise Refusal(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token")
        data = android.get("data", {})
        for name, value in data.items():
            if not isinstance(value, str):
                raise ValueError(f"data value of {name} is not a string")
            if RESERVED.match(name):
                raise ValueError(f"Invalid data payload key: {name}")
        if sum(len(name.encode()) + len(value.encode()) for name, value in data.items()) > FCM_LIMIT:
            raise ValueError("Android message is too big")
        require_payload(data, int)
        return token, data


class Webhook:
    """A site's own push service: a signed POST."""

    def __init__(self, secret):
        self.secret = secret

    def check(self, headers, body):
        """The body of a good request."""
        timestamp, signature = headers.get("wakeline-timestamp", ""), headers.get("wakeline-signature", "")
        expected = hmac.new(self.secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
            raise Refusal(401, "BadTimestamp", f"timestamp {timestamp!r}")
        if not hmac.compare_digest(signature, "sha256=" + expected):
            raise Refusal(401, "BadSignature", f"signature {signature!r}")
        try:
            content = json.loads(body.decode("utf-8"))
            if content.get("id") != headers.get("wakeline-id") or not UUID.fullmatch(content["id"]):
                raise ValueError(f"id {content.get('id')!r} and header {headers.get('wakeline-id')!r}")
            if content.get("kind") not in ("call", "message", "call_ended", "request", "check"):
                raise ValueError(f"kind {content.get('kind')!r}")
            if content["kind"] != "check":
                require_payload(content, int)
                for name in ("provider", "param", "token"):
                    if not isinstance(content.get(name), str):
                        raise ValueError(f"{name} is missing or not a string")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Refusal(400, "BadRequest", str(error)) from None
        return content
