"""An activity without a stated duration lasts until the next one of the session. Late events change that."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.hops.accounts.market import DAY_MS, HOUR_MS, MONDAY, POLICY, POLICY_TEXT
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.counts import start_new_points, stop_new_points
from workers.accounts.worth.durations import (
    MOST_DWELLS,
    MOST_MOMENTS,
    Activity,
    CountResult,
    count_activity,
    next_moment,
    with_moment,
)
from workers.policy.load import load_policy

TERMS = Terms(POLICY)
MINUTE_MS = 60_000
VIDEO, PAGE = "video_watched", "page_view"
Event = tuple[str, int, int | None]
"""(activity, minutes after Monday 09:00, stated seconds)."""


def count_at(
    score: ScoreRow, what: str, minutes: float, seconds: float | None = None, lead: LeadRow | None = None
) -> CountResult:
    at_ms = MONDAY + round(minutes * MINUTE_MS)
    event = Activity(at_ms, f"{what}{minutes}", "", None if seconds is None else round(seconds * 1000))
    fitting = TERMS.rules.for_activity(what, None, None, None)
    return count_activity(TERMS, lead or LeadRow(), score, fitting, event)


def counted_videos(*events: Event) -> int:
    """Return the number of videos that count."""
    score = ScoreRow()
    for what, minutes, seconds in events:
        score = count_at(score, what, minutes, seconds).score
    return next((sum(n for _, n in found.days) for found in score.counts if found.rule == "video"), 0)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([(VIDEO, 0, 120)], 1, id="two minutes stated"),
        pytest.param([(VIDEO, 0, 119)], 0, id="a second less than two minutes"),
        pytest.param(
            [(VIDEO, 0, 0), (PAGE, 5, None)], 0, id="a stated duration is not changed by later events"
        ),
        pytest.param([(VIDEO, 0, None)], 0, id="not stated and no later activity"),
        pytest.param([(VIDEO, 0, None), (PAGE, 2, None)], 1, id="a page after two minutes"),
        pytest.param([(VIDEO, 0, None), (PAGE, 1, None)], 0, id="a page after one"),
        pytest.param(
            [(VIDEO, 0, None), (PAGE, 1, None), (PAGE, 5, None)], 0, id="the first page ends the video"
        ),
        pytest.param([(VIDEO, 0, None), (PAGE, 30, None)], 1, id="just within the session gap"),
        pytest.param([(VIDEO, 0, None), (PAGE, 31, None)], 0, id="after the session"),
        pytest.param([(VIDEO, 0, None), (PAGE, 0, None)], 0, id="a page at the same time is not later"),
        pytest.param(
            [(VIDEO, 0, None), ("anything", 3, None)], 1, id="an activity without points ends it too"
        ),
        pytest.param(
            [(VIDEO, 0, None), (VIDEO, 3, None), (VIDEO, 6, None)], 2, id="one video after the other"
        ),
        pytest.param([(VIDEO, 0, None), (VIDEO, 3, 5)], 1, id="a short view of the next video ends it"),
    ],
)
def test_a_video_has_the_same_duration_in_any_order_of_arrival(events: list[Event], expected: int) -> None:
    assert {counted_videos(*order) for order in permutations(events)} == {expected}


def test_the_points_come_with_the_next_activity_as_of_the_videos_own_day() -> None:
    late = 14 * 60 + 59  # 23:59 of that Monday
    first = count_at(ScoreRow(), VIDEO, late)
    assert (first.names, first.is_changed) == ((), False)
    second = count_at(first.score, "anything", late + 3)
    assert (second.names, second.is_changed) == (("video",), True)
    assert second.day == TERMS.day_of(MONDAY) == second.score.counts[0].days[0][0]


def test_a_late_page_view_removes_the_points_of_a_video() -> None:
    score = count_at(count_at(ScoreRow(), VIDEO, 0).score, PAGE, 5).score
    taken = count_at(score, PAGE, 1)
    assert [found.rule for found in taken.score.counts] == ["page"]
    assert taken.is_changed


def test_without_a_rule_with_a_least_duration_nothing_is_remembered() -> None:
    text = POLICY_TEXT.replace("at_least: 2m, ", "").replace(
        "  session_gap: 30m                # not", "  # not"
    )
    terms = Terms(load_policy(text))
    fitting = terms.rules.for_activity(VIDEO, None, None, None)
    made = count_activity(terms, LeadRow(), ScoreRow(), fitting, Activity(MONDAY, "e")).score
    assert (made.moments, made.dwells, made.settled) == (b"", (), None)
    assert made.counts[0].rule == "video"


def test_a_rule_with_a_least_duration_replaces_the_general_one() -> None:
    text = POLICY_TEXT.replace(
        "    rates: ",
        "    look:     {when: {activity: demo_watched}, points: 1}\n"
        "    stay:     {when: {activity: demo_watched}, at_least: 5m, points: 6, instead_of: look}\n    rates: ",
    )
    terms = Terms(load_policy(text))
    fitting = terms.rules.for_activity("demo_watched", None, None, None)
    assert fitting.steps == ((0, ("look",)), (300_000, ("stay",)))
    score = count_activity(terms, LeadRow(), ScoreRow(), fitting, Activity(MONDAY, "d")).score
    assert [found.rule for found in score.counts] == ["look"]
    other = terms.rules.for_activity("anything", None, None, None)
    made = count_activity(terms, LeadRow(), score, other, Activity(MONDAY + 5 * MINUTE_MS, "a"))
    assert [found.rule for found in made.score.counts] == ["stay"]
    assert made.names == ("stay",)


def test_activities_of_unknown_duration_are_bounded_and_the_oldest_is_settled() -> None:
    score = ScoreRow()
    for number in range(200):
        score = count_at(score, VIDEO, number * 5).score
    assert len(score.dwells) == MOST_DWELLS
    assert len(score.moments) == MOST_MOMENTS * 6
    assert score.settled is not None
    assert sum(n for _, n in score.settled.counts[0].days) == 200 - MOST_DWELLS
    assert sum(n for _, n in score.counts[0].days) == 199


def test_an_activity_of_a_day_that_is_no_longer_kept_is_forgotten() -> None:
    score = count_at(count_at(ScoreRow(), VIDEO, 0).score, PAGE, 3).score
    made = count_at(score, PAGE, 181 * DAY_MS / MINUTE_MS).score
    assert (made.dwells, made.settled) == ((), None)
    assert [found.rule for found in made.counts] == ["page"]


def test_after_a_rejection_only_the_videos_dated_later_count_as_new() -> None:
    lead = LeadRow(handoffs=("h",))
    score = count_at(count_at(ScoreRow(), VIDEO, 0, lead=lead).score, VIDEO, 60, lead=lead).score
    said_no_ms = MONDAY + HOUR_MS // 2
    score = start_new_points(TERMS, score, said_no_ms)
    assert score.since == ()
    lead = LeadRow(said_no_ms=said_no_ms)
    score = count_at(count_at(score, PAGE, 3, lead=lead).score, PAGE, 63, lead=lead).score
    assert {found.rule: sum(n for _, n in found.days) for found in score.since or ()} == {
        "page": 1,
        "video": 1,
    }
    in_new_cycle = stop_new_points(score)
    assert in_new_cycle.since is None
    assert in_new_cycle.settled is not None
    assert in_new_cycle.settled.since is None


def test_moments_are_kept_ascending_without_repeats_and_only_the_latest() -> None:
    moments = b""
    for at_ms in (5, 3, 9, 3, 9, 5):
        moments = with_moment(moments, at_ms)
    assert [next_moment(moments, at_ms) for at_ms in (0, 3, 5, 9)] == [3, 5, 9, None]
    for at_ms in range(100, 100 + MOST_MOMENTS):
        moments = with_moment(moments, at_ms)
    assert next_moment(moments, 0) == 100
    assert with_moment(moments, 1) is moments
