"""Compares the full way in two checkouts: `python -m bench.two_trees OTHER [ROUNDS]`, about two and a half minutes a round.

The checkouts take turns on the same machine, so that a slow minute meets both. Each runs its own code with this Python.
The middle figures of ROUNDS rounds count. Exit code 1 if this checkout is more than MOST_SLOWER slower than OTHER.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
MOST_SLOWER = 0.05
_MEASURE = """
import dataclasses, json
from bench import full_way
print(json.dumps(dataclasses.asdict(full_way.measure(2))))
"""


def _measure(tree: Path) -> dict[str, float]:
    """Return the figures of :class:`bench.full_way.FullWay` of one checkout."""
    env = os.environ | {"PYTHONPATH": str(tree)}
    command = [sys.executable, "-c", _MEASURE]
    run = subprocess.run(command, cwd=tree, env=env, check=True, stdout=subprocess.PIPE)
    figures: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return figures


def main(other: Path, rounds: int) -> int:
    """Print the figures of both checkouts and their ratio."""
    found: dict[str, list[dict[str, float]]] = {"other": [], "this": []}
    for number in range(rounds):
        for name, tree in (("other", other), ("this", HERE))[:: 1 if number % 2 == 0 else -1]:
            found[name].append(_measure(tree))
            print(name, found[name][-1], flush=True)
    middle = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }
    for key in ("events_per_s", "p50_ms", "p99_ms"):
        was, now = middle["other"][key], middle["this"][key]
        print(f"{key}: other {was:,.0f}, this {now:,.0f}, ratio {now / was:.3f}")
    ratio = middle["this"]["events_per_s"] / middle["other"]["events_per_s"]
    return 0 if ratio >= 1 - MOST_SLOWER else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 3))
