"""A forked worker of a later release, whose row types have further fields (later_rows.py)."""

from __future__ import annotations

from tests.prove import later_rows

later_rows.install()

from tests.prove.proof_worker import main  # noqa: E402, F401 - imports the program with the later row types
