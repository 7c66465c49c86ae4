"""The inbox of a task: records in order, sources merged by time, batches after a gap refused."""

from __future__ import annotations

import pytest

from workers.engine.api import Record
from workers.engine.clocks import StampClock
from workers.engine.control import HEADER
from workers.engine.inbox import GapError, Inbox

RANKED = ("log", "in")


def raw(offset: int, timestamp_ms: int = 0, value: bytes = b"value", topic: str = "in") -> Record:
    return Record(topic, 0, offset, timestamp_ms, b"key", value)


def taken(inbox: Inbox, topics: tuple[str, ...] = RANKED) -> list[tuple[str, int]]:
    found = []
    while (record := inbox.peek(topics)) is not None:
        inbox.pop(record)
        found.append((record.topic, record.offset))
    return found


@pytest.fixture
def inbox() -> Inbox:
    return Inbox(RANKED)


def test_a_batch_after_the_expected_offset_is_refused_whole(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0), raw(1)])
    with pytest.raises(GapError, match="in: expected offset 2, the batch begins at 3") as gap:
        inbox.offer("in", 3, [raw(3)])
    assert (gap.value.topic, gap.value.expected) == ("in", 2)
    assert taken(inbox) == [("in", 0), ("in", 1)]


def test_a_gap_between_records_of_a_batch_is_markers_or_compaction_and_is_taken(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0), raw(5)])
    inbox.offer("in", 6, [raw(9)])
    assert taken(inbox) == [("in", 0), ("in", 5), ("in", 9)]


def test_records_that_were_added_before_are_skipped(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0), raw(1), raw(2)])
    inbox.offer("in", 1, [raw(1), raw(2), raw(3)])
    assert taken(inbox) == [("in", 0), ("in", 1), ("in", 2), ("in", 3)]


def test_sources_are_merged_by_the_stamps_of_their_first_records_and_ties_by_rank(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0, 10), raw(1, 30), raw(2, 20), raw(3, 40)])
    inbox.offer("log", 0, [raw(0, 20, topic="log"), raw(1, 40, topic="log")])
    assert taken(inbox) == [("in", 0), ("log", 0), ("in", 1), ("in", 2), ("log", 1), ("in", 3)]


def test_a_source_that_must_not_be_read_yet_waits(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0)])
    inbox.offer("log", 0, [raw(0, topic="log")])
    assert taken(inbox, ("log",)) == [("log", 0)]
    assert inbox.total(RANKED) == 1


def test_a_restarted_source_drops_its_waiting_records(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0), raw(1)])
    inbox.expect("in", 1)
    assert (inbox.count("in"), inbox.size("in")) == (0, 0)
    inbox.offer("in", 1, [raw(1)])
    assert taken(inbox) == [("in", 1)]


def test_waiting_records_are_measured_in_records_bytes_and_offsets(inbox: Inbox) -> None:
    inbox.offer("in", 0, [raw(0), raw(4), raw(7)])
    assert (inbox.count("in"), inbox.size("in")) == (3, 3 * len(b"keyvalue"))
    assert inbox.first_offset("in") == 0
    assert inbox.spans(RANKED, most=2) == {"in": (0, 4)}
    taken(inbox)
    assert (inbox.count("in"), inbox.size("in"), inbox.first_offset("in")) == (0, 0, None)


class Machine:
    """A clock of an edge that reads 100."""

    def reached_ms(self) -> int:
        return 100

    def clamp(self, stamp_ms: int) -> int:
        return min(stamp_ms, 100)

    def bound(self, stamp_ms: int) -> int:
        return self.clamp(stamp_ms)


@pytest.mark.parametrize(("stamp_ms", "read_ms"), [(7, 7), (500, 100), (0, 0)])
def test_at_the_edge_a_stamp_is_bounded(stamp_ms: int, read_ms: int) -> None:
    inbox = Inbox(("in",), clock=Machine())
    inbox.offer("in", 0, [raw(0, stamp_ms)])
    record = inbox.peek(("in",))
    assert record is not None
    assert record.timestamp_ms == read_ms


def of_operator(kind: str, topic: str) -> Record:
    return Record(topic, 0, 0, 9_000, None, b"{}", ((HEADER, kind.encode()),))


@pytest.mark.parametrize("kind", ["config", "resume"])
def test_an_operators_record_moves_no_time_of_a_history(kind: str) -> None:
    """Its stamp is the time of a machine. In a demo all deadlines of months would be due at once."""
    clock = StampClock()
    inbox = Inbox(RANKED, "log", clock)
    inbox.offer("in", 0, [raw(0, 50), raw(1, 60)])
    inbox.offer("log", 0, [of_operator(kind, "log")])
    assert clock.reached_ms() == 60
    assert taken(inbox) == [("in", 0), ("log", 0), ("in", 1)]


def test_a_foreign_record_with_the_header_of_an_operator_moves_time_as_any_other() -> None:
    clock = StampClock()
    inbox = Inbox(RANKED, "log", clock)
    inbox.offer("in", 0, [of_operator("config", "in")])
    assert clock.reached_ms() == 9_000
