"""A job small enough to be counted by hand: one counter per key, one output per input. Run as a worker process.

python tests/integration/toy.py BOOTSTRAP APP_ID DATA_DIR [SLOW_MS]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import faust

from workers.engine.api import AgentSpec, Clock, Config, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.faust_app import build_app
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.rows import Rows


class CountRow(Row, frozen=True):
    """How often a key was seen. One row per key."""

    prefix: ClassVar[str] = "count"
    n: int


class Counter:
    """Counts and says so."""

    def __init__(self, out: str, slow_ms: float = 0.0) -> None:
        self.out = out
        self.slow_ms = slow_ms

    def parse(self, record: Record) -> dict[str, str]:
        try:
            event = json.loads(record.value or b"")
        except ValueError as error:
            raise RefusedError("not_json", "no JSON") from error
        return event

    def key_of(self, event: dict[str, str]) -> str | None:
        return event["key"]

    def handle(self, event: dict[str, str], record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        if self.slow_ms:
            time.sleep(self.slow_ms / 1000)
        row = rows.get(CountRow, event["key"]) or CountRow(n=0)
        rows.put(CountRow(n=row.n + 1), event["key"])
        key = event["key"].encode()
        value = json.dumps({"id": event["id"], "key": event["key"], "n": row.n + 1}).encode()
        return [Emit(topic=self.out, key=key, value=value, partition_key=key)]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        return [], None

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        return []

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        return []

    def is_ready(self, rows: Rows) -> bool:
        return True


def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    """Return the dead letter of a record."""
    key = f"{record.topic}-{record.partition}-{record.offset}".encode()
    body = {"agent": agent, "reason": reason, "detail": detail}
    return Emit("dead.letters", key, json.dumps(body).encode(), key, timestamp_ms=now_ms)


def spec(app_id: str, slow_ms: float = 0.0) -> AgentSpec:
    """Return the toy's agent: reads <app>.in and <app>.log, writes <app>.out."""
    return AgentSpec(
        name="counter",
        sources=(f"{app_id}.log", f"{app_id}.in"),
        own_log=f"{app_id}.log",
        make_hop=lambda _: Counter(f"{app_id}.out", slow_ms),
        is_edge=True,
        checked_topics=frozenset({f"{app_id}.in"}),
    )


if __name__ == "__main__":
    bootstrap, app_id, data_dir = sys.argv[1:4]
    slow = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    context = Context(
        app_id=app_id,
        client={"bootstrap_servers": bootstrap},
        partitions=int(sys.argv[5]) if len(sys.argv) > 5 else 4,
        data_dir=DataDir(Path(data_dir), app_id),
        edge_clock=WallClock(),
        config=Config("toy", 1, "0", ""),
        dead_letter=dead_letter,
    )
    app = build_app([spec(app_id, slow)], context)
    faust.Worker(app, loglevel="info").execute_from_commandline()
