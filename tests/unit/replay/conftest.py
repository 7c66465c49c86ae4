"""Two toy hops, small enough to know in advance every output of their replay.

`clerk` reads `orders` and `visits`. It forwards each text to the log of `bell`, sets a timer for "at <ms>", starts a
cursor for "many <n>", and refuses "invalid". `bell` writes each text to `rung` and sends it back to the clerk once.
"""
# ruff: noqa: ARG002 - a hop's methods have the names and arguments of the protocol

from __future__ import annotations

import pytest

from workers.engine.api import (
    AgentSpec,
    BaseHop,
    Clock,
    Config,
    Cursor,
    DeadLetterEncoder,
    Emit,
    Hop,
    Record,
    RefusedError,
    Timer,
)
from workers.engine.rows import Rows
from workers.engine.timers import set_timer, start_cursor


class Clerk(BaseHop):
    def parse(self, record: Record) -> str:
        text = (record.value or b"").decode()
        if text == "invalid":
            raise RefusedError("not_json", "invalid")
        return text

    def key_of(self, event: str) -> str | None:
        return None

    def handle(self, event: str, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        if record.topic == "clerk.log":
            return [Emit("rung", record.key, f"answer to {event}".encode())]
        word, _, rest = event.partition(" ")
        if word == "at":
            due, _, key = rest.partition(" ")
            set_timer(rows, "alarm", key, int(due))
        if word == "many":
            start_cursor(rows, rest, "work")
        return [Emit("bell.log", record.key, f"{record.topic}: {event}".encode())]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        return [Emit("bell.log", timer.key.encode(), b"alarm")]

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        done = int(cursor.position or 0) + 1
        return [Emit("bell.log", b"many", str(done).encode())], str(done) if done < int(cursor.kind) else None

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        return []

    def is_ready(self, rows: Rows) -> bool:
        return True


class Bell(Clerk):
    def handle(self, event: str, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        if event.endswith("at bell"):
            set_timer(rows, "alarm", "b", 200)
        return [Emit("clerk.log", record.key, event.encode()), Emit("rung", record.key, event.encode())]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        return [Emit("rung", b"bell", b"alarm")]


def spec(name: str, hop: type[Clerk], *sources: str) -> AgentSpec:
    log = f"{name}.log"

    def make(config: Config) -> Hop[object]:
        return hop()  # type: ignore[return-value]

    return AgentSpec(name, (*sources, log), log, make, is_edge=bool(sources))


@pytest.fixture
def specs() -> dict[str, AgentSpec]:
    return {"clerk": spec("clerk", Clerk, "orders", "visits"), "bell": spec("bell", Bell)}


@pytest.fixture
def config() -> Config:
    return Config("toy", 1, "0" * 12, "")


@pytest.fixture
def dead_letter() -> DeadLetterEncoder:
    def encode(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
        return Emit(
            "dead.letters", record.key, f"{agent} {record.topic} {reason}".encode(), timestamp_ms=now_ms
        )

    return encode
