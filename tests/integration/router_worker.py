"""A worker of the whole router, forked: `lead-router worker` as an operator starts it, in a process that has imported all.

In: settings as environment, arguments of the command line, a file in which it tells where its transactions stand. It is
run by the nursery; test_router_commands.py starts the same command without it.
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


class Wish(msgspec.Struct, frozen=True):
    """How one worker is to run."""

    folder: str
    environment: dict[str, str]
    arguments: list[str]
    moments: str
    orders: Orders = Orders()


def install(path: Path, orders: Orders) -> None:
    """Make the writers of this process tell their moments: a slot for each (agent, partition)."""

    def slot_of(transactional_id: str) -> int:
        _, agent, partition = transactional_id.rsplit("-", 2)
        return AGENTS.index(agent) * MOST_PARTITIONS + int(partition)

    wrap_transactions(slot_of, Moments(path), orders, random.Random(orders.flaky_seed))


def main(arguments: list[str]) -> None:
    """Run one command of `lead-router`."""
    wish = msgspec.json.decode(arguments[0], type=Wish)
    os.chdir(wish.folder)  # a .env of the directory the tests were started in is not for these
    os.environ.update(wish.environment)
    install(Path(wish.moments), wish.orders)
    sys.argv = ["lead-router", *wish.arguments]
    command_line()
