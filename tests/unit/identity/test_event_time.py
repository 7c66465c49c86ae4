from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from workers.engine.api import RefusedError
from workers.identity.event_time import AHEAD_MS, DAY_MS, event_time, to_ms

ARRIVAL = datetime(2026, 3, 2, 12, tzinfo=UTC)
ARRIVAL_MS = 1_772_452_800_000
WINDOW_MS = 7 * DAY_MS


@pytest.mark.parametrize(
    ("instant", "ms"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (ARRIVAL, ARRIVAL_MS),
        (datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1))), ARRIVAL_MS),
        (datetime(2026, 3, 2, 12, 0, 0, 123_999, tzinfo=UTC), ARRIVAL_MS + 123),
        (datetime(2009, 2, 13, 23, 31, 30, 1_000, tzinfo=UTC), 1_234_567_890_001),
    ],
)
def test_an_instant_becomes_whole_milliseconds(instant: datetime, ms: int) -> None:
    assert to_ms(instant) == ms


@pytest.mark.parametrize(
    ("offset_ms", "at_offset_ms", "is_clamped"),
    [
        (0, 0, False),
        (-WINDOW_MS, -WINDOW_MS, False),
        (AHEAD_MS, AHEAD_MS, False),
        (AHEAD_MS + 1, AHEAD_MS, True),
        (400 * DAY_MS, AHEAD_MS, True),
    ],
)
def test_a_future_dated_event_time_is_clamped_and_flagged(
    offset_ms: int, at_offset_ms: int, is_clamped: bool
) -> None:
    time = event_time(ARRIVAL + timedelta(milliseconds=offset_ms), ARRIVAL_MS, WINDOW_MS)
    assert (time.at_ms - ARRIVAL_MS, time.is_clamped) == (at_offset_ms, is_clamped)


def test_an_event_older_than_the_window_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        event_time(ARRIVAL - timedelta(milliseconds=WINDOW_MS + 1), ARRIVAL_MS, WINDOW_MS)
    assert refused.value.reason == "too_old"
