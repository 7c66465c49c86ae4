"""A small app for the engine's integration tests: one counter per key, one output per input. Run as a worker process.

Usage: python tests/integration/toy.py BOOTSTRAP APP_ID DATA_DIR [SLOW_MS [PARTITIONS]], or one argument: ToySettings as
JSON. The agent `counter` reads <app>.in. An event with the field `tells` opens or cancels a deadline: `counter` passes it
on `<app>.told` to the agent `teller`, which reports the deadline when it is due. Both agents write <app>.out.
"""

# ruff: noqa: ARG002 - a hop's methods have the names and arguments of the protocol

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from aiokafka.errors import KafkaError
from aiokafka.protocol.group import HeartbeatRequest
from moments import Orders, install

from workers.engine.api import AgentSpec, BaseHop, Clock, Config, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.batch import Limits
from workers.engine.clocks import StampClock, WallClock
from workers.engine.context import Bounds, Context
from workers.engine.datadir import DataDir
from workers.engine.faust_app import EngineApp, build_app
from workers.engine.quarantine import QuarantineLimits
from workers.engine.rows import Row
from workers.engine.skips import Skip, SkipSource
from workers.engine.timers import cancel_timer, set_timer
from workers.engine.worker_process import WorkerProcess
from workers.log import configure_logging
from workers.settings import LogFormat

if TYPE_CHECKING:
    from workers.engine.rows import Rows

DEADLY_EXIT = 77


class ToySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one worker of the toy."""

    bootstrap: str
    app_id: str
    data_dir: str
    partitions: int = 4
    dead_letters: str = "dead.letters"
    skips: str = ""
    """The topic with the records to skip. Empty: none."""
    session_timeout_s: float = 10.0
    delete_retention_ms: int = 86_400_000
    instance_id: str | None = None
    standby: int = 0
    slow_ms: float = 0.0
    slow_partition: int = -1
    """The one partition that is slow. -1: all partitions."""
    is_chained: bool = False
    """Whether the agent `teller` runs downstream of the counter."""
    only: str = ""
    """The one agent that this worker runs. Empty: all."""
    is_announced: bool = False
    """Whether each partition announces that it has read its input to the end it had at the start."""
    follows_stamps: bool = False
    """Whether the largest stamp seen is the time, instead of the wall clock."""
    bounds: dict[str, Any] = {}
    quarantine: dict[str, int] = {}
    group_error: str = ""
    """An error that the worker's group has once, as if the broker had answered a heartbeat with it. Empty: none."""
    holds_heartbeats: str = ""
    """Path of a file. While it exists, heartbeats wait, as in a connection that is dead without notice. Empty: none waits."""
    moments: str = ""
    """Path of the file with the state of the worker's transactions (moments.py). Empty: no file."""
    orders: Orders = Orders()


class CountRow(Row, frozen=True):
    """The count of a key. One row per key."""

    prefix: ClassVar[str] = "count"
    n: int


class _Toy(BaseHop):
    """The common part of both agents."""

    def __init__(self, settings: ToySettings) -> None:
        self.settings = settings

    def parse(self, record: Record) -> dict[str, Any]:
        try:
            event = json.loads(record.value or b"")
        except ValueError as error:
            raise RefusedError("not_json", "not JSON") from error
        if not isinstance(event, dict) or not isinstance(event.get("key"), str):
            raise RefusedError("breaks_contract", "an object with a key was expected")
        return event

    def key_of(self, event: dict[str, Any]) -> str | None:
        return str(event["key"])

    def output(self, key: str, **fields: Any) -> Emit:
        raw = key.encode()
        return Emit(f"{self.settings.app_id}.out", raw, json.dumps({"key": key} | fields).encode(), raw)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        if timer.key.startswith("deadly"):
            os._exit(DEADLY_EXIT)
        return [self.output(timer.key, id=f"{timer.kind} {timer.key}", due_ms=timer.due_ms)]

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        return [], None

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        return [self.output(f"partition{partition}", id=f"ready {partition}", n=1)]


