"""A policy text with other numbers. Comments and all other lines stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workers.policy.document import KeyPath, read

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION: Final[KeyPath] = ("version",)


class NoNumberError(Exception):
    """The policy has no number at a place. The text names the place."""


def with_numbers(text: str, numbers: Mapping[KeyPath, int]) -> str:
    """Return the text of a policy with other numbers at these places.

    Raises:
        NoNumberError: the text has no number at one of the places.
    """
    document = read(text, "policy")
    lines = text.splitlines(keepends=True)
    for path, number in numbers.items():
        place = document.value_places.get(path)
        if place is None:
            raise NoNumberError(".".join(map(str, path)))
        line, column = place
        before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
        found = re.match(r"\d+", after)
        if found is None:
            raise NoNumberError(".".join(map(str, path)))
        lines[line - 1] = f"{before}{number}{after[found.end() :]}"
    return "".join(lines)
