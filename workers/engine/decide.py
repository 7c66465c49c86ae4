"""Decides the records of one partition: first the due timers, then the record, then one chunk of long work.

In: records in the order of the task. Out: the outputs and changed rows of a batch, to be committed together. Live tasks
and replays run the same class. The same records give the same bytes, wherever a batch ends.
It never reads a clock, opens a socket or writes a log.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.engine.api import AgentSpec, Clock, Config, DeadLetterEncoder, Emit, Hop, Record, Timer
from workers.engine.attempt import Attempts
from workers.engine.batch import Decided, InputCounts, Limits, OffsetRow, StreamTimeRow, largest_row
from workers.engine.config_guard import make_hop, read_config, refuse_conflict, write_config
from workers.engine.control import (
    Tick,
    Watermark,
    control_or_none,
    forward_emit,
    is_control,
    next_config,
    origin_of,
)
from workers.engine.partitioner import partition_of
from workers.engine.quarantine import QuarantineRow, count_record
from workers.engine.rows import Rows, Store, put_if_changed
from workers.engine.skips import Skips
from workers.engine.timers import move_cursor, next_cursor, next_timer, take_timer
from workers.engine.watermarks import Watermarks

if TYPE_CHECKING:
    from workers.engine.marker import CrashMarker

_MOST_SOURCES = 1_000
_MOST_IDLE_RECORDS = 1_000


class Decider:
    """Decides the records of one (agent, partition)."""

    def __init__(
        self,
        spec: AgentSpec,
        partition: int,
        partitions: int,
        store: Store,
        config: Config,
        dead_letter: DeadLetterEncoder,
        limits: Limits | None = None,
    ) -> None:
        """Load the engine's own rows. Raises ConfigConflictError if a worker with ``config`` must not decide here."""
        self.spec = spec
        self.partition = partition
        self.partitions = partitions
        self.limits = limits or Limits()
        self.rows = Rows(store)
        self._worker_config = config
        self._attempts = Attempts(spec.name, self.rows, self.limits.max_output_bytes, dead_letter)
        self.dead_letters = self._attempts.buried
        self.skips = Skips()
        self.input_counts = InputCounts()
        self.marker: CrashMarker | None = None
        """Notes the timers that run. None in a replay."""
        self._is_ready = False
        self._is_idle = True
        self._idle_records = 0
        self._load()

    def _load(self) -> None:
        rows = self.rows
        time = rows.get(StreamTimeRow)
        self.now_ms = time.now_ms if time else 0
        stored = rows.scan(OffsetRow, limit=_MOST_SOURCES)
        self._offsets = {topic: row.next_offset for (topic,), row in stored}
        self.topic_ids = {topic: row.topic_id for (topic,), row in stored}
        """The id of each source to which its offset belongs. Empty: not known."""
        self.quarantine = rows.get(QuarantineRow) or QuarantineRow()
        self.watermarks = Watermarks(rows)
        followed = read_config(rows) or write_config(rows, self._worker_config)
        refuse_conflict(self._where, followed, self._worker_config)
        self.config = followed
        self.hop: Hop[object] = make_hop(self.spec, self._where, followed)

    @property
    def _where(self) -> str:
        return f"{self.spec.name}/{self.partition}"

    @property
    def checks_rows(self) -> bool:
        """Whether a row that is too large for the changelog makes the record that wrote it a dead letter."""
        return self._attempts.checks_rows

    @checks_rows.setter
    def checks_rows(self, checks: bool) -> None:
        self._attempts.checks_rows = checks

    @property
    def wants_config_record(self) -> bool:
        """Whether the worker has a newer config that is not yet written into the log."""
        return self._worker_config.version > self.config.highest_version

    @property
    def is_ready(self) -> bool:
        """Whether the task may read sources other than its own log."""
        self._is_ready = self._is_ready or self.hop.is_ready(self.rows)
        return self._is_ready

    def next_offset(self, topic: str) -> int | None:
        """Return the next offset of a source, or None if no record of it was ever handled."""
        return self._offsets.get(topic)

    def has_due(self, until_ms: int) -> bool:
        """Whether a timer is due at ``until_ms``."""
        return next_timer(self.rows, until_ms) is not None

    def has_cursor(self) -> bool:
        """Whether a cursor has work left."""
        return next_cursor(self.rows) is not None

    # Deciding.

    def advance(self, record: Record, timers: int = 200) -> bool:
        """Move stream time to the record and fire at most ``timers`` due timers. Return whether no timer is left due.

        It returns False if failed timers have stopped the partition. The timers that are left stay as they are. It also
        returns False if the record will stop the partition: the records before it are committed first.
        """
        stops = record.unread is not None and self.skips.stops_at(record)
        if stops and (self.output_count or not self._is_idle or self._idle_records):
            self._is_idle = False
            return False
        stamp = record.timestamp_ms
        if record.headers and self._is_control(record):
            control = control_or_none(record)
            stamp = control.at_ms if isinstance(control, Tick) else 0
        self.now_ms = max(self.now_ms, stamp)
        if self.rows.timer_hint_ms > self.now_ms:  # nearly always true: saves the look-ups below
            return True
        for _ in range(timers):
            timer = next_timer(self.rows, self.now_ms)
            if timer is None:
                return True
            self.fire(timer)
            if self.quarantine.stopped:
                return False
        return next_timer(self.rows, self.now_ms) is None

    def peek_timer(self, until_ms: int) -> Timer | None:
        """Return the next timer that is due at ``until_ms``, or None."""
        return next_timer(self.rows, until_ms)

    def fire(self, timer: Timer) -> None:
        """Run one timer at its due time. A timer that raises, or has ended the worker twice, becomes a dead letter.

        It counts towards the dead-letter limits like a record, and so do cursors and announcements.
        """
        take_timer(self.rows, timer)
        self.rows.keep()
        clock = Clock(timer.due_ms)
        where = self._substitute_record(f"{timer.kind}/{timer.key}", timer.due_ms)
        if self.marker is None:
            is_dead = not self._attempts.run(self.hop.on_timer, where, clock, timer, self.rows, clock)
        elif is_dead := self.marker.is_condemned(timer):
            self._attempts.bury(where, "crashed_worker", "running this timer ended the worker twice", clock)
        else:
            self.marker.mark_timer(timer)
            is_dead = not self._attempts.run(self.hop.on_timer, where, clock, timer, self.rows, clock)
            self.marker.clear_timer()
        if is_dead:
            self._count_dead()

    def _count_dead(self) -> None:
        """Count a failed record, timer, cursor or announcement. A successful timer must not end a run of bad records."""
        self.quarantine = count_record(self.quarantine, self.limits.quarantine, is_dead=True)

    def decide(self, record: Record) -> None:
        """Decide one record, take over its offset, and do one chunk of long work. Its due timers must have run before."""
        clock = Clock(self.now_ms)
        if record.headers and self._is_control(record):
            self._handle_control(record, clock)
            self.rows.keep()
        else:
            self._is_idle = False
            if self._attempts.run(self._call_hop, record, clock, record, clock):
                self.quarantine = count_record(self.quarantine, self.limits.quarantine, is_dead=False)
            else:
                self._count_dead()
        self._offsets[record.topic] = record.offset + 1
        if self.rows.cursor_hint:
            self._continue_cursor(clock)

    def bury(self, record: Record, reason: str, detail: str) -> None:
        """Send a record to the dead letters without deciding it, because deciding it kills the worker."""
        self._attempts.bury(record, reason, detail, Clock(self.now_ms))
        self._count_dead()
        self._offsets[record.topic] = record.offset + 1

    def resume(self, offset: int) -> None:
        """Continue after an operator's resume at ``offset`` of the own log: set the counts of dead letters to zero."""
        self.quarantine = QuarantineRow(resumed_offset=offset)

    def expect_resume(self, offset: int) -> None:
        """Let only a resume at ``offset`` of the own log or later answer the present stop."""
        self.quarantine = replace(self.quarantine, answers_from=offset)

    def announce(self) -> None:
        """Let the hop announce that the sources in ``announces_after`` have been read."""
        clock = Clock(self.now_ms)
        where = self._substitute_record("announce", self.now_ms)
        announced = self._attempts.run(
            self.hop.announce, where, clock, self.partition, self.partitions, self.rows, clock
        )
        if not announced:
            self._count_dead()

    def _substitute_record(self, key: str, at_ms: int) -> Record:
        """Return the record to name in a dead letter of a timer, a cursor or an announcement. Its offset is -1."""
        return Record(self.spec.own_log, self.partition, -1, at_ms, key.encode(), None)

    def _is_control(self, record: Record) -> bool:
        """Whether the engine wrote the record. Only its own log holds such records, whatever headers other topics carry."""
        return record.topic == self.spec.own_log and is_control(record)

    def _call_hop(self, record: Record, clock: Clock) -> list[Emit]:
        self.skips.check(record, self.limits.max_record_bytes)
        origin = origin_of(record) if record.topic == self.spec.own_log else None
        as_sent = record if origin is None else replace(record, topic=origin)
        is_checked = self.partitions > 1 and origin is None and record.topic in self.spec.checked_topics
        if is_checked and (forwarded := self._forwarded(record, self.hop.quick_key_of(record))):
            return forwarded
        event = self.hop.parse(as_sent)
        if is_checked and (forwarded := self._forwarded(record, self.hop.key_of(event))):
            return forwarded
        self.input_counts.unread += self.hop.unread_of(event)
        if self.hop.is_outdated(event, as_sent, self.rows):
            self.input_counts.outdated.append(as_sent.topic)
        return self.hop.handle(event, as_sent, self.rows, clock)

    def _forwarded(self, record: Record, key: str | None) -> list[Emit]:
        if key is None or partition_of(raw := key.encode(), self.partitions) == self.partition:
            return []
        return [forward_emit(record, self.spec.own_log, raw)]

    def _handle_control(self, record: Record, clock: Clock) -> None:
        control = control_or_none(record)
        if isinstance(control, Watermark):
            self.watermarks.learn(control)
            self._idle_records += 1
            return
        self._is_idle = False
        if control is None:
            self._attempts.bury(record, "breaks_contract", "not an engine record", clock)
        elif new := next_config(self.config, control):
            self._follow(new, record, clock)
        # advance() has handled a tick already; a resume counts only while the partition is stopped (resuming.py)

    def _follow(self, config: Config, record: Record, clock: Clock) -> None:
        refuse_conflict(self._where, config, self._worker_config)
        self.hop = make_hop(self.spec, self._where, config)
        before, self.config = self.config, config
        write_config(self.rows, config)
        is_other = before.version != config.version
        react = self.hop.on_config_changed if is_other else partial(self.hop.on_canary_changed, before.canary)
        self._attempts.run(react, record, clock, self.rows, clock)

    def _continue_cursor(self, clock: Clock) -> None:
        cursor = next_cursor(self.rows)
        if cursor is None:
            return
        where = self._substitute_record(f"{cursor.kind}/{cursor.key}", clock.now_ms)

        def chunk() -> list[Emit]:
            emits, position = self.hop.on_cursor(cursor, self.rows, clock)
            move_cursor(self.rows, cursor, position)
            return emits

        if not self._attempts.run(chunk, where, clock):
            move_cursor(self.rows, cursor, None)
            self.rows.keep()
            self._count_dead()

    # Batches.

    @property
    def output_count(self) -> int:
        """The number of outputs of this batch so far."""
        return len(self._attempts.outputs)

    def outputs_since(self, count: int) -> list[Emit]:
        """Return the outputs of this batch after the first ``count``. A replay forwards them at once."""
        return self._attempts.outputs[count:]

    def take(self) -> Decided:
        """Return what the batch commits. Raises RowTooLargeError; the batch must then be decided again."""
        self._put_own_rows()
        changes = self.rows.changes()
        return Decided(self._attempts.outputs, changes, largest_row(changes, self.limits.max_output_bytes))

    @property
    def may_wait(self) -> bool:
        """Whether the batch so far holds only watermarks. They wait for other records, to save a transaction."""
        is_silent = not (self._attempts.outputs or self.rows.changed_count)
        return self._is_idle and is_silent and self._idle_records < _MOST_IDLE_RECORDS

    def _put_own_rows(self) -> None:
        """Put offsets, stream time and dead-letter counts into rows. They change with every record, so once per batch."""
        self.watermarks.save()
        for topic, offset in self._offsets.items():
            row = OffsetRow(next_offset=offset, topic_id=self.topic_ids.get(topic, ""))
            put_if_changed(self.rows, row, None, topic)
        put_if_changed(self.rows, StreamTimeRow(now_ms=self.now_ms), StreamTimeRow())
        put_if_changed(self.rows, self.quarantine, QuarantineRow())
        self.rows.keep()

    def committed(self) -> None:
        """Begin the next batch. The store must hold the rows of this one."""
        self.rows.committed()
        self._attempts.outputs = []
        self._is_idle = True
        self._idle_records = 0
