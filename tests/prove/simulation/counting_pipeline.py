"""Two small hops for the simulation: everything that they decide can be counted.

`first` reads `in`, counts the records of each key, and passes each on to the log of `second`. `second` counts them again, publishes each
with its number, and a second time when a timer has passed. So a lost, doubled or reordered step shows in the output.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Final
from zlib import crc32

from tests.prove.simulation.simulated_broker import Broker
from tests.prove.simulation.simulated_log import Stored, as_record
from workers.engine.api import AgentSpec, BaseHop, Clock, Config, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.batch import OffsetRow
from workers.engine.decide import Limits
from workers.engine.memory import MemoryStore
from workers.engine.partitioner import partition_of
from workers.engine.rows import Row, Rows
from workers.engine.timers import set_timer
from workers.replay.recorded_logs import differences, replay_logs

V1: Final = Config("rules", 1, "hash1", "v1")
V2: Final = Config("rules", 2, "hash2", "v2")
DUE_AFTER_MS: Final = 3_000
GROUPS: Final = 5
BAD: Final = b"not an event"


class CountRow(Row, frozen=True):
    """The number of records of a key."""

    prefix: ClassVar[str] = "count"
    n: int = 0


class _Hop(BaseHop):
    def __init__(self, config: Config) -> None:
        self.config = config

    def parse(self, record: Record) -> dict[str, Any]:
        """Return the event. Raises RefusedError for the bad value."""
        if record.value is None or record.value == BAD:
            raise RefusedError("not_json", "an event was expected")
        event: dict[str, Any] = json.loads(record.value)
        return event

    def key_of(self, event: dict[str, Any]) -> str:
        """Return the key."""
        return str(event["key"])

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Never called: no cursor is started."""
        raise NotImplementedError

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Never called: only `second` has timers."""
        raise NotImplementedError

    def _next(self, rows: Rows, key: str) -> int:
        n = (rows.get(CountRow, key) or CountRow()).n + 1
        rows.put(CountRow(n=n), key)
        return n


class FirstHop(_Hop):
    """Counts by key and passes each event on under the key of its group."""

    def handle(self, event: dict[str, Any], record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one event."""
        del record, clock
        group = f"group{crc32(event['key'].encode()) % GROUPS}"
        passed = {"id": event["id"], "key": group, "first": event["key"], "n": self._next(rows, event["key"])}
        return [_emit("second.log", group, passed)]


class SecondHop(_Hop):
    """Counts by group, and publishes each event now and when its timer is due."""

    def handle(self, event: dict[str, Any], record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one event."""
        del record
        set_timer(rows, "due", f"{event['key']} {event['id']}", clock.now_ms + DUE_AFTER_MS)
        return [_emit("out", event["key"], event | {"m": self._next(rows, event["key"])})]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Publish that the time of an event has come."""
        del rows, clock
        group, name = timer.key.split(" ")
        return [_emit("out", group, {"due": name})]

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """Publish the version, once in each partition."""
        del rows, clock
        return [Emit("out", b"config", json.dumps({"config": self.config.version}).encode())]


def _emit(topic: str, key: str, value: dict[str, Any]) -> Emit:
    return Emit(topic, key.encode(), json.dumps(value).encode())


SPECS: Final = (
    AgentSpec(
        name="first",
        sources=("in", "first.log"),
        own_log="first.log",
        make_hop=FirstHop,
        is_edge=True,
        downstream_logs=("second.log",),
        checked_topics=frozenset({"in"}),
    ),
    AgentSpec(
        name="second",
        sources=("second.log",),
        own_log="second.log",
        make_hop=SecondHop,
        is_edge=False,
        upstream=("first",),
    ),
)
TOPICS: Final = ("in", "first.log", "second.log", "out", "dead.letters")


def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    """Return the dead letter of a record."""
    where = f"{record.topic}/{record.partition}/{record.offset}"
    letter = {"agent": agent, "where": where, "reason": reason, "detail": detail}
    return Emit("dead.letters", where.encode(), json.dumps(letter).encode(), timestamp_ms=now_ms)


def delivered(broker: Broker, topic: str) -> list[Stored]:
    """Return all committed records of a topic, in the order of each partition."""
    return [
        record
        for partition in range(broker.partitions)
        for record in broker.log((topic, partition)).read(broker.log((topic, partition)).begin, 10**9)[0]
    ]


def outputs(broker: Broker) -> list[dict[str, Any]]:
    """Return the values of the outputs."""
    return [json.loads(record.value or b"{}") for record in delivered(broker, "out")]


def is_done(broker: Broker, sent: Sequence[str], bad: int) -> bool:
    """Whether each event has its output and its timer's output, and each bad record its letter."""
    found = outputs(broker)
    named = sum("id" in one for one in found), sum("due" in one for one in found)
    return named == (len(sent), len(sent)) and len(delivered(broker, "dead.letters")) == bad


def faults(broker: Broker, sent: Sequence[str], bad: int, *, complete: bool) -> list[str]:
    """Return what is wrong with the outputs. ``complete``: whether nothing may be missing."""
    found = outputs(broker)
    problems = []
    for word in ("id", "due"):
        times = Counter(one[word] for one in found if word in one)
        problems += [f"{word} {name} occurs {n} times" for name, n in times.items() if n > 1]
        if complete:
            problems += [f"{word} {name} is missing" for name in sent if name not in times]
    for word, number in (("key", "m"), ("first", "n")):
        by_key: dict[str, list[int]] = {}
        for one in found:
            if "id" in one:
                by_key.setdefault(one[word], []).append(one[number])
        problems += [
            f"the numbers of {key} are {numbers}"
            for key, numbers in by_key.items()
            if (numbers if word == "key" else sorted(numbers)) != list(range(1, len(numbers) + 1))
        ]
    letters = [json.loads(record.value or b"{}") for record in delivered(broker, "dead.letters")]
    problems += [
        f"a letter for {one['where']}: {one['detail']}" for one in letters if one["reason"] != "not_json"
    ]
    if complete and len(letters) != bad:
        problems.append(f"{len(letters)} dead letters for {bad} bad records")
    if len({one["where"] for one in letters}) != len(letters):
        problems.append("a record has two dead letters")
    return problems + _replay_faults(broker)


def _replay_faults(broker: Broker) -> list[str]:
    """Return the differences between the outputs of `second` and a replay of its recorded log."""
    recorded = [as_record(one) for topic in ("second.log", "out") for one in delivered(broker, topic)]
    decided = _decided(broker)
    recorded = [
        one for one in recorded if one.topic != "second.log" or one.offset < decided.get(one.partition, 0)
    ]
    replayed = replay_logs(
        {spec.name: spec for spec in SPECS}, recorded, broker.partitions, V1, dead_letter, Limits()
    )
    return [str(one) for one in differences(replayed, recorded, frozenset({"out"}))]


def _decided(broker: Broker) -> dict[int, int]:
    """Return the next offset of each partition of `second`, from the committed rows."""
    found = {}
    for partition in range(broker.partitions):
        store = MemoryStore()
        changelog = broker.log(("simulated-second-changelog", partition))
        for row in changelog.read(changelog.begin, 10**9)[0]:
            store.write({row.key or b"": row.value})
        offset = Rows(store).get(OffsetRow, "second.log")
        found[partition] = 0 if offset is None else offset.next_offset
    return found


def partition_for(key: bytes, partitions: int) -> int:
    """Return the partition of a key, as a producer chooses it."""
    return partition_of(key, partitions)
