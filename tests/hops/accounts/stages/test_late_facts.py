"""A fact that arrives after the activity: the threshold is judged as of each event's day, so a late fact costs no MQL."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas.base import Model
from schemas.crm_contacts import ContactRecord
from schemas.lead_events import LeadContact
from schemas.vocabulary import Reason, Stage
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    facts,
    form,
    identified,
    rep,
    routings,
    sales,
    scores,
    steps,
    story,
)

WITH_EMPLOYEES = POLICY_TEXT.replace(
    "  country:", '  employees: {points: 0, from: "50"}\n  country:', 1
).replace('"50"', "50")
CHIEF = {"job_title": "CIO", "job_function": "it"}
NOBODY = {"job_title": None, "job_function": None}


def just_enough(at_ms: int = MONDAY, less: int = 0, **person: Any) -> list[Model]:
    """Return activity of 25 points, less 1 where ``less``. With the fit of a chief that is exactly the threshold."""
    events: list[Model] = [
        form(at_ms=at_ms, **(CHIEF | person)),
        activity("webinar_attended", at_ms=at_ms),
        activity("download", at_ms=at_ms),
    ]
    return events if less else [*events, activity("page_view", at_ms=at_ms)]


def contact(at_ms: int, **record: Any) -> LeadContact:
    return LeadContact(
        event_id=f"contact-{at_ms}",
        account_key=BANK,
        lead_id="ann",
        occurred_at_ms=at_ms,
        record=ContactRecord(**record),
    )


def a_market(text: str = POLICY_TEXT, **company: Any) -> Market:
    market = Market(text)
    market.reps(rep("r1"))
    market.send(facts(**company), identified())
    return market


def assert_mql_by_late_fact(results: list[Any]) -> None:
    """Assert that the lead became an MQL by the fact, with points that add up."""
    assert steps(results) == ["mql"]
    assert story(results) == ["assigned mql r1"]
    explanation = routings(results)[0].explanation
    is_reached_now = explanation.total >= 135
    reason = Reason.BAR_REACHED if is_reached_now else Reason.BAR_REACHED_EARLIER
    assert explanation.reasons[:2] == [reason, Reason.ALL_GATES_PASSED]
    assert sum(line.points for line in explanation.points) == explanation.total
    assert scores(results)[-1].explanation.total == explanation.total


@pytest.mark.parametrize(
    ("missing", "value"),
    [("sic", []), ("revenue", None), ("country", None), ("employees", None)],
)
@pytest.mark.parametrize("after_ms", [20 * HOUR_MS, 2 * DAY_MS, 40 * DAY_MS, 100 * DAY_MS])
def test_a_late_fact_of_the_company_makes_an_mql_if_the_threshold_was_reached_then(
    missing: str, value: Any, after_ms: int
) -> None:
    market = a_market(WITH_EMPLOYEES, **({"employees": 100} | {missing: value}))
    market.send(*just_enough())
    assert market.stage() is Stage.WAITING_FOR_FACTS
    assert_mql_by_late_fact(market.send(facts(employees=100), at_ms=MONDAY + after_ms))


@pytest.mark.parametrize("days", [1, 2, 40, 100])
@pytest.mark.parametrize("source", ["form", "contact"])
def test_a_late_title_makes_an_mql_if_the_threshold_was_reached_then(source: str, days: int) -> None:
    market = a_market()
    market.send(*just_enough(**NOBODY))
    now_ms = MONDAY + days * DAY_MS
    stated = form(at_ms=now_ms, **CHIEF) if source == "form" else contact(at_ms=now_ms, **CHIEF)
    results = market.send(stated, at_ms=now_ms)
    assert (steps(results), story(results)) == (["mql"], ["assigned mql r1"])


def test_the_day_of_the_mql_is_that_of_the_fact() -> None:
    market = a_market(revenue=None)
    market.send(*just_enough())
    (handoff,) = routings(market.send(facts(), at_ms=MONDAY + 5 * DAY_MS))
    assert handoff.occurred_at.timestamp() * 1_000 == MONDAY + 5 * DAY_MS
    assert handoff.explanation.total == 133  # as of now; the points were 135 on Monday
    assert handoff.explanation.reasons[0] is Reason.BAR_REACHED_EARLIER


@pytest.mark.parametrize("days", [0, 1, 2, 40])
def test_a_late_fact_makes_no_mql_of_a_lead_that_never_reached_the_threshold(days: int) -> None:
    market = a_market(revenue=None)
    market.send(*just_enough(less=1))
    results = market.send(facts(), at_ms=MONDAY + days * DAY_MS)
    assert (steps(results), routings(results)) == (["nurture"], [])


def test_points_of_two_days_that_never_reached_it_together_do_not_count() -> None:
    market = a_market(revenue=None)
    first, *others = just_enough()
    later_ms = MONDAY + 30 * DAY_MS
    market.send(first, *others[:2])
    market.send(activity("page_view", at_ms=later_ms), at_ms=later_ms)
    assert steps(market.send(facts(), at_ms=later_ms + DAY_MS)) == ["nurture"]


def test_a_late_fact_makes_no_mql_of_an_expired_lead() -> None:
    market = a_market(revenue=None)
    market.send(*just_enough())
    assert steps(market.tick(MONDAY + 120 * DAY_MS)) == ["expired"]
    assert routings(market.send(facts(), at_ms=MONDAY + 121 * DAY_MS)) == []
    assert market.stage() is Stage.EXPIRED


def test_a_recycled_lead_needs_new_points_before_the_fact_arrives_too() -> None:
    market = a_market()
    market.send(*just_enough())
    market.send(sales("rejected", lead_id="ann", reason="not_now"))
    market.send(facts(revenue=None), at_ms=MONDAY + 2 * HOUR_MS)
    later_ms = MONDAY + 3 * DAY_MS
    market.send(activity("page_view", at_ms=later_ms), at_ms=later_ms)
    assert routings(market.send(facts(), at_ms=later_ms + DAY_MS)) == []
    market.send(facts(revenue=None), at_ms=later_ms + 2 * DAY_MS)
    new_ms = later_ms + 3 * DAY_MS
    market.send(activity("webinar_attended", at_ms=new_ms), at_ms=new_ms)
    results = market.send(facts(), at_ms=new_ms + 3 * DAY_MS)
    assert story(results) == ["assigned mql r1"]
    assert Reason.NEW_POINTS_SINCE in routings(results)[0].explanation.reasons


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_lead_is_an_mql_in_whatever_order_its_late_touches_and_the_fact_arrive(
    order: tuple[int, ...],
) -> None:
    """The touches are of Monday, but one after another arrives days later. So does the fact."""
    arriving: list[list[Model]] = [just_enough()[:2], just_enough()[2:3], just_enough()[3:], [facts()]]
    market = a_market(revenue=None)
    for number, at in enumerate(order):
        market.send(*arriving[at], at_ms=MONDAY + number * DAY_MS)
    assert market.stage() is Stage.MQL
    assert story(market.outputs) == ["assigned mql r1"]
