"""A small hop for tests of the engine, and a bench that decides its records as a task does.

A record's value is a few words. `count KEY` counts. `at DUE KEY` sets a timer and `cancel KEY` cancels it. `each` visits
all counters in chunks of two. `tally RULE KEY` fills a row with a dict. `boom`, `refuse`, `cursor`, `longoutput` and
`longrow` fail on purpose.
"""

# ruff: noqa: ARG002 - a hop's methods have the names and arguments of the protocol

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from workers.engine.api import (
    AgentSpec,
    BaseHop,
    Canary,
    Clock,
    Config,
    Cursor,
    Emit,
    Record,
    RefusedError,
    Timer,
)
from workers.engine.batch import Limits
from workers.engine.control import Control, Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import Row, Rows, Store
from workers.engine.timers import cancel_timer, set_timer, start_cursor

CHUNK = 2
SECRET = "ada@example.com"


class CountRow(Row, frozen=True):
    """The count of a key."""

    prefix: ClassVar[str] = "count"
    n: int = 0


class TallyRow(Row, frozen=True):
    """The count of each rule for a key."""

    prefix: ClassVar[str] = "tally"
    by_rule: dict[str, int] = msgspec.field(default_factory=dict)


class TextRow(Row, frozen=True):
    """A text of any length."""

    prefix: ClassVar[str] = "text"
    text: str = ""


def output(key: str, text: str) -> Emit:
    return Emit("out", key.encode(), text.encode(), key.encode())


