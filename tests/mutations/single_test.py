"""Runs one test of another tree. The process is forked from one that has imported the libraries, but not the project."""

from __future__ import annotations

import os
import sys

# Imported once for all children. The project is not imported: each child imports it from its own tree.
import faust
import faust.transport.drivers.aiokafka  # noqa: F401
import pydantic  # noqa: F401
import pytest
import rocksdict  # noqa: F401
import structlog  # noqa: F401


def main(arguments: list[str]) -> None:
    """Run ``TREE TEST NAME=value...``: one test in a tree, with added environment. The exit status is pytest's."""
    tree, test, *environment = arguments
    os.environ |= dict(pair.split("=", 1) for pair in environment)
    sys.dont_write_bytecode = True
    os.chdir(tree)
    # Workers that the test starts import the same tree.
    os.environ["PYTHONPATH"] = tree
    sys.path.insert(0, tree)
    sys.exit(
        pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--basetemp", f"{tree}/../tmp", f"tests/{test}"])
    )
