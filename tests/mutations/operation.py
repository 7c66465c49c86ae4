"""Runs one test of another tree, in a process forked from one that has imported the libraries, but nothing of ours."""

from __future__ import annotations

import os
import sys

# Imported once for all; of this project nothing, for each child takes it from its own tree.
import faust
import faust.transport.drivers.aiokafka  # noqa: F401
import pydantic  # noqa: F401
import pytest
import rocksdict  # noqa: F401
import structlog  # noqa: F401


def main(arguments: list[str]) -> None:
    """Run a test in a tree, under more environment (NAME=value); the exit status is pytest's."""
    tree, test, *environment = arguments
    os.environ |= dict(one.split("=", 1) for one in environment)
    sys.dont_write_bytecode = True
    os.chdir(tree)
    # Workers that the test starts are of that tree too.
    os.environ["PYTHONPATH"] = tree
    sys.path.insert(0, tree)
    sys.exit(
        pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--basetemp", f"{tree}/../tmp", f"tests/{test}"])
    )
