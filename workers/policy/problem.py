"""A problem of a policy file: its place, what was found and what is expected."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_QUOTED = 80


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem. ``line`` and ``column`` count from 1. ``key`` is the path of the key, as ``stages.mql.bar``."""

    file: str
    line: int
    column: int
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.key or 'the file'}: found {self.found}, expected {self.expected}"
        )


class PolicyError(Exception):
    """The policy is not valid and was not loaded. ``problems`` are sorted by their place in the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))  # two desks may share a key by `like`: report it once
        super().__init__("\n".join(str(problem) for problem in self.problems))


def quote(text: str) -> str:
    """Return a value of the file for a message: in quotes, on one line, at most 80 characters."""
    one_line = " ".join(text.split())
    return f'"{one_line}"' if len(one_line) <= _MOST_QUOTED else f'"{one_line[:_MOST_QUOTED]}..."'
