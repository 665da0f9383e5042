# SPDX-License-Identifier: Apache-2.0
"""SIPp as the PBX: its built-in scenarios, or a file of ours, on UDP or TCP."""

import pathlib
import subprocess

MODES = {"udp": "u1", "tcp": "t1"}


class Sipp:
    """`scenario` is "uac" (places calls to `remote`), "uas" (takes them) or the path of a file. Ends by itself after
    `calls`, or with an error after `timeout` seconds."""

    def __init__(self, folder, scenario, port, transport="udp", remote=None, host="127.0.0.1", calls=1, options=(),
                 timeout=30):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.command = ["sipp", "-sf" if str(scenario).endswith(".xml") else "-sn", str(scenario), "-i", host, "-p", str(port), "-t", MODES[transport], "-m", str(calls),
                        "-nostdin", "-timeout", str(timeout), "-timeout_error", "-trace_err", "-mi", host, *options]
        if remote:
            self.command.append(f"{remote[0]}:{remote[1]}")
        self.process = None

    def start(self):
        self._log = open(self.folder / "sipp.log", "wb")
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=self._log, stderr=self._log,
                                        stdin=subprocess.DEVNULL)
        return self

    def errors(self):
        files = sorted(self.folder.glob("*_errors.log"))
        return (self.folder / "sipp.log").read_text(errors="replace")[-1500:] + "".join(f.read_text()[-3000:] for f in files)

    def status(self):
        """None while it runs, else its exit status: 0 when every call went as the scenario says."""
        return self.process.poll()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
