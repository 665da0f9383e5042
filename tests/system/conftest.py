# SPDX-License-Identifier: Apache-2.0
"""System tests: the built programs against real peers. Ports are free ones; every process is ended by its id."""

import asyncio
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from peers.site import Site  # noqa: E402
from peers.wakeline import BUILD  # noqa: E402


def pytest_configure():
    for program in ("wakeline", "wakelinectl"):
        if not (BUILD / program).exists():
            pytest.exit(f"{BUILD / program} is not built: run make", returncode=2)


class Stage:
    """Ends what the test started, in reverse order: with its coroutine, whose loop peers may need, or after it."""

    def __init__(self, folder):
        self.folder, self._ends = folder, []

    def add(self, started, end):
        self._ends.append(end)
        return started

    def site(self, **options):
        site = Site(self.folder / "site", **options)
        return self.add(site, site.stop)

    def end(self):
        failures = []
        while self._ends:
            try:
                self._ends.pop()()
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)
        if failures:
            raise failures[0]

    async def _play(self, story, limit):
        try:
            return await asyncio.wait_for(story, limit)
        finally:
            self.end()

    def play(self, story, limit=60):
        return asyncio.run(self._play(story, limit))


@pytest.fixture
def stage(tmp_path):
    one = Stage(tmp_path)
    yield one
    one.end()
