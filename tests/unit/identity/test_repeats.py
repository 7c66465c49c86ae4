from __future__ import annotations

from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
from workers.identity.event_time import DAY_MS, EventTime
from workers.identity.repeats import CHUNK, SeenRow, remember_if_new, sweep_seen

NOW = 20_500 * DAY_MS
WEEK = 7 * DAY_MS


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


def remember(
    seen: Rows, event_id: str, said_ms: int, *, at_ms: int | None = None, topic: str = "web"
) -> bool:
    is_new = remember_if_new(
        seen, topic, event_id, EventTime(said_ms if at_ms is None else at_ms, said_ms), NOW
    )
    seen.keep()
    return is_new


def test_a_repeated_event_is_not_new() -> None:
    seen = rows()
    assert [remember(seen, "e1", NOW), remember(seen, "e1", NOW), remember(seen, "e2", NOW)] == [
        True,
        False,
        True,
    ]


def test_the_same_id_in_another_topic_is_another_event() -> None:
    seen = rows()
    assert [remember(seen, "e1", NOW, topic="web"), remember(seen, "e1", NOW, topic="forms")] == [True, True]


def test_a_repeat_of_a_future_dated_event_is_found_even_if_clamped_to_another_time() -> None:
    seen = rows()
    ahead = NOW + 90 * DAY_MS
    assert [remember(seen, "e1", ahead, at_ms=NOW), remember(seen, "e1", ahead, at_ms=NOW + DAY_MS)] == [
        True,
        False,
    ]


def test_a_sweep_keeps_only_events_that_may_still_be_repeated() -> None:
    seen = rows()
    for days in range(12):
        remember(seen, f"e{days}", NOW - days * DAY_MS)
    sweep(seen, NOW)
    assert [parts[2] for parts, _ in seen.scan(SeenRow, limit=50)] == [
        f"e{days}" for days in range(8, -1, -1)
    ]


def test_a_far_future_dated_event_is_swept_once_its_arrival_is_old() -> None:
    seen = rows()
    remember(seen, "ahead", NOW + 900 * DAY_MS, at_ms=NOW)
    sweep(seen, NOW + WEEK)
    assert seen.scan(SeenRow, limit=5)
    sweep(seen, NOW + WEEK + 2 * DAY_MS)
    assert not seen.scan(SeenRow, limit=5)


def test_a_sweep_continues_after_its_last_chunk() -> None:
    seen = rows()
    for n in range(3 * CHUNK):
        remember(seen, f"old{n:04d}", NOW - 30 * DAY_MS)
        remember(seen, f"new{n:04d}", NOW)
    assert sweep(seen, NOW) <= 5
    assert len(seen.scan(SeenRow, limit=1000)) == 3 * CHUNK
