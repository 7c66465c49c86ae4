"""The values of a mutation: a patch that removes one fix from the code, and the test that must notice it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Edit:
    """Replaces ``old`` by ``new`` in ``file``. ``old`` must occur exactly once."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> str:
        """Return the changed text. Raises AssertionError if the edit does not apply, SyntaxError if the result is invalid."""
        text = (root / self.file).read_text("utf-8")
        found = text.count(self.old)
        assert found == 1, f"{self.file}: found {found} times, expected once:\n{self.old}"
        assert self.new != self.old
        changed = text.replace(self.old, self.new)
        ast.parse(changed)
        return changed


@dataclass(frozen=True)
class Mutation:
    """A trap without its fix. ``test`` must fail, and its output must contain ``shows``."""

    name: str
    trap: str
    """The consequence without the fix, with a figure if it was measured."""
    edits: tuple[Edit, ...]
    test: str
    """The test as file::function, relative to tests/."""
    shows: str

    @property
    def test_file(self) -> Path:
        """The path of the test's file."""
        return ROOT / "tests" / self.test.split("::")[0]

    @property
    def test_name(self) -> str:
        """The name of the test function, without its parameters."""
        return self.test.split("::")[1].split("[")[0]


def without(file: str, text: str) -> Edit:
    """Return an edit that removes a text."""
    return Edit(file, text, "")
