"""The demo as a new user starts it: it ends by itself, its counts add up, and it leaves no files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN_S = 150.0
TABLES = (
    "watch them in a browser: http://127.0.0.1:",
    " hand-offs (",
    "lead-router why domain:",
    "Leads per rep",
    "Not handed over, and why",
    "Dead letters",
)
"""Texts that the demo's report must contain, one of each part."""


def test_the_demo_ends_by_itself_adds_up_and_leaves_nothing(tmp_path: Path) -> None:
    ours = {"LEAD_ROUTER_", "KAFKA_BOOTSTRAP"}
    kept = {name: text for name, text in os.environ.items() if not name.startswith(tuple(ours))}
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli", "demo", "--seconds", "15"],
        cwd=ROOT,
        env=kept | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    output = done.stdout
    assert done.returncode == 0, output + done.stderr
    assert [table for table in TABLES if table not in output] == []
    reconciled = re.search(r"([\d,]+)  of ([\d,]+) web events.* produced: it adds up", output)
    assert reconciled, output
    assert reconciled[1] == reconciled[2]
    assert int(reconciled[1].replace(",", "")) > 30_000
    assert "@" not in done.stderr
    assert list(tmp_path.iterdir()) == []
