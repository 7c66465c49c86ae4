"""Fixtures: a copy of the project to which mutations are applied, and a process that runs single tests of it."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from mutation import ROOT  # noqa: E402 - on the path added above
from nursery import Nursery  # noqa: E402 - the same

COPIED = ("workers", "schemas", "policy", "tests", "pyproject.toml")


@pytest.fixture(scope="session")
def mutated_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project to a temporary folder, where mutations are applied and reverted."""
    tree = tmp_path_factory.mktemp("mutations") / "tree"
    ignored = shutil.ignore_patterns("__pycache__", "mutations")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="session")
def test_runner() -> Iterator[Nursery]:
    """Start a process that forks one process per test run."""
    with Nursery("single_test", HERE) as running:
        yield running
