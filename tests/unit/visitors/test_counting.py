from __future__ import annotations

from itertools import pairwise

import pytest

from tests.edge import DAY, HOUR, KEY, MINUTE, NOON, Partition, activity, form, policy_with, types
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
from workers.engine.timers import CursorRow, TimerRow
from workers.identity.daily_sweep import COUNTS_KEPT_DAYS
from workers.identity.repeats import SeenRow
from workers.visitors.agent import spec
from workers.visitors.anonymous_history import Bounds, HistoryEvent, add_event, take_events
from workers.visitors.rows import CountRow, HistoryRow, VisitorRow

ADA = "ada@bank.com"
FEW = policy_with(("anonymous_history: {days: 90, events: 200}", "anonymous_history: {days: 30, events: 3}"))


def partition(policy: str = FEW) -> Partition:
    return Partition(spec(KEY, 1), policy=policy)


def counts(visitors: Partition) -> CountRow:
    rows = visitors.rows(CountRow)
    assert len(rows) <= 1
    return rows[0][1] if rows else CountRow()


def test_a_repeated_event_counts_once() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA))
    assert (
        visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA), arrives_at=NOON + 6 * DAY) == []
    )
    assert counts(visitors).repeated == 1


def test_a_repeat_at_the_end_of_the_window_is_still_found_after_the_sweeps() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", email=ADA))
    for day in range(1, 8):
        visitors.tick(NOON + day * DAY, times=5)
    assert visitors.send("web.activity", activity("a1", email=ADA), arrives_at=NOON + 7 * DAY) == []


def test_an_event_older_than_the_window_is_too_old_for_its_arrival() -> None:
    visitors = partition()
    old = activity("a1", NOON, email=ADA)
    assert types(visitors.send("web.activity", old, arrives_at=NOON + 7 * DAY + 1)) == ["too_old"]
    assert types(visitors.send("web.activity", old, arrives_at=NOON + 7 * DAY)) == [
        "lead_identified",
        "lead_activity",
    ]


def test_old_is_measured_against_arrival_and_not_against_stream_time() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", NOON + 30 * DAY, email=ADA))
    assert types(visitors.send("web.activity", activity("a2", NOON, email=ADA))) == ["lead_activity"]


def test_a_future_dated_event_is_clamped_to_five_minutes_and_flagged() -> None:
    fact = partition().send("web.activity", activity("a1", NOON + HOUR, email=ADA), arrives_at=NOON)[1]
    assert (fact["occurred_at_ms"], fact["clamped"]) == (NOON + 5 * MINUTE, True)


def test_a_clamped_event_stays_flagged_through_the_history() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", NOON + HOUR, anonymous_id="x"), arrives_at=NOON)
    kept = visitors.send("form.fills", form("f1", NOON + HOUR, anonymous_id="x", email=ADA))[1]
    assert (kept["occurred_at_ms"], kept["clamped"]) == (NOON + 5 * MINUTE, True)


def test_an_event_without_browser_and_address_is_counted_and_is_not_a_dead_letter() -> None:
    visitors = partition()
    assert visitors.send("web.activity", activity("a1")) == []
    assert visitors.send("form.fills", form("f1", email="  ")) == []
    assert counts(visitors).nobody == 2


@pytest.mark.parametrize(("topic", "value"), [("web.activity", activity("a1")), ("form.fills", form("f1"))])
def test_a_bad_address_beside_a_browser_is_counted_and_the_event_counts_without_it(
    topic: str, value: dict[str, object]
) -> None:
    visitors = partition()
    assert visitors.send(topic, value | {"anonymous_id": "x", "email": "no address"}) == []
    assert counts(visitors).bad_addresses == 1
    assert len(visitors.rows(HistoryRow)) == 1
    assert not any(b"no address" in raw for raw in visitors.domain_rows().values())


@pytest.mark.parametrize(("topic", "value"), [("web.activity", activity("a1")), ("form.fills", form("f1"))])
def test_a_bad_address_alone_is_a_dead_letter_that_does_not_repeat_it(
    topic: str, value: dict[str, object]
) -> None:
    (letter,) = partition().send(topic, value | {"email": "ada@bank"})
    assert letter["reason"] == "bad_address"
    assert "ada@bank" not in letter["detail"].replace("name@company.com", "")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"{", "not_json"),
        (b'{"event_id": "a1"}', "breaks_contract"),
        (b"[" * 60, "too_deep"),
    ],
)
def test_an_unreadable_record_is_a_dead_letter_with_its_reason(value: bytes | None, reason: str) -> None:
    assert types(partition().send("web.activity", value)) == [reason]


