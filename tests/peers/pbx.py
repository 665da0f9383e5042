# SPDX-License-Identifier: Apache-2.0
"""A PBX stand-in on UDP: digest registrar, answers OPTIONS, places and takes calls."""

import hashlib
import re
import secrets

from peers.sip import UdpTransport, UserAgent, tag, uri


class Pbx(UserAgent):
    """`users`: number -> password; an empty dict registers everybody without a challenge."""

    def __init__(self, domain, users=None, max_expires=604800, log=None):
        super().__init__("pbx", domain, log)
        self.users, self.max_expires = users or {}, max_expires
        self.contacts = {}  # number -> {contact URI: seconds}
        self.options_seen = 0
        self.registers = []  # every REGISTER
        self._nonce = secrets.token_hex(16)

    async def open(self, host="127.0.0.1", port=0, remote=None):
        self.attach(await UdpTransport.open(host, port, remote))
        return self

    # The agent's own Contact carries no domain of the phones.
    @property
    def port(self):
        return self.transport.local[1]

    def handle(self, message):
        if message.is_request and message.method == "OPTIONS":
            self.options_seen += 1
            self.answer(message, 200, "OK")
            return True
        if message.is_request and message.method == "REGISTER":
            self._register(message)
            return True
        return False

    def _register(self, request):
        self.registers.append(request)
        number = re.match(r"sips?:([^@;]+)", uri(request.get("To")))[1]
        if self.users:
            if number not in self.users:
                self.answer(request, 404, "Not Found")
                return
            if not self._authentic(request, self.users[number]):
                challenge = f'Digest realm="{self.domain}", nonce="{self._nonce}", algorithm=MD5, qop="auth"'
                self.answer(request, 401, "Unauthorized", [("WWW-Authenticate", challenge)])
                return
        contacts = self.contacts.setdefault(number, {})
        for value in request.all("Contact"):
            seconds = re.search(r">.*;expires=(\d+)", value) or re.match(r"(\d+)", request.get("Expires", "3600"))
            granted = min(int(seconds[1]), self.max_expires)
            contacts.pop(uri(value), None)
            if granted:
                contacts[uri(value)] = granted
        headers = [("Contact", f"<{c}>;expires={s}") for c, s in contacts.items()]
        self.answer(request, 200, "OK", headers + self._authentication_info(request, number))

    def _fields(self, request):
        value = request.get("Authorization")
        return {k: q or v for k, q, v in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', value)}

    @staticmethod
    def _md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    def _response(self, fields, a2, password):
        ha1 = self._md5(f"{fields['username']}:{self.domain}:{password}")
        return self._md5(f"{ha1}:{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}:{self._md5(a2)}")

    def _authentic(self, request, password):
        fields = self._fields(request)
        if fields.get("nonce") != self._nonce or fields.get("uri") != request.uri:
            return False
        return fields.get("response") == self._response(fields, f"{request.method}:{fields['uri']}", password)

    def _authentication_info(self, request, number):
        fields = self._fields(request)
        if not fields:
            return []
        proof = self._response(fields, f":{fields['uri']}", self.users[number])
        return [("Authentication-Info",
                 f'qop=auth, rspauth="{proof}", cnonce="{fields["cnonce"]}", nc={fields["nc"]}')]

    def call(self, number, sdp, caller="2000", name="Front Desk", headers=()):
        """INVITE to the newest contact that Wakeline registered for the number."""
        target = list(self.contacts[number])[-1]
        self.user, keep = caller, self.user
        try:
            return self.invite(target, sdp, headers, to=f"sip:{number}@{self.domain}", from_display=name)
        finally:
            self.user = keep

    def all_to_tags(self, call_id):
        return {tag(m.get("To")) for m in self.received if m.status > 100 and m.get("Call-ID") == call_id}
