"""The difference between two clocks, from one record that the broker has stamped."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from workers.broker.clock_check import ClockDiffersError, difference_ms, report_difference

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("broker_ms", "ahead_ms"),
    [
        pytest.param(1_000, 0, id="at the first moment"),
        pytest.param(1_050, 0, id="between both"),
        pytest.param(1_100, 0, id="at the last moment"),
        pytest.param(900, 100, id="the clock is ahead"),
        pytest.param(1_400, -300, id="the clock is behind"),
    ],
)
def test_the_difference_is_what_the_duration_of_the_request_does_not_explain(
    broker_ms: int, ahead_ms: int
) -> None:
    assert difference_ms(1_000, broker_ms, 1_100) == ahead_ms


@pytest.mark.parametrize(
    ("ahead_ms", "logged"),
    [(0, []), (5_000, []), (-5_000, []), (5_001, [5.0]), (-90_000, [-90.0]), (HOUR_MS, [3600.0])],
)
def test_a_difference_of_more_than_five_seconds_is_logged(ahead_ms: int, logged: list[float]) -> None:
    with capture_logs() as logs:
        report_difference(ahead_ms)
    assert [(line["event"], line["ahead_s"]) for line in logs] == [("clock_differs", one) for one in logged]


@pytest.mark.parametrize(
    ("ahead_ms", "words"), [(HOUR_MS + 1, "3600 s ahead of"), (-2 * HOUR_MS, "7200 s behind")]
)
def test_a_difference_of_more_than_an_hour_refuses_the_start(ahead_ms: int, words: str) -> None:
    with pytest.raises(ClockDiffersError, match=words):
        report_difference(ahead_ms)