def test_of_a_long_history_the_latest_events_are_kept_in_any_order_of_arrival() -> None:
    visitors = partition()
    for n in (4, 0, 3, 1, 2):
        visitors.send("web.activity", activity(f"a{n}", NOON + n, anonymous_id="x"), arrives_at=NOON + 9)
    facts = visitors.send("form.fills", form("f1", NOON + 9, anonymous_id="x", email=ADA))
    assert [fact["event_id"] for fact in facts[1:]] == ["a2", "a3", "a4", "f1"]
    assert visitors.rows(HistoryRow) == []


def test_of_events_of_one_time_the_same_ones_are_kept_in_any_order_of_arrival() -> None:
    kept = []
    for order in ("abcd", "dcba", "bdac"):
        visitors = partition()
        for event_id in order:
            visitors.send("web.activity", activity(event_id, anonymous_id="x"))
        kept.append([parts[3] for parts, _ in visitors.rows(HistoryRow)])
    assert kept == [["b", "c", "d"]] * 3


def test_a_policy_that_keeps_fewer_events_returns_fewer_of_those_stored() -> None:
    rows = Rows(MemoryStore())
    visitor = VisitorRow()
    for n in range(5):
        event = HistoryEvent(NOON + n, f"a{n}", HistoryRow(activity="page_view"))
        visitor = add_event(rows, "x", visitor, event, Bounds(200, 30 * DAY), NOON)
    kept = take_events(rows, "x", visitor, Bounds(2, 30 * DAY), NOON)
    assert [event.event_id for event in kept] == ["a3", "a4"]
    assert rows.scan(HistoryRow, limit=9) == []


def test_history_older_than_the_policy_keeps_is_not_emitted() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a0", NOON, anonymous_id="x"))
    visitors.send("web.activity", activity("a1", NOON + DAY, anonymous_id="x"))
    facts = visitors.send("form.fills", form("f1", NOON + 31 * DAY, anonymous_id="x", email=ADA))
    assert [fact["event_id"] for fact in facts[1:]] == ["a1", "f1"]


def test_the_daily_sweep_deletes_rows_that_are_too_old() -> None:
    visitors = partition()
    for n in range(120):
        visitors.send("web.activity", activity(f"a{n}", anonymous_id=f"x{n}"))
    visitors.send("web.activity", activity("nobody"))
    visitors.send("form.fills", form("f1", anonymous_id="known", email=ADA))
    visitors.send("web.activity", activity("b1", NOON + 20 * DAY, anonymous_id="x7"))
    visitors.tick(NOON + (COUNTS_KEPT_DAYS + 2) * DAY, times=20)
    assert visitors.rows(CursorRow) == []
    assert visitors.rows(SeenRow) == []
    assert visitors.rows(CountRow) == []
    assert [parts[2:] for parts, _ in visitors.rows(HistoryRow)] == [("activity", "b1")]
    assert [parts for parts, _ in visitors.rows(VisitorRow)] == [("known",), ("x7",)]
    assert len(visitors.rows(TimerRow)) == 1


def test_no_chunk_of_a_sweep_deletes_more_than_200_events() -> None:
    visitors = partition(policy_with(("anonymous_history: {days: 90", "anonymous_history: {days: 30")))
    for n in range(450):
        visitors.send("web.activity", activity(f"a{n}", anonymous_id=f"x{n % 3}"))
    left = [450]
    while left[-1]:
        visitors.tick(NOON + 40 * DAY)
        left.append(len(visitors.rows(HistoryRow)))
        assert len(left) < 50
    assert max(before - after for before, after in pairwise(left)) == 200
    assert visitors.rows(VisitorRow) == []


def test_a_browser_that_was_swept_is_a_new_one() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", anonymous_id="x"))
    visitors.tick(NOON + 40 * DAY, times=10)
    visitors.send("web.activity", activity("a2", NOON + 40 * DAY, anonymous_id="x"))
    facts = visitors.send("form.fills", form("f1", NOON + 41 * DAY, anonymous_id="x", email=ADA))
    assert [fact["event_id"] for fact in facts[1:]] == ["a2", "f1"]
