# SPDX-License-Identifier: Apache-2.0
"""What the measurements share: how they are run, and how a figure is told."""

import asyncio
import json
import pathlib
import sys
import tempfile


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
