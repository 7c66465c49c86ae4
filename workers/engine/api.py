"""The values that pass between the engine and a hop, and the methods that a hop must have.

In: a typed event with its :class:`Record`, a due :class:`Timer`, or a :class:`Cursor`. Out: a list of :class:`Emit`.
A hop is one stage of the pipeline and a pure function: it changes state only through the ``rows`` that it is given.
It never opens a socket, reads a clock or writes a log, so a live task and a replay give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows

Headers = tuple[tuple[str, bytes], ...]


class Unread(msgspec.Struct, frozen=True, gc=False):
    """Why a record was not unpacked (unpacking.py). Its key, value and headers are absent."""

    reason: str
    """The reason of its dead letter, a code of the contract. Empty: it is damaged, and stops the partition."""
    detail: str


class Record(msgspec.Struct, frozen=True, gc=False):
    """One Kafka record, as a task reads it.

    ``timestamp_ms`` is the record's own stamp: its time of arrival. Milliseconds since the epoch, UTC. A stamp that is
    missing or negative reads as 0; in an agent at the edge the clock bounds it (``EdgeClock.clamp``).
    """

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    unread: Unread | None = None


class Emit(msgspec.Struct, frozen=True, gc=False):
    """One record that a decision publishes. It is committed together with the rows that the decision changed.

    ``partition`` names the partition. Without it, murmur2 of ``partition_key`` chooses the partition, as in the Java
    client. Without a ``partition_key`` the ``key`` is used. ``timestamp_ms`` None means the clock of the decision.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    partition_key: bytes | None = None
    partition: int | None = None
    headers: Headers = ()
    timestamp_ms: int | None = None


class Clock(msgspec.Struct, frozen=True, gc=False):
    """The only time that a decision may use.

    ``now_ms`` is the partition's stream time: the largest stamp of a handled record or tick. While a timer is handled it
    is the timer's due time. Milliseconds since the epoch, UTC.
    """

    now_ms: int


class Timer(msgspec.Struct, frozen=True, gc=False):
    """A timer that is due. A hop sets it with ``set_timer`` (timers.py), by (kind, key), and gets it back once.

    ``due_ms`` is the time that was asked for. Milliseconds since the epoch, UTC.
    """

    kind: str
    key: str
    due_ms: int


class Cursor(msgspec.Struct, frozen=True, gc=False):
    """Work over many rows that is done in chunks, one chunk per record, so that no batch waits for all of it.

    A hop starts it with ``start_cursor`` (timers.py), by (kind, key). ``position`` is what the last chunk returned; the
    first chunk gets ''. The position is a row, so a restart continues behind the last committed chunk.
    """

    kind: str
    key: str
    position: str


@dataclass(frozen=True, slots=True)
class Canary:
    """A newer text that is tried on a part of the keys. All other keys stay with the followed config."""

    name: str
    version: int
    hash: str
    text: str
    share: str
    """Which keys it decides, in the words of the hop. Empty: the trial has ended."""
    step: int
    """Number of the change of this version's share, from 1."""


@dataclass(frozen=True, slots=True)
class Config:
    """A versioned text by which a hop decides. For the lead router it is the policy file."""

    name: str
    version: int
    hash: str
    text: str
    canary: Canary | None = None
    """The newer text that is tried, or was tried last. None: none since the followed config came."""

    @property
    def highest_version(self) -> int:
        """The highest version that decides, or has decided, for a key."""
        return self.version if self.canary is None else self.canary.version


class RefusedError(Exception):
    """A hop raises it in ``parse`` or ``handle`` to send the record to the dead letters.

    ``reason`` is a code of the contract. ``detail`` names what was found and what was expected. It never holds an
    e-mail address. ``outputs`` are published besides the dead letter.
    """

    def __init__(self, reason: str, detail: str, outputs: tuple[Emit, ...] = ()) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.outputs = outputs


E = TypeVar("E")


