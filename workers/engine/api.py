"""The values between the engine and a hop: records in, emits out, the clock, and what a hop must offer.

A hop is a pure function over these values: no socket, no clock, no log. Everything that it changes goes through the
rows it is given; everything that it says is a list of :class:`Emit`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows

Headers = tuple[tuple[str, bytes], ...]


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it stands in a topic. ``timestamp_ms`` is the record's own stamp: its arrival."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Emit(msgspec.Struct, frozen=True, gc=False):
    """One output. ``partition_key`` decides the partition (murmur2), unless ``partition`` names it.

    ``timestamp_ms`` None means: stamped with the clock of the decision.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    partition_key: bytes | None = None
    partition: int | None = None
    headers: Headers = ()
    timestamp_ms: int | None = None


class Clock(msgspec.Struct, frozen=True, gc=False):
    """What a decision may know of time: the stream time, or in a timer its due time. Milliseconds UTC."""

    now_ms: int


class Timer(msgspec.Struct, frozen=True, gc=False):
    """A timer that is due."""

    kind: str
    key: str
    due_ms: int


class Cursor(msgspec.Struct, frozen=True, gc=False):
    """Work that concerns many, to be continued behind ``position`` ('' at the start)."""

    kind: str
    key: str
    position: str


@dataclass(frozen=True, slots=True)
class Config:
    """A versioned text by which a hop decides (for the lead router: the policy)."""

    name: str
    version: int
    hash: str
    text: str


class RefusedError(Exception):
    """Raised by ``parse`` or ``handle``: the record goes to the dead letters with this reason.

    ``reason`` is a code of the contract; ``detail`` says what was found and expected, and never holds an address.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


E = TypeVar("E")


class Hop(Protocol[E]):
    """A pure function over records and rows. ``E`` is what ``parse`` makes of a record."""

    def parse(self, record: Record) -> E:
        """Type a record's value. Raises :class:`RefusedError`."""
        ...

    def key_of(self, event: E) -> str | None:
        """The key that must decide the partition; None where any partition will do."""
        ...

    def handle(self, event: E, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one record. Raises :class:`RefusedError`."""
        ...

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide a timer that is due; ``clock.now_ms`` is its due time."""
        ...

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Do one bounded chunk; return the next position, or None when done."""
        ...

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """The config of this partition has just changed to the one this hop was made of."""
        ...

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        """The sources of ``announces_after`` have been read to the end they had at the first start."""
        ...

    def is_ready(self, rows: Rows) -> bool:
        """Whether other sources than the own log may be read yet (asked until it is true)."""
        ...


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """One agent of the app: its sources, its own log, who is upstream and downstream of it."""

    name: str
    sources: tuple[str, ...]
    """All topics that it will ever read, the own log among them; partition p of each goes to task p."""
    own_log: str
    """The topic that carries the task's ticks, controls and forwarded records."""
    make_hop: Callable[[Config], Hop[object]]
    is_edge: bool
    """Edge agents read what other systems write: their time is the wall's (or the stamps' of a demo)."""
    upstream: tuple[str, ...] = ()
    """Agents whose watermarks in the own log bound the ticks of this one."""
    downstream_logs: tuple[str, ...] = ()
    """Own logs of other agents that this one tells its watermark."""
    announces_after: tuple[str, ...] = ()
    """Sources to be read to the end they had at the first start; then the hop's ``announce`` is asked, once."""
    checked_topics: frozenset[str] = field(default=frozenset())
    """Sources of foreign producers: a record on a wrong partition is forwarded to the own log."""


class DeadLetterEncoder(Protocol):
    """Makes the dead letter of a record; the contract decides its shape."""

    def __call__(self, agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
        """Return the output for ``dead.letters``."""
        ...
