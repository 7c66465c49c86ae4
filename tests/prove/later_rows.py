"""Row types of a later release: each that is named here has one more field, which its workers write.

The field is added to the source of the module before it is imported, so every part of the program uses the later row type.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

CHANGED: Final = {
    "workers.visitors.rows": "VisitorRow",
    "workers.accounts.state.account": "AccountRow",
    "workers.accounts.state.lead": "LeadRow",
    "workers.desks.rows": "RotationRow",
}
"""The row type with a later field, by module."""
FIELD: Final = "    field_of_a_later_release: int = __import__('msgspec').field(default_factory=lambda: 7)\n"
"""A factory, because rows leave out a field that has its default."""


class LaterRows(importlib.abc.MetaPathFinder):
    """Finds the changed modules, and loads them with the later field."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a changed module, or None for any other module."""
        if name not in CHANGED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _LaterLoader(name, spec.origin)
        return spec


class _LaterLoader(importlib.machinery.SourceFileLoader):
    def get_data(self, path: str) -> bytes:
        """Return the source with the later field. Compiled files are not used."""
        if not path.endswith(".py"):
            raise OSError("a changed module has no compiled file")
        return later_source(super().get_data(path).decode(), CHANGED[self.name]).encode()

    def set_data(self, path: str, data: object, *, _mode: int = 0o666) -> None:
        """Write no compiled file: this release must not find it."""


def later_source(source: str, row_type: str) -> str:
    """Return the source of a module whose row type has the later field at its end."""
    match = re.search(
        rf"^class {row_type}\(.*?\n(?=\S)|^class {row_type}\(.*\Z", source, re.MULTILINE | re.DOTALL
    )
    if match is None:
        raise ValueError(f"no row type {row_type} to change")
    body = match.group().rstrip("\n") + "\n"
    return source[: match.start()] + body + FIELD + "\n\n" + source[match.end() :]


def install() -> None:
    """Use the later row types in this process. Call it before the program is imported."""
    sys.meta_path.insert(0, LaterRows())
