"""The one-counter job in two versions: on the engine and on stock Faust. Run as a worker process.

    python -m bench.jobs (engine|faust|faust-transactions) BOOTSTRAP APP_ID DATA_DIR PARTITIONS RECORDS

The job: validate with pydantic, count per key in a durable table with a changelog, write one output per input, commit.
The worker prints ``progress <monotonic seconds> <records>`` ten times a second. It ends when all records are done.
``faust-transactions`` is stock Faust with its own setting for exactly-once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import faust
import uvloop

from bench.page_views import TOPIC, Counted, PageView
from workers.engine.api import AgentSpec, BaseHop, Clock, Config, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.faust_app import build_app
from workers.engine.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows


class CountRow(Row, frozen=True):
    """The count of a lead. One row per lead."""

    prefix: ClassVar[str] = "count"
    n: int


class CountHop(BaseHop):
    """The job as a hop of the engine."""

    def __init__(self, out: str) -> None:
        self._out = out

    def parse(self, record: Record) -> PageView:
        """Return the validated event."""
        try:
            return PageView.model_validate_json(record.value or b"")
        except ValueError:
            raise RefusedError("breaks_contract", "not a page view") from None

    def key_of(self, event: PageView) -> str | None:
        """Return the lead's id."""
        return event.lead_id

    def handle(self, event: PageView, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Count the event and write one output."""
        del record, clock
        row = rows.get(CountRow, event.lead_id)
        n = 1 if row is None else row.n + 1
        rows.put(CountRow(n=n), event.lead_id)
        out = Counted(event_id=event.event_id, lead_id=event.lead_id, count=n)
        key = event.lead_id.encode()
        return [Emit(topic=self._out, key=key, value=out.model_dump_json().encode(), partition_key=key)]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Return no outputs: this hop sets no timers."""
        del timer, rows, clock
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """End the cursor: this hop starts none."""
        del cursor, rows, clock
        return [], None


def _dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    raise AssertionError(f"{agent}: {reason} {detail} at {record.topic}/{record.offset}, {now_ms}")


async def _report(count: Callable[[], int], records: int) -> None:
    while True:
        done = count()
        print(f"progress {time.monotonic():.3f} {done}", flush=True)
        if done >= records:
            os._exit(0)
        await asyncio.sleep(0.1)


def _engine_app(bootstrap: str, app_id: str, data_dir: str, partitions: int, records: int) -> faust.App:
    context = Context(
        app_id=app_id,
        client={"bootstrap_servers": bootstrap},
        partitions=partitions,
        data_dir=DataDir(Path(data_dir), app_id),
        edge_clock=WallClock(),
        config=Config("bench", 1, "0", ""),
        dead_letter=_dead_letter,
    )
    spec = AgentSpec(
        name="count",
        sources=(f"{app_id}.log", TOPIC),
        own_log=f"{app_id}.log",
        make_hop=lambda _: CountHop(f"{app_id}.out"),
        is_edge=True,
        checked_topics=frozenset({TOPIC}),
    )
    app = build_app([spec], context)
    counter = context.metrics.records.labels("count", TOPIC)

    @app.task
    async def report() -> None:
        await _report(lambda: int(counter._value.get()), records)  # noqa: SLF001 - prometheus has no reader

    return app


def _faust_app(
    bootstrap: str,
    app_id: str,
    data_dir: str,
    partitions: int,
    records: int,
    guarantee: str = "at_least_once",
) -> faust.App:
    app = faust.App(
        app_id,
        broker=f"kafka://{bootstrap}",
        store="rocksdb://?driver=rocksdict",
        datadir=data_dir,
        web_enabled=False,
        topic_partitions=partitions,
        topic_replication_factor=1,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        processing_guarantee=guarantee,
    )
    source = app.topic(TOPIC, value_serializer="raw", key_type=bytes, partitions=partitions)
    out = app.topic(f"{app_id}.out", value_serializer="raw", key_type=bytes, partitions=partitions)
    table: Any = app.Table("counts", default=int, partitions=partitions)
    done = [0]

    @app.agent(source)
    async def count(stream: Any) -> None:
        async for raw in stream:
            event = PageView.model_validate_json(raw)
            n = table[event.lead_id] + 1
            table[event.lead_id] = n
            counted = Counted(event_id=event.event_id, lead_id=event.lead_id, count=n)
            await out.send(key=event.lead_id.encode(), value=counted.model_dump_json().encode())
            done[0] += 1

    @app.task
    async def report() -> None:
        await _report(lambda: done[0], records)

    return app


if __name__ == "__main__":
    job, bootstrap, app_id, data_dir, partitions, records = sys.argv[1:7]
    make = {
        "engine": _engine_app,
        "faust": _faust_app,
        "faust-transactions": partial(_faust_app, guarantee="exactly_once"),
    }[job]
    if job == "engine":
        uvloop.install()  # as `lead-router worker` does; stock Faust uses asyncio's own loop
    app = make(bootstrap, app_id, data_dir, int(partitions), int(records))
    logging.basicConfig(level=logging.WARNING)
    worker = faust.Worker(app, loglevel="warning", quiet=True, override_logging=False)
    logging.getLogger().setLevel(logging.WARNING)
    worker.execute_from_commandline()
