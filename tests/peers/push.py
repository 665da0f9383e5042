# SPDX-License-Identifier: Apache-2.0
"""The fake push service as a process, and its events as they happen."""

import asyncio
import json
import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("push_service.py")


class PushService:
    """Credentials (server certificate, AuthKey.p8, fcm.json) are made in `folder`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.events, self._arrival, self._reader_task = [], asyncio.Condition(), None

    async def start(self, *options):
        self._stderr = open(self.folder.with_suffix(".log"), "wb")
        self.process = subprocess.Popen(
            ["/usr/bin/python3", SCRIPT, "--credentials", self.folder, "--output", self.folder.with_suffix(".jsonl"),
             "--exit-with-stdin", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr)
        line = await asyncio.get_running_loop().run_in_executor(None, self.process.stdout.readline)
        if not line:
            raise RuntimeError("the push service does not start: " + self.folder.with_suffix(".log").read_text())
        ready = json.loads(line)
        self.port, control_port = ready["port"], ready["control_port"]
        self.endpoint = f"https://127.0.0.1:{self.port}"
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", control_port)
        self._answers = asyncio.Queue()
        self._reader_task = asyncio.ensure_future(self._read())
        await self.do("subscribe")
        return self

    async def _read(self):
        while line := await self._reader.readline():
            fact = json.loads(line)
            if "event" not in fact:
                await self._answers.put(fact)
                continue
            async with self._arrival:
                self.events.append(fact)
                self._arrival.notify_all()

    async def do(self, order, **words):
        self._writer.write(json.dumps({"do": order, **words}).encode() + b"\n")
        answer = await asyncio.wait_for(self._answers.get(), 5)
        assert answer["ok"], answer
        return answer

    def pushes(self, token=None):
        return [e for e in self.events if e["event"] == "push" and token in (None, e["token"])]

    async def expect_push(self, token=None, timeout=5.0, skip=0):
        """The push number `skip` (from 0) to that token."""
        async with self._arrival:
            try:
                await asyncio.wait_for(
                    self._arrival.wait_for(lambda: len(self.pushes(token)) > skip), timeout)
            except asyncio.TimeoutError:
                seen = [(e["event"], e.get("why", "")) for e in self.events[-5:]]
                raise AssertionError(f"no push within {timeout} s; the service saw {seen}") from None
        return self.pushes(token)[skip]

    def stop(self):
        if self._reader_task:
            self._reader_task.cancel()
            self._writer.close()
        self.process.stdin.close()
        self.process.wait(5)
