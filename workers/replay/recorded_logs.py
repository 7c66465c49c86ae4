"""The hops over their recorded logs: their outputs must equal the live outputs to the byte.

In: the records of `lead.events` and `desk.requests` as Kafka held them, including ticks, watermarks and controls, with
partition, offset and headers. Out: for each task its outputs in order, with timestamp and partition, and their
differences to the recorded outputs. Outputs are not fed back to the hops, because the recorded logs already contain
them. One case is not reproduced: a record that crashed its worker became a dead letter undecided, and is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace

from schemas.topics import LEAD_ALERTS
from workers.engine.api import AgentSpec, Config, DeadLetterEncoder, Emit, Record
from workers.engine.batch import Limits
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.partitioner import partition_of
from workers.replay.history_lines import BadLine, Stamp, raw_value

_RECORDS_PER_WRITE = 500
_ABOUT_INPUT = b'"account_key":"input:'


@dataclass(frozen=True, slots=True)
class TaskOutputs:
    """The outputs of one task over its log. Every emit has a partition and a timestamp."""

    agent: str
    partition: int
    emits: list[Emit]


@dataclass(frozen=True, slots=True)
class Difference:
    """One output that differs between the live run and the replay."""

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
    """Decide the recorded logs again, each partition from its first record with empty rows.

    Args:
        specs: the agents. Only those whose only source is their own log are replayed (accounts, desks).
        records: the logs from their first record, in any order. Records of other topics are ignored.
        partitions: the number of partitions of the recorded topics.
        config: the policy with which the workers first started.
        dead_letter: makes the dead letter of a record.
        limits: the limits of the live workers.
    """
    logs: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        logs.setdefault((record.topic, record.partition), []).append(record)
    outputs = []
    for spec in specs.values():
        if set(spec.sources) != {spec.own_log}:
            continue
        for partition in range(partitions):
            log = sorted(logs.get((spec.own_log, partition), []), key=_offset)
            store = MemoryStore()
            decider = Decider(spec, partition, partitions, store, config, dead_letter, limits)
            emits = _replay_log(decider, store, log)
            outputs.append(
                TaskOutputs(spec.name, partition, [_with_partition(emit, partitions) for emit in emits])
            )
    return outputs


def differences(
    outputs: Sequence[TaskOutputs],
    recorded: Iterable[Record],
    topics: frozenset[str],
    compacted: frozenset[str] = frozenset(),
) -> list[Difference]:
    """Compare replayed outputs to ``topics`` with the recorded ones: key, value, headers and timestamp.

    Several tasks may write one partition of a topic, in any interleaving. Each task's own outputs keep their order. In
    a ``compacted`` topic only the last value of a key must be recorded. The caller leaves out the dead letters of agents
    that were not replayed. Their alerts, which are about inputs, are left out here.
    """
    live: dict[_Place, dict[Record, list[int]]] = {}
    for position, record in enumerate(sorted(recorded, key=_offset)):
        if record.topic in topics and not _is_about_input(record):
            places = live.setdefault((record.topic, record.partition), {})
            places.setdefault(replace(record, offset=0), []).append(position)
    found = [
        difference for task in outputs for difference in _task_differences(task, live, topics, compacted)
    ]
    for where, places in live.items():
        found.extend(
            Difference(*where, f"the live run wrote {_describe(record.key)}, the replay did not")
            for record, positions in places.items()
            for _ in positions
        )
    return found


_Place = tuple[str, int]


def _is_about_input(record: Record) -> bool:
    """Whether a record is an alert about an input that no account has. Only `visitors` writes these."""
    return record.topic == LEAD_ALERTS.name and _ABOUT_INPUT in (record.value or b"")


def _task_differences(
    task: TaskOutputs,
    live: dict[_Place, dict[Record, list[int]]],
    topics: frozenset[str],
    compacted: frozenset[str],
) -> Iterator[Difference]:
    """Remove a task's outputs from ``live``, and yield the differences.

    A difference is an output that is not in ``live``, or that ``live`` holds before an earlier output of the task.
    """
    last: dict[_Place, int] = {}
    final = {(emit.topic, emit.key): number for number, emit in enumerate(task.emits)}
    for number, emit in enumerate(task.emits):
        if emit.topic not in topics:
            continue
        where = (emit.topic, emit.partition or 0)
        output = f"{task.agent}/{task.partition} wrote {_describe(emit.key)}"
        positions = live.get(where, {}).get(_as_record(emit))
        if not positions:
            if emit.topic not in compacted or final[emit.topic, emit.key] == number:
                yield Difference(*where, f"{output} in the replay, the live run did not")
            continue
        position = positions.pop(0)
        if position < last.get(where, -1):
            yield Difference(*where, f"{output} later than in the live run")
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
    """Return a record as one line of a recording, with its newline. `read_recording` reads it.

    Raises:
        UnicodeDecodeError: the key, the value or a header is not text. Logs and results of the workers always are.
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
    """Read a recording into memory. Return its records and the lines that could not be read.

    Raises:
        OSError: the file cannot be read.
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
            if decider.quarantine.stopped:  # live, an operator resumed the partition here
                decider.resume(record.offset)
        decider.decide(record)
        if number % _RECORDS_PER_WRITE == 0 or number == len(log):
            decided = decider.take()
            emits.extend(decided.outputs)
            store.write(decided.changes)
            decider.committed()
    return emits


def _with_partition(emit: Emit, partitions: int) -> Emit:
    if emit.partition is not None:
        return emit
    key = emit.partition_key if emit.partition_key is not None else emit.key
    return replace(emit, partition=0 if key is None else partition_of(key, partitions))


def _as_record(emit: Emit) -> Record:
    return Record(
        emit.topic, emit.partition or 0, 0, emit.timestamp_ms or 0, emit.key, emit.value, emit.headers
    )


def _describe(key: bytes | None) -> str:
    return "a record without key" if key is None else key.decode("utf-8", "replace")


def _offset(record: Record) -> int:
    return record.offset
