# SPDX-License-Identifier: Apache-2.0
"""A DNS server on loopback that knows a few addresses and SRV records."""

import asyncio
import socket
import struct

A, AAAA, SRV = 1, 28, 33


def encoded(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"


class Dns(asyncio.DatagramProtocol):
    """`hosts`: name -> IPv4 address. `services`: name -> [(priority, weight, port, host)]. `silent`: says nothing."""

    def __init__(self, hosts=None, services=None):
        self.hosts, self.services, self.silent, self.asked = hosts or {}, services or {}, False, []

    async def open(self, host="127.0.0.1"):
        self.transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, (host, 0))
        self.address = "%s:%d" % self.transport.get_extra_info("sockname")[:2]
        return self

    def close(self):
        self.transport.close()

    def datagram_received(self, data, sender):
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode().lower())
            at += data[at] + 1
        name, question = ".".join(labels), data[12:at + 5]
        kind = struct.unpack(">H", data[at + 1:at + 3])[0]
        self.asked.append((kind, name))
        if self.silent:
            return
        records = []
        if kind == A and name in self.hosts:
            records.append(socket.inet_aton(self.hosts[name]))
        if kind == SRV:
            records += [struct.pack(">HHH", *record[:3]) + encoded(record[3]) for record in self.services.get(name, [])]
        known = name in self.hosts or name in self.services
        header = data[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, len(records), 0, 0)
        answers = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 1, len(record)) + record for record in records)
        self.transport.sendto(header + question + answers, sender)
