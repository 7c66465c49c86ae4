"""The later release of the proof has other row types, and each release reads the rows of the other."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.prove.later_rows import CHANGED, later_source
from workers.engine.rows import decode

ROOT = Path(__file__).parents[3]
WRITE = """
import importlib, json, sys
from tests.prove import later_release_worker
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
rows = Rows(MemoryStore())
for module, name in json.loads(sys.argv[1]).items():
    rows.put(getattr(importlib.import_module(module), name)(), name)
rows.keep()
print(json.dumps({key.split(b"\\0")[1].decode(): value.hex() for key, value in rows.changes().items()}))
"""


def test_each_later_row_has_the_field_and_this_release_reads_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE, json.dumps(CHANGED)],
        env={"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    written = {name: bytes.fromhex(value) for name, value in json.loads(done.stdout).items()}
    assert {name: msgspec.msgpack.decode(value) for name, value in written.items()} == {
        name: {"field_of_a_later_release": 7} for name in CHANGED.values()
    }
    for module, name in CHANGED.items():
        row = getattr(importlib.import_module(module), name)
        assert decode(row, written[name]) == row()


def test_a_row_type_that_is_not_in_the_module_is_refused() -> None:
    with pytest.raises(ValueError, match="no row type"):
        later_source("class OtherRow(Row):\n    pass\n", "VisitorRow")
