"""The hops over their recorded logs: what they say must be, to the byte, what was read live.

In: the records of `lead.events` and `desk.requests` as they stood in Kafka, ticks, watermarks and controls among them,
with partition, offset and headers. Out: per task what it says, in order, stamped and placed in a partition; and where
that differs from recorded outputs. Nothing is fed back: what hops say to each other is in the recorded logs already.
One thing is not reproduced: a record that crashed its worker live was buried undecided, and is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace

from workers.engine.api import AgentSpec, Config, DeadLetterEncoder, Emit, Record
from workers.engine.decide import Decider, Limits
from workers.engine.memory import MemoryStore
from workers.engine.partitioner import partition_of
from workers.replay.history_lines import BadLine, Stamp, raw_value

_RECORDS_PER_WRITE = 500


@dataclass(frozen=True, slots=True)
class TaskOutputs:
    """What one task says over its log. Every emit has a partition and a timestamp."""

    agent: str
    partition: int
    emits: list[Emit]


@dataclass(frozen=True, slots=True)
class Difference:
    """One output that is not the same live and replayed."""

    topic: str
    partition: int
    what: str

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}: {self.what}"


def replay_logs(
    specs: Mapping[str, AgentSpec],
    records: Iterable[Record],
    partitions: int,
    config: Config,
    dead_letter: DeadLetterEncoder,
    limits: Limits | None = None,
) -> list[TaskOutputs]:
    """Decide recorded logs anew, each partition from its first record with empty rows.

    Args:
        specs: the agents; those whose only source is their own log are replayed (accounts, desks).
        records: logs from their first record, in any order; records of other topics are left out.
        partitions: how many the topics had.
        config: what the workers decided by when they first started.
        dead_letter: makes the dead letter of a record.
        limits: those of the live workers.
    """
    logs: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        logs.setdefault((record.topic, record.partition), []).append(record)
    said = []
    for spec in specs.values():
        if set(spec.sources) != {spec.own_log}:
            continue
        for partition in range(partitions):
            log = sorted(logs.get((spec.own_log, partition), []), key=_offset)
            emits = _replay_log(
                Decider(spec, partition, partitions, store := MemoryStore(), config, dead_letter, limits),
                store,
                log,
            )
            said.append(TaskOutputs(spec.name, partition, [_placed(emit, partitions) for emit in emits]))
    return said


def differences(
    said: Sequence[TaskOutputs],
    recorded: Iterable[Record],
    topics: frozenset[str],
    compacted: frozenset[str] = frozenset(),
) -> list[Difference]:
    """Hold what was said for ``topics`` against what was recorded of them, key, value, headers and stamp to the byte.

    Several tasks may write one partition of a topic, in any interleaving; each task's own outputs keep their order.
    Of ``compacted`` topics a record may be gone whose key has a later one: only the last value has to be there.
    Records of agents that were not replayed (dead letters of others) have to be left out by the caller.
    """
    live: dict[_Place, dict[Record, list[int]]] = {}
    for position, record in enumerate(sorted(recorded, key=_offset)):
        if record.topic in topics:
            places = live.setdefault((record.topic, record.partition), {})
            places.setdefault(replace(record, offset=0), []).append(position)
    found = [difference for task in said for difference in _of_task(task, live, topics, compacted)]
    for where, places in live.items():
        found.extend(
            Difference(*where, f"live said {_named(record.key)}, the replay does not")
            for record, positions in places.items()
            for _ in positions
        )
    return found


_Place = tuple[str, int]


def _of_task(
    task: TaskOutputs,
    live: dict[_Place, dict[Record, list[int]]],
    topics: frozenset[str],
    compacted: frozenset[str],
) -> Iterator[Difference]:
    """Take what a task says out of ``live``; what is not there, or stands earlier than what was said before it."""
    last: dict[_Place, int] = {}
    final = {(emit.topic, emit.key): number for number, emit in enumerate(task.emits)}
    for number, emit in enumerate(task.emits):
        if emit.topic not in topics:
            continue
        where = (emit.topic, emit.partition or 0)
        says = f"{task.agent}/{task.partition} says {_named(emit.key)}"
        positions = live.get(where, {}).get(_as_record(emit))
        if not positions:
            if emit.topic not in compacted or final[emit.topic, emit.key] == number:
                yield Difference(*where, f"{says}, live did not")
            continue
        position = positions.pop(0)
        if position < last.get(where, -1):
            yield Difference(*where, f"{says} later than live")
        last[where] = position


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    topic: str
    partition: int
    offset: int
    timestamp: Stamp
    value: msgspec.Raw
    key: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


_decode_line = msgspec.json.Decoder(_Line).decode
_encode = msgspec.json.Encoder().encode


def recorded_line(record: Record) -> bytes:
    """Return a record as one line of a recording, newline included; `read_recording` reads it back.

    Raises:
        UnicodeDecodeError: key, value or a header is no text; the logs and results of these workers always are.
    """
    value = b"null" if record.value is None else record.value
    try:
        msgspec.json.decode(value)
    except msgspec.DecodeError:
        value = _encode(value.decode())
    line = _Line(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp_ms,
        msgspec.Raw(value),
        None if record.key is None else record.key.decode(),
        tuple((name, content.decode()) for name, content in record.headers),
    )
    return _encode(line) + b"\n"


def read_recording(path: Path) -> tuple[list[Record], list[BadLine]]:
    """Read a recording; it is held in memory.

    Raises:
        OSError: it cannot be read.
    """
    records: list[Record] = []
    bad: list[BadLine] = []
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                records.append(_record(_decode_line(text)))
            except (msgspec.MsgspecError, UnicodeError) as error:
                expected = 'expected {"topic", "partition", "offset", "timestamp", "key", "value", "headers"}'
                bad.append(BadLine(path, number, f"{error}; {expected}"))
    return records, bad


def _record(line: _Line) -> Record:
    return Record(
        line.topic,
        line.partition,
        line.offset,
        line.timestamp,
        None if line.key is None else line.key.encode(),
        raw_value(line.value),
        tuple((name, content.encode()) for name, content in line.headers),
    )


def _replay_log(decider: Decider, store: MemoryStore, log: list[Record]) -> list[Emit]:
    decider.checks_rows = True
    emits: list[Emit] = []
    for number, record in enumerate(log, start=1):
        while not decider.advance(record):
            pass
        decider.decide(record)
        if number % _RECORDS_PER_WRITE == 0 or number == len(log):
            decided = decider.take()
            emits.extend(decided.outputs)
            store.write(decided.changes)
            decider.committed()
    return emits


def _placed(emit: Emit, partitions: int) -> Emit:
    if emit.partition is not None:
        return emit
    key = emit.partition_key if emit.partition_key is not None else emit.key
    return replace(emit, partition=0 if key is None else partition_of(key, partitions))


def _as_record(emit: Emit) -> Record:
    return Record(
        emit.topic, emit.partition or 0, 0, emit.timestamp_ms or 0, emit.key, emit.value, emit.headers
    )


def _named(key: bytes | None) -> str:
    return "a record without key" if key is None else key.decode("utf-8", "replace")


def _offset(record: Record) -> int:
    return record.offset
