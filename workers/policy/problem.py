"""What is wrong with a policy file: where, what was found, what was expected."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 80


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. ``line`` and ``column`` count from 1; ``key`` is the path, as ``stages.mql.bar``."""

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
    """The policy does not pass and is not loaded; ``problems`` lists why, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))  # a key that two desks share is told once
        super().__init__("\n".join(str(problem) for problem in self.problems))


def quote(text: str) -> str:
    """Return a value of the file for a message: quoted, one line, cut."""
    one_line = " ".join(text.split())
    return f'"{one_line}"' if len(one_line) <= _SHOWN else f'"{one_line[:_SHOWN]}..."'
