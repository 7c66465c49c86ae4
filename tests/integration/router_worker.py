"""A forked worker of the whole router: `lead-router worker` in a process that has already imported all modules.

That process has also loaded the lookup tables, which takes 2.5 s of CPU time, and the default policy.

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

import workers.app
import workers.policy.load
from workers.cli import main as command_line
from workers.config import load_config
from workers.identity.lookup_tables import load_tables
from workers.policy.load import PolicyError
from workers.policy.model import Policy
from workers.policy.problem import Problem

load_tables()
load_config(Path(__file__).parents[2] / "policy" / "default.yaml")

AGENTS = ("visitors", "directory", "accounts", "desks")
MOST_PARTITIONS = 16


class WorkerRun(msgspec.Struct, frozen=True):
    """The environment, arguments and files of one worker."""

    folder: str
    environment: dict[str, str]
    arguments: list[str]
    moments: str
    orders: Orders = Orders()
    unreadable_from: int = 0
    """The lowest version of a policy that this worker cannot read, as if its release were too old. 0: it reads all."""


def install(path: Path, orders: Orders) -> None:
    """Make the producers of this process record their progress in a file, with a slot for each (agent, partition)."""

    def slot_of(transactional_id: str) -> int:
        _, agent, partition = transactional_id.rsplit("-", 2)
        number = AGENTS.index(agent) if agent in AGENTS else len(AGENTS)  # a mapped source
        return number * MOST_PARTITIONS + int(partition)

    wrap_transactions(slot_of, Moments(path), orders, random.Random(orders.flaky_seed))


def refuse_policies(version: int) -> None:
    """Let this process refuse the text of a policy with this version or a higher one, as a release without its keys."""
    read = workers.policy.load._load

    def read_earlier(text: str, source: str, *, is_held: bool) -> Policy:
        policy = read(text, source, is_held=is_held)
        if policy.version >= version:
            raise PolicyError([Problem(source, 7, 1, "desks", "a key of a later release", "a known key")])
        return policy

    workers.policy.load._load = read_earlier  # type: ignore[assignment]


def main(arguments: list[str]) -> None:
    """Run one command of `lead-router`."""
    run = msgspec.json.decode(arguments[0], type=WorkerRun)
    os.chdir(run.folder)  # the .env file of the directory in which the tests were started must not apply
    os.environ.update(run.environment)
    if "worker" in run.arguments[:1]:
        install(Path(run.moments), run.orders)
    if run.unreadable_from:
        refuse_policies(run.unreadable_from)
    sys.argv = ["lead-router", *run.arguments]
    command_line()
