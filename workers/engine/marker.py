"""The crash marker: which records were being decided when the process died, so that one record cannot kill it for ever.

Written before deciding, cleared after. Found again after a crash, its records are taken one by one; the one that is
being decided at the next crash is to be buried (dead-lettered undecided), the rest goes on. It outlives kill -9, for
the kernel has what was written; a power cut may lose it, which costs one more crash and no record.

A kill from outside looks like a crash: a record is buried only when two of them fall on it, the second while it is
decided alone. Whoever stops a worker on purpose lets it finish deciding (:meth:`CrashMarker.after` in a ``finally``).
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

Spans = dict[str, tuple[int, int]]
"""Per topic the first and the last offset of the records in hand."""


class Verdict(StrEnum):
    """How the next records are to be taken."""

    NORMAL = "normal"
    ONE_BY_ONE = "one_by_one"
    BURY = "bury"


class _State(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in the file, on its first line."""

    deciding: Spans = {}
    """The batch, or the single record, that is being decided."""
    single: bool = False
    """Whether it is a single record that was under suspicion."""
    suspects: Spans = {}
    """Records of the batch that crashed which were not decided since."""
    left: int = 0
    """Records yet to be taken one by one: bounds the slow way where suspects never come again. 0: nobody is suspect."""
    condemned: tuple[tuple[str, int], ...] = ()
    """Records that crashed the process alone."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_State).decode
_END = b"\n"  # the first line counts: so one write replaces all, whatever longer text stood there
_MOST_BYTES = 65_536
_PATIENCE = 1_000  # records; others may come between the suspects where several topics are merged by time


class CrashMarker:
    """The marker of one (agent, partition), in the file ``path``. Its folder must exist; raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._state = _after_crash(_read(self._file))

    def verdict(self, topic: str, offset: int) -> Verdict:
        """Say how the batch that begins with this record is to be taken.

        ``BURY`` speaks of this record alone. Records of a topic are asked about in order, so what stands before the
        record is forgotten.
        """
        state = self._state
        if not state.suspects and not state.condemned:
            return Verdict.NORMAL
        condemned = tuple((name, at) for name, at in state.condemned if name != topic or at >= offset)
        self._state = _cleared(_without(state.suspects, topic, before=offset), state.left, condemned)
        if (topic, offset) in condemned:
            return Verdict.BURY
        return Verdict.ONE_BY_ONE if self._state.suspects or condemned else Verdict.NORMAL

    def before(self, records: Spans) -> None:
        """Mark the records that are about to be decided: per topic the first and last offset."""
        single = _count(records) == 1 and all(
            _holds(self._state.suspects, topic, records[topic][0]) for topic in records
        )
        self._state = msgspec.structs.replace(self._state, deciding=records, single=single)
        self._write(_encode(self._state))

    def after(self) -> None:
        """What was marked is decided (or given up without a crash)."""
        state = self._state
        suspects = state.suspects
        for topic, (_, last) in state.deciding.items():
            suspects = _without(suspects, topic, before=last + 1)
        self._state = _cleared(suspects, state.left - _count(state.deciding), state.condemned)
        self._write(_encode(self._state) if self._state.left else b"")

    def close(self) -> None:
        """Close the file; what it says stays."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, line: bytes) -> None:
        os.pwrite(self._file, line + _END, 0)


def _read(file: int) -> _State:
    line, end, _ = os.pread(file, _MOST_BYTES, 0).partition(_END)
    if not line or not end:
        return _State()
    try:
        return _decode(line)
    except msgspec.MsgspecError:  # a power cut in the middle of a write
        return _State()


def _after_crash(state: _State) -> _State:
    """What is known after a start: whatever was being decided then is under suspicion, a single record condemned."""
    if not state.deciding:
        return state
    suspects = state.suspects
    if state.single:
        topic, (offset, _) = next(iter(state.deciding.items()))
        condemned = (*state.condemned, (topic, offset))
        return _State(
            suspects=_without(suspects, topic, before=offset + 1),
            left=max(state.left, _PATIENCE),
            condemned=condemned,
        )
    for topic, (first, last) in state.deciding.items():
        known = suspects.get(topic, (first, last))
        suspects = suspects | {topic: (min(first, known[0]), max(last, known[1]))}
    return _State(suspects=suspects, left=max(_count(suspects), _PATIENCE), condemned=state.condemned)


def _cleared(suspects: Spans, left: int, condemned: tuple[tuple[str, int], ...]) -> _State:
    """Return the state while nothing is decided; where nobody is left to suspect, or for too long, the empty one."""
    if left <= 0 or not (suspects or condemned):
        return _State()
    return _State(suspects=suspects, left=left, condemned=condemned)


def _holds(spans: Spans, topic: str, offset: int) -> bool:
    first, last = spans.get(topic, (0, -1))
    return first <= offset <= last


def _without(spans: Spans, topic: str, before: int) -> Spans:
    """Return the spans less what stands before an offset of a topic."""
    if topic not in spans:
        return spans
    first, last = spans[topic]
    rest = {name: span for name, span in spans.items() if name != topic}
    return rest if before > last else rest | {topic: (max(first, before), last)}


def _count(spans: Spans) -> int:
    return sum(last - first + 1 for first, last in spans.values())
