"""The hops over a history of input records: one thread, one virtual partition a hop, the same bytes every time.

In: records of the input topics, in order. Out: the emits of the hops, in order. For each record:

1. The due timers run, ordered by (due time, hop rank, key, timer id).
2. The record is handled.
3. Every effect is handled first in, first out, with the timestamp of its cause. That includes loops between hops and
   long work. The step ends when no effect is left.

There is no Kafka, no batch and no clock.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping

from workers.engine.api import AgentSpec, Config, DeadLetterEncoder, Emit, Record
from workers.engine.batch import Limits
from workers.engine.control import Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import Store
from workers.replay.history_lines import Input

DECISIONS_PER_WRITE = 500
"""Number of decisions of a hop between two writes to its store. It bounds the memory and changes no result."""
_AFTER_ALL_ROWS = b"\xff"
"""Greater than the key of every row, because keys are UTF-8."""
MOST_EFFECTS = 10_000_000
"""Default of the most effects of one record. With more, the replay fails, because the effects probably never end."""


class EndlessEffectsError(Exception):
    """The effects of one record or timer do not end: two hops answer each other endlessly."""


class _HopReplay:
    """One hop with its rows."""

    def __init__(
        self, spec: AgentSpec, config: Config, dead_letter: DeadLetterEncoder, limits: Limits, store: Store
    ) -> None:
        self.store = store
        self.decider = Decider(spec, 0, 1, self.store, config, dead_letter, limits)
        # A row that is too large fails its record at once, because a replay has no batch to decide again.
        self.decider.checks_rows = True
        self.own_log = spec.own_log
        self._decisions = 0

    def decide(self, record: Record) -> list[Emit]:
        """Decide one record without its due timers. The replay orders the timers of all hops itself."""
        count = self.decider.output_count
        self.decider.advance(record, timers=0)
        self.decider.decide(record)
        return self._count_decision(self.decider.outputs_since(count))

    def fire(self, until_ms: int) -> list[Emit]:
        """Fire the next timer that is due at or before ``until_ms``. Return its emits."""
        timer = self.decider.peek_timer(until_ms)
        if timer is None:
            return []
        count = self.decider.output_count
        self.decider.fire(timer)
        return self._count_decision(self.decider.outputs_since(count))

    def _count_decision(self, emits: list[Emit]) -> list[Emit]:
        self._decisions += 1
        if self._decisions >= DECISIONS_PER_WRITE:
            self.commit()
        return emits

    def commit(self) -> None:
        """Write the changed rows to the store."""
        self._decisions = 0
        self.store.write(self.decider.take().changes)
        self.decider.committed()


class EdgeReplay:
    """The hops, connected with each other by their topics.

    Args:
        specs: the agents in the order of their rank, made for one partition.
        config: the policy by which they decide.
        dead_letter: makes the dead letter of a record.
        on_emit: called in order with every emit to ``results``, and with every emit that no hop reads.
        limits: the limits of record size, output size and dead letters. Default: those of the engine.
        results: topics of outputs. A hop may read one of them too.
        stores: the rows of each agent, to continue from. Default: empty rows in memory.
        offsets: the next offset of each topic, to continue from, as `offsets` had them after `commit`.
        most_effects: the most effects of one record, or timers due at one time.
    """

    def __init__(
        self,
        specs: Mapping[str, AgentSpec],
        config: Config,
        dead_letter: DeadLetterEncoder,
        on_emit: Callable[[Emit], None],
        limits: Limits | None = None,
        results: frozenset[str] = frozenset(),
        stores: Mapping[str, Store] | None = None,
        offsets: Mapping[str, int] | None = None,
        *,
        most_effects: int = MOST_EFFECTS,
    ) -> None:
        self._most_effects = most_effects
        self._stores = stores or {name: MemoryStore() for name in specs}
        self._hops = [
            _HopReplay(spec, config, dead_letter, limits or Limits(), self._stores[name])
            for name, spec in specs.items()
        ]
        self._readers: dict[str, list[_HopReplay]] = {}
        for spec, hop in zip(specs.values(), self._hops, strict=True):
            for topic in spec.sources:
                self._readers.setdefault(topic, []).append(hop)
        self._on_emit = on_emit
        self._results = results
        self.offsets: Counter[str] = Counter(offsets)
        """The next offset of each topic."""
        self.outputs: Counter[str] = Counter()
        """Number of emits so far by topic. Records between hops are included."""

    def open_with(self, emit: Emit) -> None:
        """Handle a record of an internal topic before the history begins. ``emit`` has a timestamp."""
        self._run_effects([emit], emit.timestamp_ms or 0)

    def feed(self, read: Input) -> None:
        """Run the timers due before a record, then handle the record and all its effects."""
        self.run_timers(read.timestamp_ms)
        emit = Emit(read.topic, read.key, read.value, headers=read.headers, timestamp_ms=read.timestamp_ms)
        self._run_effects([emit], read.timestamp_ms)

    def run_timers(self, until_ms: int) -> None:
        """Run the timers due at or before ``until_ms``, each with all its effects."""
        for _ in range(self._most_effects):
            due = [
                (timer.due_ms, rank, timer.key, timer.kind)
                for rank, hop in enumerate(self._hops)
                if (timer := hop.decider.peek_timer(until_ms)) is not None
            ]
            if not due:
                return
            due_ms, rank, _, _ = min(due)
            self._run_effects(self._hops[rank].fire(until_ms), due_ms)
        raise EndlessEffectsError(f"the timers due at {until_ms} ms schedule each other endlessly")

    def rows(self) -> list[dict[bytes, bytes]]:
        """Return all rows of each hop, in the order of their rank. Equal replays have equal rows."""
        self.commit()
        return [dict(hop.store.scan(b"", _AFTER_ALL_ROWS)) for hop in self._hops]

    def commit(self) -> None:
        """Write all changed rows to the stores. A later replay may continue from them and from `offsets`."""
        for hop in self._hops:
            hop.commit()

    def _run_effects(self, emits: list[Emit], cause_ms: int) -> None:
        """Handle effects first in, first out until none is left and no hop has a cursor."""
        waiting = deque(emits)
        for _ in range(self._most_effects):
            if not waiting:
                waiting.extend(self._cursor_ticks(cause_ms))
                if not waiting:
                    return
            self._deliver(waiting.popleft(), waiting, cause_ms)
        raise EndlessEffectsError(
            f"the record at {cause_ms} ms has more than {self._most_effects} effects; they probably never end"
        )

    def _deliver(self, emit: Emit, waiting: deque[Emit], cause_ms: int) -> None:
        readers = self._readers.get(emit.topic)
        stamp = cause_ms if emit.timestamp_ms is None else emit.timestamp_ms
        self.outputs[emit.topic] += 1
        if readers is None or emit.topic in self._results:
            self._on_emit(emit)
        if readers is None:
            return
        offset = self.offsets[emit.topic]
        self.offsets[emit.topic] += 1
        record = Record(emit.topic, 0, offset, stamp, emit.key, emit.value, emit.headers)
        for hop in readers:
            waiting.extend(hop.decide(record))

    def _cursor_ticks(self, cause_ms: int) -> list[Emit]:
        """Return a tick for each hop with a cursor: the engine continues long work by one chunk per record."""
        return [
            control_emit(hop.own_log, 0, Tick(cause_ms), cause_ms)
            for hop in self._hops
            if hop.decider.has_cursor()
        ]
