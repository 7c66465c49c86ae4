"""A forked worker of the whole router: `lead-router worker` in a process that has already imported all modules.

In: settings as environment, arguments of the command line, and a file for the progress of its transactions. The nursery
runs it. test_router_commands.py starts the same command without the nursery.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import msgspec
from moments import Moments, Orders, wrap_transactions

import workers.app  # noqa: F401 - imported before the fork: it takes seconds
from workers.cli import main as command_line

AGENTS = ("visitors", "directory", "accounts", "desks")
MOST_PARTITIONS = 16


class WorkerRun(msgspec.Struct, frozen=True):
    """The environment, arguments and files of one worker."""

    folder: str
    environment: dict[str, str]
    arguments: list[str]
    moments: str
    orders: Orders = Orders()


def install(path: Path, orders: Orders) -> None:
    """Make the producers of this process record their progress in a file, with a slot for each (agent, partition)."""

    def slot_of(transactional_id: str) -> int:
        _, agent, partition = transactional_id.rsplit("-", 2)
        return AGENTS.index(agent) * MOST_PARTITIONS + int(partition)

    wrap_transactions(slot_of, Moments(path), orders, random.Random(orders.flaky_seed))


def main(arguments: list[str]) -> None:
    """Run one command of `lead-router`."""
    run = msgspec.json.decode(arguments[0], type=WorkerRun)
    os.chdir(run.folder)  # the .env file of the directory in which the tests were started must not apply
    os.environ.update(run.environment)
    install(Path(run.moments), run.orders)
    sys.argv = ["lead-router", *run.arguments]
    command_line()
