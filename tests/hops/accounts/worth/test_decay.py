"""Only an event makes an MQL. The decay of a negative rule does not, over time or with a fact that changes nothing."""

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
"""Ten papers and webinars reach the caps of their groups for weeks. A careers page costs 40 points, which decay."""
LATER_MS = MONDAY + 45 * DAY_MS
GROWN = facts(employees=700)
"""A changed fact of the company, which passes every gate before and after."""


def score_job_seeker(market: Market) -> list[LeadScore]:
    """Return the scores of a lead with 110 points of fit and 40 of behaviour, less 40 that decay over 59 days."""
    jobs = activity("page_view", url="https://x.example/careers")
    first: list[Model] = [facts(), identified(), form(), jobs]
    results = market.send(*first)
    return scores(results + market.send(*papers(10), *(activity("webinar_attended") for _ in range(10))))


def test_the_decay_of_a_negative_rule_alone_makes_no_mql() -> None:
    market = Market(TEXT)
    market.reps(rep("r1"))
    before = score_job_seeker(market)[-1].explanation
    assert before.points_missing > 0

    results = market.tick(LATER_MS)
    results += market.send(activity("poll_answered", at_ms=LATER_MS), GROWN, facts(), at_ms=LATER_MS)
    results += market.follow(TEXT.replace("version: 1\n", "version: 2\n"), LATER_MS)
    assert scores(results)[-1].explanation.points_missing == 0
    assert "mql" not in steps(market.outputs)


def test_the_next_event_that_gives_points_makes_the_mql() -> None:
    market = Market(TEXT)
    market.reps(rep("r1"))
    score_job_seeker(market)
    results = market.send(activity("page_view", at_ms=LATER_MS), at_ms=LATER_MS)
    assert steps(results) == ["mql"]


def test_a_missing_fact_makes_an_mql_of_touches_that_had_reached_the_threshold() -> None:
    market = Market()
    market.reps(rep("r1"))
    unknown: AccountFacts = facts(country=None)
    market.send(unknown, identified(), form(), *papers(2), *(activity("webinar_attended") for _ in range(2)))
    assert market.stage() == "waiting_for_facts"
    later_ms = MONDAY + 2 * DAY_MS
    assert steps(market.send(facts(), at_ms=later_ms)) == ["mql"]
