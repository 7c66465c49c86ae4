"""An event that arrives under several dates counts once, by the earliest, in any order and with any other events."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.hops.accounts.market import DAY_MS, MONDAY
from tests.property.test_worth import HOUR_MS, MINUTE_MS, Occurrence, happenings, policies
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import RuleCount, ScoreRow
from workers.accounts.worth.count_once import message_mark
from workers.accounts.worth.durations import Activity, count_activity
from workers.accounts.worth.uncounting import uncount_activity
from workers.policy.behaviour_rules import Behaviour
from workers.policy.model import Policy

LATER = st.sampled_from([0, 20_000, 5 * MINUTE_MS, HOUR_MS, 14 * HOUR_MS, DAY_MS, 6 * DAY_MS])


def arrive_all(terms: Terms, lead: LeadRow, arrivals: list[Occurrence]) -> ScoreRow:
    """Count arrivals as the hops do: a repeat with an earlier date takes the place of the later one."""
    score = ScoreRow(since=() if lead.said_no_ms else None)
    counted: dict[str, int] = {}
    for one in arrivals:
        held_ms = counted.get(one.event_id)
        if held_ms is not None and held_ms <= one.at_ms:
            continue
        counted[one.event_id] = one.at_ms
        fitting = terms.rules.for_activity(one.activity, None, one.asset, None)
        seen = Activity(one.at_ms, one.event_id, message_mark(one.asset, None), one.duration_ms)
        if held_ms is not None:
            score = uncount_activity(terms, lead, score, fitting, seen._replace(at_ms=held_ms))
        score = count_activity(terms, lead, score, fitting, seen).score
    return score


def without_buckets(policy: Policy) -> Policy:
    """Return the policy without rules that count one event of several: of a bucket only the first event is known."""
    plain = {
        name: rule.model_copy(update={"once_per": None, "implies": None})
        for name, rule in policy.behaviour.rules.items()
    }
    kept = {name: getattr(policy.behaviour, name) for name in Behaviour.model_fields}
    return policy.model_copy(update={"behaviour": Behaviour.model_construct(**kept | {"rules": plain})})


@settings(deadline=None, max_examples=100)
@given(
    policies(),
    happenings(),
    st.lists(LATER, min_size=1, max_size=3),
    st.integers(0, 2**32),
    st.sampled_from([0, 1]),
)
def test_repeats_change_no_points_in_any_order(
    policy: Policy, happened: list[Occurrence], later: list[int], seed: int, days_since_no: int
) -> None:
    terms = Terms(without_buckets(policy))
    lead = LeadRow(said_no_ms=MONDAY - DAY_MS if days_since_no else 0)
    shuffle = random.Random(seed)
    repeats = [
        replace(one, at_ms=one.at_ms + by_ms + number)  # no two events in the same millisecond
        for number, by_ms in enumerate(later, 1)
        for one in shuffle.sample(happened, min(3, len(happened)))
    ]
    arrivals = [*happened, *repeats]
    shuffle.shuffle(arrivals)
    once, often = arrive_all(terms, lead, happened), arrive_all(terms, lead, arrivals)

    event(f"{len(often.dwells)} of unknown duration")
    today = max(once.latest_day, often.latest_day)
    for day in (today, today + 1):
        assert terms.rules.points(often.counts, day).points == terms.rules.points(once.counts, day).points
    since_day = today - terms.rules.horizon_days
    assert days_from(since_day, often.counts) == days_from(since_day, once.counts)
    assert days_from(since_day, often.since or ()) == days_from(since_day, once.since or ())
    assert often.moments == once.moments


def days_from(day: int, counts: tuple[RuleCount, ...]) -> set[tuple[str, int, int]]:
    """Return (rule, day, number of events) of the days that may still give points."""
    return {(one.rule, on_day, times) for one in counts for on_day, times in one.days if on_day > day}
