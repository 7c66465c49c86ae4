"""A policy text with other numbers. Comments and all other lines stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workers.policy.document import KeyPath, format_path, read

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
    unknown = next((path for path in numbers if path not in document.value_places), None)
    if unknown is not None:
        raise NoNumberError(format_path(unknown))
    for path in sorted(
        numbers, key=document.value_places.__getitem__, reverse=True
    ):  # a change moves later columns
        number, (line, column) = numbers[path], document.value_places[path]
        before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
        found = re.match(r"-?\d+", after)
        if found is None:
            raise NoNumberError(format_path(path))
        lines[line - 1] = f"{before}{number}{after[found.end() :]}"
    return "".join(lines)


def with_next_version(text: str, numbers: Mapping[KeyPath, int]) -> str:
    """Return the text of a policy with other numbers at these places, and the next version.

    Raises:
        NoNumberError: the text has no number at one of the places.
    """
    version = read(text, "policy").value_at(VERSION)
    is_number = isinstance(version, str) and version.isdigit()
    return with_numbers(text, {**numbers, VERSION: int(version) + 1} if is_number else numbers)
