#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What registrations cost: one REGISTER over TLS beside Kamailio, a hundred thousand bindings at start, and one asleep.

Prints one JSON object a line. CPU time is that of all threads of the process, or of Kamailio's processes, from the
kernel's scheduler; memory is resident. Run by `make bench`.
"""

import asyncio
import pathlib
import sqlite3
import statistics
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from bench.measure import cpu_us, family, report, run  # noqa: E402
from bench.register_load import Registration  # noqa: E402
from peers.kamailio import Kamailio  # noqa: E402
from peers.site import DOMAIN, Site  # noqa: E402
from peers.sip import StreamTransport  # noqa: E402

PHONES, WARM_UP, EACH, ROUNDS = 200, 5, 10, 15
BINDINGS = 100_000


class Load:
    """Phones that refresh their registrations by digest, each on a TLS connection of its own."""

    def __init__(self, host, port, ca, password):
        self.host, self.port, self.password = host, port, password
        self.context = ssl.create_default_context(cafile=str(ca))
        self.phones = []

    async def open(self):
        for number in range(1000, 1000 + PHONES):
            transport = await StreamTransport.open(self.host, self.port, self.context)
            self.phones.append(Registration(number, transport, DOMAIN, self.password(number)))
        await self.run(WARM_UP)
        return self

    async def run(self, each):
        await asyncio.gather(*(phone.many(each) for phone in self.phones))


def local_site(folder):
    """Mode local, the numbers 1000 to 1999 with the password secret-<number>; quiet logs."""
    site = Site(folder)
    users = site.folder / "users.yaml"
    users.write_text("".join(f"'{n}': {{password: secret-{n}}}\n" for n in range(1000, 2000)))
    users.chmod(0o600)
    site.settings["registration"].update(mode="local", users=str(users))
    site.settings["log"]["level"] = "min"
    site.use_pbx(9, options_interval="0s")
    return site


async def register_cost(folder):
    """With so many connections Kamailio now and then leaves one without an answer: then both begin anew."""
    for attempt in range(3):
        try:
            return await register_rounds(folder / str(attempt))
        except TimeoutError:
            print("register_cost: a REGISTER without an answer, once more", file=sys.stderr)
    raise TimeoutError("a server leaves REGISTERs without an answer")


async def register_rounds(folder):
    """Rounds take turns, so that what else the machine does meets both alike; their median is told."""
    site = local_site(folder)
    chain, key = (site.settings["certificates"]["public"][name] for name in ("chain", "key"))
    peer = Kamailio(folder / "kamailio", DOMAIN, tls=(chain, key))
    try:
        daemon = site.start()
        peer.start()
        password = "secret-{}".format
        ours = await Load(site.host, site.ports["tls"], site.authority.cert, password).open()
        theirs = await Load(peer.host, peer.tls_port, site.authority.cert, password).open()
        pids = {"ours": [daemon.process.pid], "theirs": list(family(peer.process.pid))}
        spent = {"ours": [], "theirs": []}
        for _ in range(ROUNDS):
            for who, load in (("ours", ours), ("theirs", theirs)):
                before = cpu_us(pids[who])
                await load.run(EACH)
                spent[who].append((cpu_us(pids[who]) - before) / (PHONES * EACH))
        value, peer_value = statistics.median(spent["ours"]), statistics.median(spent["theirs"])
        report("register_tls_cpu", value, "us", PHONES * EACH * ROUNDS, peer="kamailio", peer_value=round(peer_value, 3),
               ratio=round(value / peer_value, 3))
    finally:
        site.stop()
        peer.stop()


def fill(database, number):
    """That many sleeping phones, as a site of phones with push data has them."""
    now = int(time.time() * 1000)
    columns = [row[1] for row in database.execute("PRAGMA table_info(bindings)")]
    rows = []
    for n in range(number):
        aor = f"sip:{100000 + n}@{DOMAIN}"
        row = {"id": n + 1, "aor": aor,
               "contact": f"sip:{100000 + n}@10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}:{20000 + n % 40000};transport=tls",
               "instance_id": f"urn:uuid:00000000-0000-4000-8000-{n:012x}", "reg_id": 1, "call_id": f"{n:032x}", "cseq": 7,
               "push_provider": "apns", "push_param": "TEAM123456.com.example.phone.voip", "push_prid": f"{n:064x}",
               "user_agent": "LinphoneiOS/5.2.4 (iPhone) LinphoneSDK", "transport": "TLS",
               "received": f"198.51.{n >> 8 & 255}.{n & 255}:{20000 + n % 40000}",
               "upstream_contact": f"{n:024x}", "upstream_cseq": 9, "expires": now + 604_800_000, "registered": now,
               "push_expires": now + 3_000_000_000}
        rows.append([row.get(name, 0 if name.endswith("expires") else "") for name in columns])
    database.executemany(f"INSERT INTO bindings VALUES ({', '.join('?' * len(columns))})", rows)
    database.executemany("INSERT INTO users VALUES (?)", [(f"sip:{100000 + n}@{DOMAIN}",) for n in range(number)])
    database.commit()


async def bindings_at_start(folder):
    """CPU time from the start until the daemon serves, with the bindings and without any; the same for memory."""
    site = local_site(folder)
    used = {}
    try:
        for number in (0, BINDINGS):
            if number:
                database = sqlite3.connect(site.settings["store"]["path"])
                fill(database, number)
                database.close()
            daemon = site.start()
            assert daemon.json("status")["registrations"]["devices"] == number
            used[number] = cpu_us([daemon.process.pid]) / 1e6, daemon.resident_kb()
            site.daemon.stop()
        report("bindings_load_cpu", used[BINDINGS][0] - used[0][0], "s", BINDINGS)
        report("binding_memory", (used[BINDINGS][1] - used[0][1]) / BINDINGS, "KB", BINDINGS)
    finally:
        site.stop()


MEASUREMENTS = (register_cost, bindings_at_start)


if __name__ == "__main__":
    run(MEASUREMENTS)
