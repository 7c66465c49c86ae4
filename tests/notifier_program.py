"""A forked notifier: `lead-router notify run` in a process that has already imported all modules. The nursery runs it."""

from __future__ import annotations

import json
import os
import sys

import workers.notify.notifier  # noqa: F401 - the command imports it late; a fork should have it
from workers.cli import main as command_line


def main(arguments: list[str]) -> None:
    """Run the command in a folder, with an environment."""
    folder, environment = json.loads(arguments[0])
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = ["lead-router", "notify", "run"]
    command_line()
