# SPDX-License-Identifier: Apache-2.0
"""Tests of the Debian package, as scripts/package-root has installed it in a Debian of its own."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from peers.wakeline import BUILD  # noqa: E402

FOLDER = BUILD / "package"


@pytest.fixture(scope="session")
def root():
    """The folder that is / for the installed package."""
    if (FOLDER / "impossible").exists():
        pytest.skip((FOLDER / "impossible").read_text().strip())
    return FOLDER / "root"
