"""Files of history, merged in the order of a replay: by timestamp, topic rank, file, line.

In: JSON-lines files, sorted or not. Out: their records in order, and the lines that could not be read. A file that is
sorted by timestamp is streamed. An unsorted file is read through an index in memory, about 60 bytes a record. Each file is
read twice: the first reading finds its invalid lines, whether it is sorted, and its length. An unsorted file is read once more
for its index.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from workers.replay.history_lines import BadLine, BadLineError, Input, read_line

_INDEX_BITS: Final = 40
_INDEX_MASK: Final = (1 << _INDEX_BITS) - 1
_Sortable = tuple[int, int, int, int, Input]


@dataclass(slots=True)
class Scan:
    """The result of the first reading of a file. Times are milliseconds UTC, or -1 without a record."""

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
    """The records of some files, readable in order.

    Args:
        paths: the files. Their order breaks ties.
        ranks: the input topics, each with its rank among records of one timestamp.
        check: raises BadLineError for a record that must not be used.
        scans: the results of an earlier first reading of the same files, which is then left out.

    Raises:
        OSError: a file cannot be read.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        ranks: Mapping[str, int],
        check: Callable[[Input], object] = lambda read: read,
        scans: Sequence[Scan] | None = None,
    ) -> None:
        self._ranks = ranks
        self._check = check
        self._topics = frozenset(ranks)
        self.scans = [self._scan(path) for path in paths] if scans is None else list(scans)

    @property
    def bad(self) -> list[BadLine]:
        """The lines that could not be read, in the order of files and lines."""
        return [bad for scan in self.scans for bad in scan.bad]

    @property
    def records(self) -> int:
        """The number of records in all files."""
        return sum(scan.records for scan in self.scans)

    @property
    def first_ms(self) -> int | None:
        """The earliest timestamp, or None without a record. Milliseconds UTC."""
        return min((scan.first_ms for scan in self.scans if scan.records), default=None)

    @property
    def last_ms(self) -> int | None:
        """The latest timestamp, or None without a record. Milliseconds UTC."""
        return max((scan.last_ms for scan in self.scans if scan.records), default=None)

    def in_order(self) -> Iterator[Input]:
        """Yield all records, ordered by (timestamp, topic rank, file, line)."""
        streams = [self._stream(number, scan) for number, scan in enumerate(self.scans)]
        for sortable in heapq.merge(*streams, key=_sort_key):
            yield sortable[4]

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

    def _stream(self, number: int, scan: Scan) -> Iterator[_Sortable]:
        if not scan.is_sorted:
            yield from self._read_by_index(number, scan)
            return
        sortable = self._read_sortable(number, scan)
        for _, ties in groupby(sortable, key=_timestamp):
            yield from sorted(ties, key=_sort_key)

    def _read_sortable(self, number: int, scan: Scan) -> Iterator[_Sortable]:
        bad = {line.line for line in scan.bad}
        for line_number, line in _lines(scan.path):
            if line_number not in bad:
                read = read_line(line, self._topics)
                yield read.timestamp_ms, self._ranks[read.topic], number, line_number, read

    def _read_by_index(self, number: int, scan: Scan) -> Iterator[_Sortable]:
        """Yield the records of an unsorted file in order. Only their times and places are in memory."""
        bad = {line.line for line in scan.bad}
        ranks = max(self._ranks.values()) + 1
        order: list[int] = []
        starts, numbers = array("Q"), array("Q")
        with scan.path.open("rb") as file:
            start = 0
            for line_number, line in enumerate(file, start=1):
                stripped = line.strip()
                if stripped and line_number not in bad:
                    read = read_line(stripped, self._topics)
                    time_and_rank = read.timestamp_ms * ranks + self._ranks[read.topic]
                    order.append(time_and_rank << _INDEX_BITS | len(starts))
                    starts.append(start)
                    numbers.append(line_number)
                start += len(line)
            order.sort()
            for packed in order:
                index = packed & _INDEX_MASK
                file.seek(starts[index])
                read = read_line(file.readline().strip(), self._topics)
                yield read.timestamp_ms, self._ranks[read.topic], number, numbers[index], read


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (line number, line) of the lines that are not blank."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if stripped := line.strip():
                yield number, stripped


def _timestamp(sortable: _Sortable) -> int:
    return sortable[0]


_sort_key: Callable[[_Sortable], tuple[int, int, int, int]] = lambda sortable: sortable[:4]  # noqa: E731 - a sort key with a name
