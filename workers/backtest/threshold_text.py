"""A policy text with another threshold. Comments and all other lines stay as they are."""

from __future__ import annotations

import re
from typing import Final

from workers.policy.document import KeyPath, read

_THRESHOLDS: Final[tuple[KeyPath, ...]] = (("stages", "mql", "bar"), ("stages", "mql", "threshold"))
"""The places of the threshold. The second is another word for the first."""
_VERSION: Final[KeyPath] = ("version",)


class NoThresholdError(Exception):
    """The policy has no threshold that is written as a number."""


def with_threshold(text: str, threshold: int) -> str:
    """Return the text of a policy with another threshold and the next version.

    Raises:
        NoThresholdError: the text has no number at ``stages.mql.bar`` or ``version``.
    """
    document = read(text, "policy")
    changed = text
    version = document.value_at(_VERSION)
    place = next((path for path in _THRESHOLDS if path in document.value_places), _THRESHOLDS[0])
    values = {place: str(threshold)}
    if isinstance(version, str) and version.isdigit():
        values[_VERSION] = str(int(version) + 1)
    for path, value in values.items():
        if path not in document.value_places:
            raise NoThresholdError(".".join(map(str, path)))
        lines = changed.splitlines(keepends=True)
        line, column = document.value_places[path]
        before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
        found = re.match(r"\d+", after)
        if found is None:
            raise NoThresholdError(".".join(map(str, path)))
        lines[line - 1] = f"{before}{value}{after[found.end() :]}"
        changed = "".join(lines)
    return changed
