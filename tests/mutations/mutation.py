"""One cure taken out: the text that goes, what comes instead, and the test that must notice."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Edit:
    """In ``file``, where ``old`` stands exactly once, ``new`` is put."""

    file: str
    old: str
    new: str

    def applied(self, root: Path) -> str:
        """Return the changed text. Raises AssertionError where it does not apply, SyntaxError where it is no Python."""
        text = (root / self.file).read_text("utf-8")
        found = text.count(self.old)
        assert found == 1, f"{self.file}: found {found} times, once was expected:\n{self.old}"
        assert self.new != self.old
        changed = text.replace(self.old, self.new)
        ast.parse(changed)
        return changed


@dataclass(frozen=True)
class Mutation:
    """A trap without its cure. ``test`` goes red, and ``shows`` stands in what it says."""

    name: str
    trap: str
    """What happens without the cure; with a figure where it was measured."""
    edits: tuple[Edit, ...]
    test: str
    """file::function, below tests/."""
    shows: str

    @property
    def test_file(self) -> Path:
        """The file of the test."""
        return ROOT / "tests" / self.test.split("::")[0]

    @property
    def test_name(self) -> str:
        """The function, without its case."""
        return self.test.split("::")[1].split("[")[0]


def without(file: str, text: str) -> Edit:
    """An edit that removes a text."""
    return Edit(file, text, "")