class Counter(_Toy):
    """Counts the events of a key and writes one output per event."""

    def handle(self, event: dict[str, Any], record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        settings, key = self.settings, event["key"]
        if settings.slow_ms and settings.slow_partition in {-1, record.partition}:
            threading.Event().wait(settings.slow_ms / 1000)
        if event.get("is_deadly"):
            os._exit(DEADLY_EXIT)
        if event.get("is_bad"):
            raise ValueError(key)
        if event.get("forgets"):
            rows.delete(CountRow, key)
            cancel_timer(rows, "own", key)
            return [self.output(key, id=event["id"], n=0)]
        n = (rows.get(CountRow, key) or CountRow(n=0)).n + 1
        rows.put(CountRow(n=n), key)
        if "due_in_ms" in event:
            set_timer(rows, "own", key, record.timestamp_ms + event["due_in_ms"])
        emits = [self.output(key, id=event["id"], n=n, padding="x" * event.get("padding", 0))]
        if "tells" in event:
            deadline = {"key": event["tells"], "due_ms": event.get("told_due_ms", 0)}
            raw = deadline["key"].encode()
            emits.append(Emit(f"{settings.app_id}.told", raw, json.dumps(deadline).encode(), raw))
        return emits


class DeadlineReporter(_Toy):
    """Reports deadlines that have passed. A due time of 0 cancels a deadline."""

    def handle(self, event: dict[str, Any], record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        if event["due_ms"]:
            set_timer(rows, "overdue", event["key"], event["due_ms"])
        else:
            cancel_timer(rows, "overdue", event["key"])
        return []


def specs(settings: ToySettings) -> list[AgentSpec]:
    """Return the toy's agents."""
    app_id = settings.app_id
    counter = AgentSpec(
        name="counter",
        sources=(f"{app_id}.log", f"{app_id}.in"),
        own_log=f"{app_id}.log",
        make_hop=lambda _: Counter(settings),
        is_edge=True,
        downstream_logs=(f"{app_id}.told",) if settings.is_chained else (),
        announces_after=(f"{app_id}.in",) if settings.is_announced else (),
        checked_topics=frozenset({f"{app_id}.in"}),
    )
    teller = AgentSpec(
        name="teller",
        sources=(f"{app_id}.told",),
        own_log=f"{app_id}.told",
        make_hop=lambda _: DeadlineReporter(settings),
        is_edge=False,
        upstream=("counter",),
    )
    both = [counter, teller] if settings.is_chained else [counter]
    return [spec for spec in both if settings.only in {"", spec.name}]


def _context(settings: ToySettings) -> Context:
    def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        body = where | {"agent": agent, "reason": reason, "detail": detail}
        key = f"{record.topic}-{record.partition}-{record.offset}".encode()
        return Emit(settings.dead_letters, key, json.dumps(body).encode(), key, timestamp_ms=now_ms)

    return Context(
        app_id=settings.app_id,
        client={"bootstrap_servers": settings.bootstrap},
        partitions=settings.partitions,
        data_dir=DataDir(Path(settings.data_dir), settings.app_id),
        edge_clock=StampClock() if settings.follows_stamps else WallClock(),
        config=Config("toy", 1, "0", ""),
        dead_letter=dead_letter,
        limits=Limits(quarantine=QuarantineLimits(**settings.quarantine)),
        bounds=Bounds(**settings.bounds),
        delete_retention_ms=dict.fromkeys(("counter", "teller"), settings.delete_retention_ms),
        skip_source=SkipSource(settings.skips, msgspec.json.Decoder(Skip).decode) if settings.skips else None,
    )


def _settings(arguments: list[str]) -> ToySettings:
    if len(arguments) == 1:
        return msgspec.json.decode(arguments[0], type=ToySettings)
    bootstrap, app_id, data_dir, *more = arguments
    slow_ms, partitions = (*more, "0", "4")[:2] if len(more) != 1 else (more[0], "4")
    return ToySettings(bootstrap, app_id, data_dir, int(partitions), slow_ms=float(slow_ms))


async def _push_group_error(app: EngineApp, text: str) -> None:
    while not app.runtime.tasks:  # noqa: ASYNC110 - it is for a test
        await asyncio.sleep(0.1)
    thread = app.consumer.thread
    push = thread._consumer._coordinator._push_error_to_user
    thread.thread_loop.call_soon_threadsafe(lambda: asyncio.create_task(push(KafkaError(text))))


async def _hold_heartbeats(app: EngineApp, file: Path) -> None:
    while not app.runtime.tasks:  # noqa: ASYNC110 - it is for a test
        await asyncio.sleep(0.1)
    coordinator = app.consumer.thread._consumer._coordinator
    send = coordinator._send_req

    async def send_later(request: Any) -> Any:
        while isinstance(request, HeartbeatRequest) and file.exists():  # noqa: ASYNC110, ASYNC240 - it is for a test
            await asyncio.sleep(0.05)
        return await send(request)

    coordinator._send_req = send_later


def main(arguments: list[str]) -> None:
    """Run a worker until a signal ends it."""
    settings = _settings(arguments)
    if settings.moments:
        install(Path(settings.moments), settings.orders)
    app = build_app(
        specs(settings),
        _context(settings),
        session_timeout_s=settings.session_timeout_s,
        instance_id=settings.instance_id,
        standby=settings.standby,
    )
    if settings.group_error:
        app.task(lambda: _push_group_error(app, settings.group_error))
    if settings.holds_heartbeats:
        app.task(lambda: _hold_heartbeats(app, Path(settings.holds_heartbeats)))
    worker = WorkerProcess(app, loglevel="info", override_logging=False)
    configure_logging("info", LogFormat.JSON)
    worker.execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1:])
