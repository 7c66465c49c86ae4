"""The compact lines of a backtest: what a run decided about one lead, and what sales reported about it.

In: lines in the order of their decisions. Out: files that are sorted by lead, and one merged stream of several files. A
line is a JSON array. It holds lead_ids, never an address.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec


class Step(msgspec.Struct, frozen=True, array_like=True, tag="step", gc=False):
    """One step of a lead from stage to stage."""

    lead_id: str
    number: int
    """The place of the line in its run."""
    at_ms: int
    account_key: str
    before: str
    """The stage before the step. Empty for a new lead."""
    stage: str
    reasons: tuple[str, ...]
    total: int


class Handoff(msgspec.Struct, frozen=True, array_like=True, tag="handoff", gc=False):
    """One revision of a hand-off."""

    lead_id: str
    number: int
    at_ms: int
    account_key: str
    handoff_id: str
    action: str
    kind: str
    qualification: str
    """Empty if the kind has none."""
    assignee: str
    """``rep:ID``, or the id of a desk or a partner. Empty after a withdrawal."""
    route: str
    how_chosen: str
    reasons: tuple[str, ...]
    total: int
    due_ms: int
    """When the first response is due. Milliseconds UTC. 0: without a deadline."""
    fit: int
    """The points of fit in ``total``."""
    points: tuple[tuple[str, int], ...]
    """The points of each line of the explanation, as (rule, points)."""


class Score(msgspec.Struct, frozen=True, array_like=True, tag="score", gc=False):
    """A new highest score of a lead, in its part of the run."""

    lead_id: str
    number: int
    at_ms: int
    has_passed_gates: bool
    """Whether every gate passes."""
    total: int
    stage: str
    """The lead's stage after the score."""
    obstacles: tuple[str, ...]
    """The gates that fail or lack a fact, each as ``NAME STATE``."""


class SalesReport(msgspec.Struct, frozen=True, array_like=True, tag="sales", gc=False):
    """One action that sales reported about a lead. It is the same under every policy."""

    lead_id: str
    number: int
    at_ms: int
    """When sales acted. Milliseconds UTC."""
    record: int
    """The number of the record in the history, to count it once."""
    action: str


LeadLine = Step | Handoff | Score | SalesReport

_decode: Final = msgspec.json.Decoder(LeadLine).decode
_encode: Final = msgspec.json.Encoder().encode
_place: Final[Callable[[LeadLine], tuple[str, int]]] = lambda line: (line.lead_id, line.number)  # noqa: E731 - a sort key with a name


def write_sorted(path: Path, lines: Iterable[LeadLine]) -> None:
    """Write the lines into a new file, sorted by lead and then by their order in the run."""
    with path.open("wb") as file:
        file.writelines(_encode(line) + b"\n" for line in sorted(lines, key=_place))


def read_lines(path: Path) -> Iterator[LeadLine]:
    """Yield the lines of a file in their order."""
    with path.open("rb") as file:
        for text in file:
            yield _decode(text)


def merge_by_lead(runs: Sequence[Sequence[Path]]) -> Iterator[tuple[str, list[list[LeadLine]]]]:
    """Yield each lead once, with its lines in each run. Each run is a list of sorted files.

    Only the lines of one lead are in memory.
    """

    def numbered(run: int, path: Path) -> Iterator[tuple[str, int, int, LeadLine]]:
        for line in read_lines(path):
            yield line.lead_id, run, line.number, line

    streams = [numbered(run, path) for run, paths in enumerate(runs) for path in paths]
    for lead_id, rows in groupby(heapq.merge(*streams, key=lambda row: row[:3]), key=lambda row: row[0]):
        found: list[list[LeadLine]] = [[] for _ in runs]
        for _, run, _, line in rows:
            found[run].append(line)
        yield lead_id, found