class Hop(Protocol[E]):
    """One stage of the pipeline: pure functions over records and rows. ``E`` is the type that ``parse`` returns.

    For each record the engine calls ``on_timer`` for every timer due by the record's time, then ``parse``, ``key_of``
    (for topics of foreign producers), ``handle``, and last one chunk of ``on_cursor``. The rows and outputs of one such
    call count as a whole. A call that raises leaves no change; the engine writes a dead letter instead.
    """

    def parse(self, record: Record) -> E:
        """Return the record's value as a typed event. Raises :class:`RefusedError`."""
        ...

    def key_of(self, event: E) -> str | None:
        """Return the key whose partition must decide the event, or None where every partition may."""
        ...

    def quick_key_of(self, record: Record) -> str | None:
        """Return what ``key_of`` would return for a record that only has to be forwarded. None: parse it to know."""
        ...

    def handle(self, event: E, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one record: change rows and return the outputs. Raises :class:`RefusedError`."""
        ...

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one due timer. ``clock.now_ms`` is its due time."""
        ...

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Do one bounded chunk of work. Return its outputs and the next position, or None when the work is done."""
        ...

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """React to a new config. The engine has just made this hop from it; the rows were decided by the one before."""
        ...

    def on_canary_changed(self, before: Canary | None, rows: Rows, clock: Clock) -> list[Emit]:
        """React to another canary of the same config. ``before``: the one that held until now."""
        ...

    def unread_of(self, event: E) -> tuple[tuple[str, str], ...]:
        """Return (topic, field) of each field of an event's record that could not be read. A metric counts them."""
        ...

    def is_outdated(self, event: E, record: Record, rows: Rows) -> bool:
        """Whether a record is older than what the rows hold, so that it overwrites nothing. A metric counts them."""
        ...

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        """Announce that the sources in ``AgentSpec.announces_after`` have been read.

        The engine calls it once per start of a task, when those sources are read to the end that they had at its start.
        """
        ...

    def is_ready(self, rows: Rows) -> bool:
        """Whether the task may read sources other than its own log. The engine asks until it is true."""
        ...


class BaseHop:
    """Defaults for the methods of :class:`Hop` that most hops do not need. A hop inherits it and overrides what it needs."""

    def unread_of(self, event: Any) -> tuple[tuple[str, str], ...]:
        """Return nothing: the records of this hop were written by other hops."""
        del event
        return ()

    def quick_key_of(self, record: Record) -> str | None:
        """Return None: the key is known when the record is parsed."""
        del record
        return None

    def is_outdated(self, event: Any, record: Record, rows: Rows) -> bool:
        """Return False: the records of this hop have no versions."""
        del event, record, rows
        return False

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        """Return no outputs: no other hop waits for this one."""
        del partition, partitions, rows, clock
        return []

    def is_ready(self, rows: Rows) -> bool:
        """Return True: this hop waits for no other one."""
        del rows
        return True

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """Return no outputs: rows need no work when the config changes."""
        del rows, clock
        return []

    def on_canary_changed(self, before: Canary | None, rows: Rows, clock: Clock) -> list[Emit]:
        """Return no outputs: this hop decides all keys by the followed config."""
        del before, rows, clock
        return []


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """One agent of the app: a hop, the topics that it reads, and its neighbours in the pipeline.

    The engine runs one task per (agent, partition).
    """

    name: str
    sources: tuple[str, ...]
    """All topics that the agent will ever read, its own log included. Task p reads partition p of each of them."""
    own_log: str
    """The topic that carries the agent's ticks, other engine records and forwarded records. It is one of ``sources``."""
    make_hop: Callable[[Config], Hop[object]]
    is_edge: bool
    """Whether other systems write the agent's sources. Then its time follows the wall clock (in a demo: the stamps)."""
    upstream: tuple[str, ...] = ()
    """Names of agents whose watermarks bound how far a tick may move this agent's time."""
    downstream_logs: tuple[str, ...] = ()
    """Own logs of the agents downstream, to which this agent publishes its watermarks."""
    announces_after: tuple[str, ...] = ()
    """Sources to read before the hop's ``announce`` is called, up to the end that they had when the task started."""
    checked_topics: frozenset[str] = field(default=frozenset())
    """Sources of foreign producers. A record on another partition than its key's is forwarded to the own log."""


class DeadLetterEncoder(Protocol):
    """Makes the dead letter of a record. The contract (schemas/) decides its shape."""

    def __call__(self, agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
        """Return the record to write to ``dead.letters``."""
        ...
