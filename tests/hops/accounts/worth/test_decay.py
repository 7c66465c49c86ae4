"""Only an event makes an MQL, never the fading of a negative rule: not with time, not with a fact that changes nothing."""

from __future__ import annotations

from schemas.base import Model
from schemas.lead_events import AccountFacts
from schemas.outputs import LeadScore
from tests.hops.accounts.market import (
    DAY_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    facts,
    form,
    identified,
    papers,
    rep,
    scores,
    steps,
)

TEXT = (
    POLICY_TEXT.replace("points: -10, instead_of", "points: -40, instead_of")
    .replace("points: 8, group: content", "points: 16, group: content")
    .replace("points: 12, group: events", "points: 24, group: events")
)
"""Ten papers and webinars fill their groups to the brim for weeks; a look at the careers takes 40 points, which fade."""
LATER_MS = MONDAY + 45 * DAY_MS
GROWN = facts(employees=700)
"""The company passes before and after; its facts have changed."""


def a_job_seeker(market: Market) -> list[LeadScore]:
    """110 of fit, 40 of content and events, less 40: and in 59 days less and less is taken off."""
    jobs = activity("page_view", url="https://x.example/careers")
    first: list[Model] = [facts(), identified(), form(), jobs]
    said = market.send(*first)
    return scores(said + market.send(*papers(10), *(activity("webinar_attended") for _ in range(10))))


def test_while_a_negative_rule_fades_the_total_rises_above_the_bar_and_nobody_is_called() -> None:
    market = Market(TEXT)
    market.reps(rep("r1"))
    before = a_job_seeker(market)[-1].explanation
    assert before.points_missing > 0

    said = market.tick(LATER_MS)
    said += market.send(activity("poll_answered", at_ms=LATER_MS), GROWN, facts(), at_ms=LATER_MS)
    said += market.follow(TEXT.replace("version: 1\n", "version: 2\n"), LATER_MS)
    assert scores(said)[-1].explanation.points_missing == 0
    assert "mql" not in steps(market.said)


def test_the_next_event_that_earns_makes_the_mql() -> None:
    market = Market(TEXT)
    market.reps(rep("r1"))
    a_job_seeker(market)
    said = market.send(activity("page_view", at_ms=LATER_MS), at_ms=LATER_MS)
    assert steps(said) == ["mql"]


def test_a_fact_that_was_missing_makes_an_mql_of_touches_that_had_the_points_when_they_happened() -> None:
    market = Market()
    market.reps(rep("r1"))
    unknown: AccountFacts = facts(country=None)
    market.send(unknown, identified(), form(), *papers(2), *(activity("webinar_attended") for _ in range(2)))
    assert market.stage() == "waiting_for_facts"
    later_ms = MONDAY + 2 * DAY_MS
    assert steps(market.send(facts(), at_ms=later_ms)) == ["mql"]
