"""A skipped or unread record is a dead letter, and a damaged record stops the partition. The records before it count."""

from __future__ import annotations

import pytest

from tests.counter_hop import Bench
from workers.engine.api import Record, Unread
from workers.engine.control import Watermark
from workers.engine.inbox import Inbox
from workers.engine.skips import Skip, Skips
from workers.engine.state_errors import RecordDamagedError, StateError

DAMAGED = Unread("", "records 2 to 4 are damaged in the topic")
TOO_LARGE = Unread("too_large", "may unpack to more than 9 bytes")


def skips(offset: int, topic: str = "in") -> Skips:
    return Skips({(topic, offset): Skip(topic, 0, offset, "mia", "ticket 17")})


def test_a_skipped_record_is_a_dead_letter_without_being_decided() -> None:
    bench = Bench()
    bench.decider.skips = skips(1)
    assert bench.send("count a", 1) == ["a=1 at 1 from in by v1"]
    letter = bench.send("count b", 2)[-1]
    assert letter.startswith("counter skipped: skipped by mia: ticket 17")
    assert bench.count("b") == 0
    assert bench.decider.next_offset("in") == 2


def test_a_skip_holds_for_its_topic_alone() -> None:
    bench = Bench()
    bench.decider.skips = skips(0, "other")
    assert bench.send("count a", 1) == ["a=1 at 1 from in by v1"]


def test_a_record_that_was_not_unpacked_is_a_dead_letter() -> None:
    bench = Bench()
    (letter,) = bench.send(None, 1, unread=TOO_LARGE)
    assert letter.startswith("counter too_large: may unpack to more than 9 bytes")
    assert bench.send("count a", 2) == ["a=1 at 2 from in by v1"]


def test_a_damaged_record_stops_the_partition_and_names_the_command_that_passes_it() -> None:
    bench = Bench()
    record = bench.record(None, 1, unread=DAMAGED)
    assert bench.decider.advance(record)
    with pytest.raises(RecordDamagedError, match=r"records 2 to 4 .* `lead-router dlq skip in/0/0`") as stop:
        bench.decider.decide(record)
    assert isinstance(stop.value, StateError), "a dead letter would lose it without an operator's word"
    bench.restart()
    assert bench.decider.next_offset("in") is None


def test_a_damaged_record_that_is_skipped_is_a_dead_letter() -> None:
    bench = Bench()
    bench.decider.skips = skips(0)
    (letter,) = bench.send(None, 1, unread=DAMAGED)
    assert letter.startswith("counter skipped: ")
    assert bench.send("count a", 2) == ["a=1 at 2 from in by v1"]


@pytest.mark.parametrize("is_only_a_watermark", [False, True])
def test_what_was_decided_before_a_damaged_record_is_committed_first(is_only_a_watermark: bool) -> None:
    bench = Bench()
    bench.commit()
    if is_only_a_watermark:
        bench.decider.decide(bench.control(Watermark("upstream", 0, 1, 5)))
        assert bench.decider.may_wait
    else:
        bench.send("count a", 1)
    damaged = bench.record(None, 2, unread=DAMAGED)
    assert not bench.decider.advance(damaged)
    assert not bench.decider.may_wait, "the batch must be committed, or the task would wait for ever"
    bench.commit()
    assert bench.decider.advance(damaged)


@pytest.mark.parametrize("unread", [DAMAGED, TOO_LARGE])
def test_the_inbox_hands_on_why_a_record_was_not_unpacked(unread: Unread) -> None:
    inbox = Inbox(["in"])
    inbox.expect("in", 7)
    inbox.offer("in", 7, [Record("in", 0, 7, 5, None, None, (), unread), Record("in", 0, 8, 6, None, None)])
    first = inbox.peek(["in"])
    assert first is not None
    assert (first.offset, first.timestamp_ms, first.unread, first.value) == (7, 5, unread, None)
    inbox.pop(first)
    second = inbox.peek(["in"])
    assert second is not None
    assert (second.offset, second.unread) == (8, None)
