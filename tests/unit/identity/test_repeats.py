from __future__ import annotations

import pytest

from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
from workers.identity.event_time import DAY_MS, EventTime
from workers.identity.repeats import (
    CHUNK,
    PERIOD_DAYS,
    Arrival,
    Repeat,
    SeenRow,
    day_key,
    is_remembered,
    remember,
    sweep_seen,
)

NOW = 20_500 * DAY_MS
WEEK = 7 * DAY_MS
HOUR = DAY_MS // 24
DROPPED = Repeat(None)


def rows() -> Rows:
    return Rows(MemoryStore())


def sweep(seen: Rows, now_ms: int) -> int:
    """Sweep to the end. Return the number of chunks."""
    after: tuple[str, ...] | None = ()
    chunks = 0
    while after is not None:
        after = sweep_seen(seen, after, now_ms, WEEK)
        seen.keep()
        chunks += 1
        assert chunks < 100
    return chunks


def arrive(
    seen: Rows,
    event_id: str,
    said_ms: int,
    *,
    now_ms: int = NOW,
    at_ms: int | None = None,
    topic: str = "web",
    window_ms: int = WEEK,
) -> Repeat | None:
    time = EventTime(said_ms if at_ms is None else at_ms, said_ms)
    found = remember(seen, topic, event_id, time, Arrival(now_ms, max(NOW + 90 * DAY_MS, now_ms)), window_ms)
    seen.keep()
    return found


def test_a_repeated_event_is_not_new() -> None:
    seen = rows()
    assert [arrive(seen, "e1", NOW), arrive(seen, "e1", NOW), arrive(seen, "e2", NOW)] == [
        None,
        DROPPED,
        None,
    ]


def test_the_same_id_in_another_topic_is_another_event() -> None:
    seen = rows()
    assert [arrive(seen, "e1", NOW, topic="web"), arrive(seen, "e1", NOW, topic="forms")] == [None, None]


@pytest.mark.parametrize("later_ms", [1, 1000, HOUR, 5 * HOUR, DAY_MS, 3 * DAY_MS, WEEK - 1])
@pytest.mark.parametrize("at_ms", [NOW, NOW - 1, NOW - 7 * HOUR, NOW + 14 * HOUR])
def test_of_two_dates_the_earlier_counts_in_any_order(at_ms: int, later_ms: int) -> None:
    for after_ms in (0, 1, 2 * HOUR, 3 * DAY_MS, WEEK):
        arrives_ms = at_ms + later_ms
        early_first, late_first = rows(), rows()
        arrive(early_first, "e1", at_ms, now_ms=arrives_ms)
        assert arrive(early_first, "e1", at_ms + later_ms, now_ms=arrives_ms + after_ms) == DROPPED
        arrive(late_first, "e1", at_ms + later_ms, now_ms=arrives_ms)
        assert arrive(late_first, "e1", at_ms, now_ms=arrives_ms + after_ms) == Repeat(at_ms + later_ms)
        assert early_first.scan(SeenRow, limit=5) == late_first.scan(SeenRow, limit=5)
        assert arrive(late_first, "e1", at_ms, now_ms=arrives_ms + after_ms) == DROPPED


@pytest.mark.parametrize("window_days", [1, 7, 8, 9, 30, 60])
def test_an_id_is_remembered_for_the_window_from_its_first_arrival(window_days: int) -> None:
    for offset_days in range(PERIOD_DAYS + 1):
        seen, now_ms, window_ms = rows(), NOW + offset_days * DAY_MS, window_days * DAY_MS
        arrive(seen, "e1", now_ms, now_ms=now_ms, window_ms=window_ms)
        at_end = now_ms + window_ms
        assert arrive(seen, "e1", at_end, now_ms=at_end, window_ms=window_ms) == DROPPED
        assert arrive(seen, "e1", at_end + 1, now_ms=at_end + 1, window_ms=window_ms) is None


def test_a_repeat_of_a_future_dated_event_is_found_even_if_clamped_to_another_time() -> None:
    seen = rows()
    ahead = NOW + 90 * DAY_MS
    assert [arrive(seen, "e1", ahead, at_ms=NOW), arrive(seen, "e1", ahead, at_ms=NOW + DAY_MS)] == [
        None,
        DROPPED,
    ]


def test_a_row_of_an_earlier_release_still_drops_its_repeat() -> None:
    seen = rows()
    seen.put(SeenRow(), day_key(NOW - 2 * DAY_MS), "web", "e1")
    seen.put(SeenRow(arrival_ms=NOW - HOUR), day_key(NOW + 2 * DAY_MS), "web", "e2")
    assert arrive(seen, "e1", NOW - 2 * DAY_MS) == DROPPED
    assert arrive(seen, "e2", NOW + 2 * DAY_MS) == DROPPED
    assert is_remembered(seen, "web", "e1", EventTime(NOW, NOW - 2 * DAY_MS), Arrival(NOW, NOW), WEEK)


def test_a_sweep_keeps_only_events_that_may_still_be_repeated() -> None:
    seen = rows()
    for days in range(40, -1, -1):
        arrive(seen, f"e{days}", NOW - days * DAY_MS, now_ms=NOW - days * DAY_MS)
    sweep(seen, NOW)
    kept = {parts[2] for parts, _ in seen.scan(SeenRow, limit=50)}
    assert kept >= {f"e{days}" for days in range(9)}
    assert not kept & {f"e{days}" for days in range(9 + PERIOD_DAYS, 41)}


def test_rows_of_an_earlier_release_are_swept_by_the_day_that_the_event_stated() -> None:
    seen = rows()
    for days in range(12):
        seen.put(SeenRow(), day_key(NOW - days * DAY_MS), "web", f"e{days}")
    sweep(seen, NOW)
    assert [parts[2] for parts, _ in seen.scan(SeenRow, limit=50)] == [
        f"e{days}" for days in range(8, -1, -1)
    ]


def test_a_far_future_dated_event_is_swept_once_its_arrival_is_old() -> None:
    seen = rows()
    seen.put(SeenRow(arrival_ms=NOW), day_key(NOW + 900 * DAY_MS), "web", "of an earlier release")
    arrive(seen, "ahead", NOW + 900 * DAY_MS, at_ms=NOW)
    sweep(seen, NOW + WEEK)
    assert len(seen.scan(SeenRow, limit=5)) == 2
    sweep(seen, NOW + WEEK + (2 + PERIOD_DAYS) * DAY_MS)
    assert not seen.scan(SeenRow, limit=5)


def test_a_sweep_continues_after_its_last_chunk() -> None:
    seen = rows()
    for n in range(3 * CHUNK):
        arrive(seen, f"old{n:04d}", NOW - 30 * DAY_MS, now_ms=NOW - 30 * DAY_MS)
    for n in range(3 * CHUNK):
        arrive(seen, f"new{n:04d}", NOW)
    assert sweep(seen, NOW) <= 5
    assert len(seen.scan(SeenRow, limit=1000)) == 3 * CHUNK
