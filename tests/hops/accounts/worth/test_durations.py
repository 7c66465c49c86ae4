"""An unstated duration lasts until the next activity of the session; late events lengthen and shorten it."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.hops.accounts.market import DAY_MS, HOUR_MS, MONDAY, POLICY, POLICY_TEXT
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.counts import after_no, after_return
from workers.accounts.worth.durations import (
    MOST_DWELLS,
    MOST_MOMENTS,
    Activity,
    Counted,
    next_moment,
    with_activity,
    with_moment,
)
from workers.policy.load import load_policy

TERMS = Terms(POLICY)
MINUTE_MS = 60_000
VIDEO, PAGE = "video_watched", "page_view"
Event = tuple[str, int, int | None]
"""What, how many minutes after Monday nine o'clock, and how many seconds it states."""


def seen(
    score: ScoreRow, what: str, minutes: float, seconds: float | None = None, lead: LeadRow | None = None
) -> Counted:
    at_ms = MONDAY + round(minutes * MINUTE_MS)
    event = Activity(at_ms, f"{what}{minutes}", "", None if seconds is None else round(seconds * 1000))
    fitting = TERMS.rules.for_activity(what, None, None, None)
    return with_activity(TERMS, lead or LeadRow(), score, fitting, event)


def videos(*events: Event) -> int:
    """How many of them are videos that count."""
    score = ScoreRow()
    for what, minutes, seconds in events:
        score = seen(score, what, minutes, seconds).score
    return next((sum(n for _, n in found.days) for found in score.counts if found.rule == "video"), 0)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([(VIDEO, 0, 120)], 1, id="two minutes stated"),
        pytest.param([(VIDEO, 0, 119)], 0, id="a second short of it"),
        pytest.param([(VIDEO, 0, 0), (PAGE, 5, None)], 0, id="stated: what comes later says nothing"),
        pytest.param([(VIDEO, 0, None)], 0, id="nothing stated, nothing came"),
        pytest.param([(VIDEO, 0, None), (PAGE, 2, None)], 1, id="a page after two minutes"),
        pytest.param([(VIDEO, 0, None), (PAGE, 1, None)], 0, id="a page after one"),
        pytest.param([(VIDEO, 0, None), (PAGE, 1, None), (PAGE, 5, None)], 0, id="the first page ends it"),
        pytest.param([(VIDEO, 0, None), (PAGE, 30, None)], 1, id="just within the session gap"),
        pytest.param([(VIDEO, 0, None), (PAGE, 31, None)], 0, id="after the session"),
        pytest.param([(VIDEO, 0, None), (PAGE, 0, None)], 0, id="in the same moment is not after it"),
        pytest.param([(VIDEO, 0, None), ("anything", 3, None)], 1, id="what earns nothing ends it too"),
        pytest.param([(VIDEO, 0, None), (VIDEO, 3, None), (VIDEO, 6, None)], 2, id="one after the other"),
        pytest.param([(VIDEO, 0, None), (VIDEO, 3, 5)], 1, id="a glance at the next one ends it"),
    ],
)
def test_how_long_a_video_lasted_in_whatever_order_it_is_told(events: list[Event], expected: int) -> None:
    assert {videos(*order) for order in permutations(events)} == {expected}


def test_the_points_come_with_the_next_activity_as_of_the_videos_own_day() -> None:
    late = 14 * 60 + 59  # 23:59 of that Monday
    first = seen(ScoreRow(), VIDEO, late)
    assert (first.names, first.is_changed) == ((), False)
    second = seen(first.score, "anything", late + 3)
    assert (second.names, second.is_changed) == (("video",), True)
    assert second.day == TERMS.day_of(MONDAY) == second.score.counts[0].days[0][0]


def test_a_page_that_comes_late_takes_the_points_back() -> None:
    score = seen(seen(ScoreRow(), VIDEO, 0).score, PAGE, 5).score
    taken = seen(score, PAGE, 1)
    assert [found.rule for found in taken.score.counts] == ["page"]
    assert taken.is_changed


