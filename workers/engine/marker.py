"""The crash marker: a file that names the records being decided, so that one record cannot crash a worker for ever.

The task writes it before it decides a batch and clears it afterwards. If a task finds it at its start, the process died
while it decided these records: they are suspects, and are decided one by one. A suspect that crashes the process alone
is condemned: it is buried, that is, written to the dead letters without being decided. All others are decided.

Timers run before a record is decided, and a timer may crash the process too. So each timer is named in the file while it
runs. A timer that crashes the process twice is buried; the record behind it stays innocent.

The file survives kill -9, because the kernel has the written bytes. A power cut may lose it, which costs one more crash
and no record. A kill from outside looks like a crash. So a record is buried only after two crashes, the second while it
was decided alone. A worker that is stopped in the normal way finishes deciding (:meth:`CrashMarker.clear` in a
``finally``).
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from workers.engine.api import Timer

Spans = dict[str, tuple[int, int]]
"""The first and the last offset of some records, per topic."""


class Verdict(StrEnum):
    """How to decide the next records: in a batch, one by one, or not at all (bury)."""

    NORMAL = "normal"
    ONE_BY_ONE = "one_by_one"
    BURY = "bury"


class _State(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of the file, as JSON on its first line."""

    deciding: Spans = {}
    """Records that are being decided: a batch or one suspect. Empty between batches."""
    single: bool = False
    """Whether ``deciding`` is a single record that was a suspect before."""
    suspects: Spans = {}
    """Records of a batch that crashed, less those decided since."""
    left: int = 0
    """How many more records are decided one by one. It ends the slow mode if suspects never come again. 0: no suspects."""
    condemned: tuple[tuple[str, int], ...] = ()
    """Records, as (topic, offset), that crashed the process while they were decided alone."""
    timer: str = ""
    """The timer that is running. Empty: none."""
    suspect_timers: tuple[str, ...] = ()
    """Timers that have crashed the process once."""
    condemned_timers: tuple[str, ...] = ()
    """Timers that have crashed the process twice."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_State).decode
_END = b"\n"  # only the first line counts, so one write replaces a longer text without truncating the file
_MOST_BYTES = 65_536
_PATIENCE = (
    1_000  # records; records of other topics may come between the suspects, because topics are merged by time
)


class CrashMarker:
    """The marker of one (agent, partition), in the file ``path``. The folder must exist. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._state = _state_at_start(_read(self._file))

    def verdict(self, topic: str, offset: int) -> Verdict:
        """Return how to decide the batch that begins with this record.

        ``BURY`` applies to this record alone. A topic's records are asked about in order, so suspects with a smaller
        offset are forgotten.
        """
        state = self._state
        if not state.suspects and not state.condemned:
            return Verdict.NORMAL
        condemned = tuple((name, at) for name, at in state.condemned if name != topic or at >= offset)
        self._state = _idle_state(
            state, _without(state.suspects, topic, before=offset), state.left, condemned
        )
        if (topic, offset) in condemned:
            return Verdict.BURY
        return Verdict.ONE_BY_ONE if self._state.suspects or condemned else Verdict.NORMAL

    def mark(self, records: Spans) -> None:
        """Write the records that are about to be decided."""
        single = _count(records) == 1 and all(
            _holds(self._state.suspects, topic, records[topic][0]) for topic in records
        )
        self._state = msgspec.structs.replace(self._state, deciding=records, single=single)
        self._write(_encode(self._state))

    def is_condemned(self, timer: Timer) -> bool:
        """Whether the timer has crashed the process twice, so that it must not run again."""
        return _name_of(timer) in self._state.condemned_timers

    def mark_timer(self, timer: Timer) -> None:
        """Write the timer that is about to run."""
        self._state = msgspec.structs.replace(self._state, timer=_name_of(timer))
        self._write(_encode(self._state))

    def clear_timer(self) -> None:
        """Clear the mark of a timer, if there is one: the record itself is decided next."""
        if self._state.timer:
            self._state = msgspec.structs.replace(self._state, timer="")
            self._write(_encode(self._state))

    def clear(self) -> None:
        """Clear the mark: the records are decided, or deciding them failed without a crash."""
        state = self._state
        suspects = state.suspects
        for topic, (_, last) in state.deciding.items():
            suspects = _without(suspects, topic, before=last + 1)
        self._state = _idle_state(state, suspects, state.left - _count(state.deciding), state.condemned)
        self._write(_encode(self._state) if self._state.left else b"")

    def close(self) -> None:
        """Close the file and keep its content."""
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


def _name_of(timer: Timer) -> str:
    """Return what identifies a timer. One that is set again later has another due time."""
    return f"{timer.due_ms} {timer.kind} {timer.key}"


def _state_at_start(state: _State) -> _State:
    """Return the state after a start: records in ``deciding`` become suspects, a single suspect becomes condemned.

    If a timer was running, it was the timer that crashed the process.
    """
    if state.timer:
        again = state.timer in state.suspect_timers
        once = tuple(name for name in state.suspect_timers if name != state.timer)
        return msgspec.structs.replace(
            state,
            deciding={},
            single=False,
            timer="",
            left=max(state.left, _PATIENCE),
            suspect_timers=once if again else (*once, state.timer),
            condemned_timers=(*state.condemned_timers, state.timer) if again else state.condemned_timers,
        )
    if not state.deciding:
        return state
    suspects = state.suspects
    if state.single:
        topic, (offset, _) = next(iter(state.deciding.items()))
        condemned = (*state.condemned, (topic, offset))
        return _idle_state(
            state, _without(suspects, topic, before=offset + 1), max(state.left, _PATIENCE), condemned
        )
    for topic, (first, last) in state.deciding.items():
        known = suspects.get(topic, (first, last))
        suspects = suspects | {topic: (min(first, known[0]), max(last, known[1]))}
    return _idle_state(state, suspects, max(_count(suspects), _PATIENCE), state.condemned)


def _idle_state(state: _State, suspects: Spans, left: int, condemned: tuple[tuple[str, int], ...]) -> _State:
    """Return the state between batches. It is empty if there are no suspects, or ``left`` has run out."""
    timers = (state.suspect_timers, state.condemned_timers)
    if left <= 0 or not (suspects or condemned or any(timers)):
        return _State()
    return _State(
        suspects=suspects,
        left=left,
        condemned=condemned,
        suspect_timers=state.suspect_timers,
        condemned_timers=state.condemned_timers,
    )


def _holds(spans: Spans, topic: str, offset: int) -> bool:
    first, last = spans.get(topic, (0, -1))
    return first <= offset <= last


def _without(spans: Spans, topic: str, before: int) -> Spans:
    """Return the spans without the offsets of ``topic`` that are smaller than ``before``."""
    if topic not in spans:
        return spans
    first, last = spans[topic]
    rest = {name: span for name, span in spans.items() if name != topic}
    return rest if before > last else rest | {topic: (max(first, before), last)}


def _count(spans: Spans) -> int:
    return sum(last - first + 1 for first, last in spans.values())
