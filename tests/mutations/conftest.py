"""A copy of the tree to take cures out of, and a process that has imported the libraries and runs its tests."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from mutation import ROOT  # noqa: E402 - found by the line above
from nursery import Nursery  # noqa: E402 - the same

COPIED = ("workers", "schemas", "policy", "tests", "pyproject.toml")


@pytest.fixture(scope="session")
def patient_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree that is operated on."""
    tree = tmp_path_factory.mktemp("mutations") / "tree"
    ignored = shutil.ignore_patterns("__pycache__", "mutations")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="session")
def surgery() -> Iterator[Nursery]:
    """Forks processes that run one test each."""
    with Nursery("operation", HERE) as running:
        yield running