def test_where_no_rule_asks_for_durations_nothing_is_remembered() -> None:
    text = POLICY_TEXT.replace("at_least: 2m, ", "").replace(
        "  session_gap: 30m                # not", "  # not"
    )
    terms = Terms(load_policy(text))
    fitting = terms.rules.for_activity(VIDEO, None, None, None)
    made = with_activity(terms, LeadRow(), ScoreRow(), fitting, Activity(MONDAY, "e")).score
    assert (made.moments, made.dwells, made.settled) == (b"", (), None)
    assert made.counts[0].rule == "video"


def test_a_special_rule_for_those_who_stay_takes_the_place_of_the_general_one() -> None:
    text = POLICY_TEXT.replace(
        "    rates: ",
        "    look:     {when: {activity: demo_watched}, points: 1}\n"
        "    stay:     {when: {activity: demo_watched}, at_least: 5m, points: 6, instead_of: look}\n    rates: ",
    )
    terms = Terms(load_policy(text))
    fitting = terms.rules.for_activity("demo_watched", None, None, None)
    assert fitting.steps == ((0, ("look",)), (300_000, ("stay",)))
    score = with_activity(terms, LeadRow(), ScoreRow(), fitting, Activity(MONDAY, "d")).score
    assert [found.rule for found in score.counts] == ["look"]
    other = terms.rules.for_activity("anything", None, None, None)
    made = with_activity(terms, LeadRow(), score, other, Activity(MONDAY + 5 * MINUTE_MS, "a"))
    assert [found.rule for found in made.score.counts] == ["stay"]
    assert made.names == ("stay",)


def test_what_is_remembered_is_bounded_and_the_oldest_is_settled() -> None:
    score = ScoreRow()
    for number in range(200):
        score = seen(score, VIDEO, number * 5).score
    assert len(score.dwells) == MOST_DWELLS
    assert len(score.moments) == MOST_MOMENTS * 6
    assert score.settled is not None
    assert sum(n for _, n in score.settled.counts[0].days) == 200 - MOST_DWELLS
    assert sum(n for _, n in score.counts[0].days) == 199


def test_what_is_older_than_the_fade_is_forgotten() -> None:
    score = seen(seen(ScoreRow(), VIDEO, 0).score, PAGE, 3).score
    made = seen(score, PAGE, 68 * DAY_MS / MINUTE_MS).score
    assert (made.dwells, made.settled) == ((), None)
    assert [found.rule for found in made.counts] == ["page"]


def test_after_a_no_only_the_videos_dated_later_count_as_new() -> None:
    lead = LeadRow(handoffs=("h",))
    score = seen(seen(ScoreRow(), VIDEO, 0, lead=lead).score, VIDEO, 60, lead=lead).score
    said_no_ms = MONDAY + HOUR_MS // 2
    score = after_no(TERMS, score, said_no_ms)
    assert score.since == ()
    lead = LeadRow(said_no_ms=said_no_ms)
    score = seen(seen(score, PAGE, 3, lead=lead).score, PAGE, 63, lead=lead).score
    assert {found.rule: sum(n for _, n in found.days) for found in score.since or ()} == {
        "page": 1,
        "video": 1,
    }
    again = after_return(score)
    assert again.since is None
    assert again.settled is not None
    assert again.settled.since is None


def test_moments_are_kept_ascending_each_once_the_latest() -> None:
    moments = b""
    for at_ms in (5, 3, 9, 3, 9, 5):
        moments = with_moment(moments, at_ms)
    assert [next_moment(moments, at_ms) for at_ms in (0, 3, 5, 9)] == [3, 5, 9, None]
    for at_ms in range(100, 100 + MOST_MOMENTS):
        moments = with_moment(moments, at_ms)
    assert next_moment(moments, 0) == 100
    assert with_moment(moments, 1) is moments