class CounterHop(BaseHop):
    """Counts. Each output holds the text of the config."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def parse(self, record: Record) -> list[str]:
        words = (record.value or b"").decode().split(" ")
        if words == [""]:
            raise RefusedError("empty", "a value was expected")
        return words

    def key_of(self, event: list[str]) -> str | None:
        return event[-1] if len(event) > 1 else None

    def handle(self, event: list[str], record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        word, key = event[0], event[-1]
        if word == "at":
            set_timer(rows, "alarm", key, int(event[1]))
            return []
        if word == "cancel":
            cancel_timer(rows, "alarm", key)
            return []
        if word == "each":
            start_cursor(rows, "each", "")
            return []
        if word == "tally":
            return self.tally(key, event[1], rows)
        emits = [self.count(key, rows, f"at {clock.now_ms} from {record.topic}")]
        set_timer(rows, "alarm", f"of {key}", clock.now_ms)
        if word == "boom":
            raise ValueError(f"no such thing as {SECRET}")
        if word == "refuse":
            raise RefusedError("unknown_handoff", "there is none")
        if word == "cursor":
            start_cursor(rows, "boom", key)
        if word == "longoutput":
            emits.append(output(key, "x" * int(event[1])))
        if word == "longrow":
            rows.put(TextRow(text="x" * int(event[1])), key)
        return emits

    def count(self, key: str, rows: Rows, more: str) -> Emit:
        n = (rows.get(CountRow, key) or CountRow()).n + 1
        rows.put(CountRow(n=n), key)
        return output(key, f"{key}={n} {more} by {self.config.text}")

    def tally(self, key: str, rule: str, rows: Rows) -> list[Emit]:
        by_rule = dict((rows.get(TallyRow, key) or TallyRow()).by_rule)
        by_rule[rule] = by_rule.get(rule, 0) + 1
        rows.put(TallyRow(by_rule=by_rule), key)
        read = rows.get(TallyRow, key)
        assert read is not None
        return [output(key, str(read.by_rule))]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        emit = self.count("timers", rows, f"{timer.key} due {timer.due_ms} at {clock.now_ms}")
        if timer.key.startswith("boom"):
            raise ValueError(SECRET)
        if timer.key.startswith("again"):
            set_timer(rows, timer.kind, timer.key[len("again") :], clock.now_ms)
        return [emit]

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        if cursor.kind == "boom":
            self.count("cursors", rows, "")
            raise ValueError(SECRET)
        after = (cursor.position,) if cursor.position else ()
        found = rows.scan(CountRow, after=after, limit=CHUNK)
        emits = [output(key, f"{key} has {row.n}") for (key,), row in found]
        return emits, found[-1][0][0] if len(found) == CHUNK else None

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        return [self.count("configs", rows, "changed")]

    def on_canary_changed(self, before: Canary | None, rows: Rows, clock: Clock) -> list[Emit]:
        was, now = ("-" if one is None else one.share for one in (before, self.config.canary))
        return [self.count("canaries", rows, f"from {was!r} to {now!r}")]

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        return [output("announced", f"{partition} of {partitions}")]

    def is_ready(self, rows: Rows) -> bool:
        return rows.get(CountRow, "ready") is not None


SPEC = AgentSpec(
    name="counter",
    sources=("in", "log"),
    own_log="log",
    make_hop=CounterHop,
    is_edge=True,
    upstream=("left", "right"),
    checked_topics=frozenset({"in"}),
)
V1 = Config("rules", 1, "hash1", "v1")


def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    where = f"{record.topic}/{record.partition}/{record.offset}"
    return Emit(
        "dead.letters", where.encode(), f"{agent} {reason}: {detail} at {now_ms}".encode(), b"counter"
    )


class Bench:
    """One partition: records in, outputs and rows out. Records get their offsets in the order in which they are made."""

    def __init__(
        self,
        store: Store | None = None,
        config: Config = V1,
        limits: Limits | None = None,
        partition: int = 0,
        partitions: int = 1,
    ) -> None:
        self.store = store if store is not None else MemoryStore()
        self.config = config
        self.limits = limits
        self.partition, self.partitions = partition, partitions
        self.outputs: list[Emit] = []
        self.offsets = {"in": 0, "log": 0}
        self.decider = self.new_decider()

    def new_decider(self) -> Decider:
        return Decider(
            SPEC, self.partition, self.partitions, self.store, self.config, dead_letter, self.limits
        )

    def record(self, value: str | bytes | None, at_ms: int = 0, topic: str = "in", **more: object) -> Record:
        self.offsets[topic] += 1
        raw = value.encode() if isinstance(value, str) else value
        made = Record(topic, self.partition, self.offsets[topic] - 1, at_ms, b"its own key", raw)
        return replace(made, **more)

    def control(self, control: Control, stamp_ms: int = 0, topic: str = "log") -> Record:
        emit = control_emit(topic, self.partition, control, stamp_ms)
        return self.record(emit.value, stamp_ms, topic, headers=emit.headers, key=None)

    def send(self, value: str | bytes | None, at_ms: int = 0, topic: str = "in", **more: object) -> list[str]:
        """Decide one record with this value. Return the texts of its outputs."""
        return self.decide(self.record(value, at_ms, topic, **more))

    def decide(self, record: Record) -> list[str]:
        before = len(self.decider.take().outputs)
        while not self.decider.advance(record):
            pass
        self.decider.decide(record)
        return [text_of(emit) for emit in self.decider.take().outputs[before:]]

    def tick(self, at_ms: int) -> list[str]:
        return self.decide(self.control(Tick(at_ms)))

    def commit(self) -> None:
        decided = self.decider.take()
        self.outputs += decided.outputs
        self.store.write(decided.changes)
        self.decider.committed()

    def restart(self) -> None:
        """Start again from the committed rows. Uncommitted changes are lost."""
        self.decider = self.new_decider()

    def count(self, key: str) -> int:
        row = self.decider.rows.get(CountRow, key)
        return row.n if row else 0


def text_of(emit: Emit) -> str:
    return (emit.value or b"").decode()


def run(
    bench: Bench,
    records: list[Record],
    commits: Callable[[], bool] = lambda: False,
    aborts: Callable[[], bool] = lambda: False,
    timers: int = 1,
) -> None:
    """Decide all records. After every step ``aborts`` returns whether to restart, else ``commits`` whether to commit."""
    at = 0
    while at < len(records):
        record = records[at]
        if bench.decider.advance(record, timers):
            bench.decider.decide(record)
            at += 1
        if aborts():
            bench.restart()
            at = next_index(bench.decider, records)
        elif commits():
            bench.commit()
    bench.commit()


def next_index(decider: Decider, records: Iterable[Record]) -> int:
    """Return the index of the first record that the rows' offsets do not cover."""
    return sum(record.offset < (decider.next_offset(record.topic) or 0) for record in records)
