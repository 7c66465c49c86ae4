"""Files of history in the one order of a replay: by timestamp, topic rank, file, line.

In: JSON-lines files, sorted or not. Out: their records in order, and what could not be read. A file that is sorted by
timestamp is streamed; one that is not is held in memory while it is sorted, so it has to fit there. Each file is read
twice: the first time to know its bad lines, its order and how long it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from workers.replay.history_lines import BadLine, BadLineError, Input, read_line

_Placed = tuple[int, int, int, int, Input]


@dataclass(slots=True)
class Scan:
    """What the first reading of a file found. Times in milliseconds UTC; -1 where there was no record."""

    path: Path
    records: int = 0
    is_sorted: bool = True
    first_ms: int = -1
    last_ms: int = -1
    bad: list[BadLine] = field(default_factory=list)

    def count(self, timestamp_ms: int, previous_ms: int) -> None:
        """Count one record."""
        self.is_sorted &= timestamp_ms >= previous_ms
        self.first_ms = timestamp_ms if self.first_ms < 0 else min(self.first_ms, timestamp_ms)
        self.last_ms = max(self.last_ms, timestamp_ms)
        self.records += 1


class History:
    """Some files, scanned.

    Args:
        paths: the files; their order breaks ties.
        ranks: the input topics, each with its rank among records of one timestamp.
        check: raises BadLineError for a record that is not wanted.

    Raises:
        OSError: a file cannot be read.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        ranks: Mapping[str, int],
        check: Callable[[Input], object] = lambda read: read,
    ) -> None:
        self._ranks = ranks
        self._check = check
        self._topics = frozenset(ranks)
        self.scans = [self._scan(path) for path in paths]

    @property
    def bad(self) -> list[BadLine]:
        """The lines that could not be read, by file and line."""
        return [bad for scan in self.scans for bad in scan.bad]

    @property
    def records(self) -> int:
        """How many records there are."""
        return sum(scan.records for scan in self.scans)

    @property
    def first_ms(self) -> int | None:
        """The earliest timestamp; None where there is no record."""
        return min((scan.first_ms for scan in self.scans if scan.records), default=None)

    @property
    def last_ms(self) -> int | None:
        """The latest timestamp; None where there is no record."""
        return max((scan.last_ms for scan in self.scans if scan.records), default=None)

    def in_order(self) -> Iterator[Input]:
        """Iterate all records by (timestamp, topic rank, file, line)."""
        streams = [self._stream(number, scan) for number, scan in enumerate(self.scans)]
        for placed in heapq.merge(*streams, key=_place):
            yield placed[4]

    def _scan(self, path: Path) -> Scan:
        scan = Scan(path)
        previous_ms = -1
        for number, line in _lines(path):
            try:
                read = read_line(line, self._topics)
                self._check(read)
            except BadLineError as error:
                scan.bad.append(BadLine(path, number, str(error)))
            else:
                scan.count(read.timestamp_ms, previous_ms)
                previous_ms = read.timestamp_ms
        return scan

    def _stream(self, number: int, scan: Scan) -> Iterator[_Placed]:
        placed = self._placed(number, scan)
        if not scan.is_sorted:
            yield from sorted(placed, key=_place)
            return
        for _, ties in groupby(placed, key=_timestamp):
            yield from sorted(ties, key=_place)

    def _placed(self, number: int, scan: Scan) -> Iterator[_Placed]:
        bad = {line.line for line in scan.bad}
        for line_number, line in _lines(scan.path):
            if line_number not in bad:
                read = read_line(line, self._topics)
                yield read.timestamp_ms, self._ranks[read.topic], number, line_number, read


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Iterate (line number, line) of the lines that are not blank."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if stripped := line.strip():
                yield number, stripped


def _timestamp(placed: _Placed) -> int:
    return placed[0]


_place: Callable[[_Placed], tuple[int, int, int, int]] = lambda placed: placed[:4]  # noqa: E731 - a key, named once
