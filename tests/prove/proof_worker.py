"""A forked worker of the proof: `lead-router worker` of this release, or of a later one with other row types.

In: one JSON object with the folder, the environment and the release. The nursery of the integration tests imports this module
once and forks each worker. Nothing of the worker is replaced; it is stopped and cut off from outside only.

The later release adds a field to the rows of visitors, accounts, leads and desks, as a release may do. Each worker of the later release
writes it, and workers of this release read such rows during a rolling restart.
"""

from __future__ import annotations

import os
import sys

import msgspec

import workers.app  # noqa: F401 - imported before the fork: it takes seconds
from workers.cli import main as command_line


class ProofRun(msgspec.Struct, frozen=True):
    """The folder and environment of one worker."""

    folder: str
    environment: dict[str, str]


def main(arguments: list[str]) -> None:
    """Run one worker until it is stopped."""
    run = msgspec.json.decode(arguments[0], type=ProofRun)
    os.chdir(run.folder)  # the .env file of the directory in which the run was started must not apply
    os.environ.update(run.environment)
    sys.argv = ["lead-router", "worker"]
    command_line()
