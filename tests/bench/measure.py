# SPDX-License-Identifier: Apache-2.0
"""What the measurements share: how they are run, and how a figure is told."""

import asyncio
import json
import pathlib
import ssl
import sys
import tempfile

from peers.pbx import Pbx
from peers.site import DOMAIN, Site


def family(pid):
    """The ids of a process and of all that came from it."""
    yield pid
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def cpu_us(pids):
    """CPU time that the threads of these processes have used, in microseconds."""
    tasks = (task for pid in pids for task in pathlib.Path(f"/proc/{pid}/task").iterdir())
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1000


class Bench:
    """A site with quiet logs; local registration of the numbers 1000 to 1999 with the password pw."""

    def __init__(self, folder, **media):
        self.site = Site(folder)
        users = self.site.folder / "users.yaml"
        users.write_text("".join(f"'{n}': {{password: pw}}\n" for n in range(1000, 2000)))
        users.chmod(0o600)
        self.site.settings["registration"].update(mode="local", users=str(users))
        self.site.settings["log"]["level"] = "min"
        self.site.settings["media"].update(media)
        self.ends = [self.site.stop]

    async def use_pbx(self):
        pbx = await Pbx(DOMAIN).open(remote=(self.site.host, self.site.ports["trunk"]))
        self.ends.append(pbx.transport.close)
        self.site.use_pbx(pbx.port)
        return pbx

    def end(self):
        for end in reversed(self.ends):
            end()

    def client_context(self):
        return ssl.create_default_context(cafile=str(self.site.authority.cert))


def report(name, value, unit, n, **more):
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "n": n, **more}), flush=True)


def run(measurements):
    """Those that the command line names, or all; each with a folder of its own."""
    wanted = sys.argv[1:]
    unknown = set(wanted) - {measure.__name__ for measure in measurements}
    if unknown:
        sys.exit(f"no such measurement: {', '.join(sorted(unknown))}; there are "
                 + ", ".join(measure.__name__ for measure in measurements))
    for measure in measurements:
        if not wanted or measure.__name__ in wanted:
            with tempfile.TemporaryDirectory(prefix="wakeline-bench-") as folder:
                asyncio.run(measure(pathlib.Path(folder)))
