"""The changes that would bring a lead to sales: new points, a request, a permission, a confirmed account."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Consent
from schemas.outputs import LeadScore, LeadStage
from tests.hops.accounts.market import (
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    demo,
    facts,
    form,
    identified,
    papers,
    reach_bar,
    rep,
    sales,
    scores,
)

REQUEST = ("request", "one of demo, pricing, contact_sales")
LATER = MONDAY + DAY_MS


def a_market(**company: Any) -> Market:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(**company), identified())
    return market


def rejected(reason: str = "not_now") -> Market:
    market = a_market()
    market.send(*reach_bar())
    market.send(sales("rejected", lead_id="ann", reason=reason))
    return market


def lacks(results: list[Any], kind: type[LeadScore | LeadStage] = LeadScore) -> list[tuple[str, str]]:
    """Return (name, needed) of each change in the last score or stage, without those of gates."""
    last = [one for one in results if isinstance(one, kind)][-1]
    return [
        (one.name, one.needed)
        for one in last.explanation.would_change
        if one.name not in {gate.gate for gate in last.explanation.gates}
    ]


def test_a_recycled_lead_lacks_new_points_or_a_request() -> None:
    market = rejected()
    assert lacks(market.outputs, LeadStage) == [("new_points", "12 more"), REQUEST]
    assert lacks(market.send(*papers(1, at_ms=LATER), at_ms=LATER)) == [("new_points", "4 more"), REQUEST]


def test_new_points_that_have_decayed_are_lacking_again() -> None:
    market = rejected()
    market.send(*papers(1, at_ms=LATER), at_ms=LATER)
    after_ms = LATER + 30 * DAY_MS
    results = market.send(activity("page_view", at_ms=after_ms), at_ms=after_ms)
    assert ("new_points", "7 more") in lacks(results)


def test_a_recycled_lead_with_enough_new_points_lacks_the_threshold() -> None:
    market = rejected()
    late_ms = MONDAY + 50 * DAY_MS
    results = market.send(*papers(2, at_ms=late_ms), at_ms=late_ms)
    assert lacks(results) == [("total", "7 more"), REQUEST]


def test_an_expired_lead_lacks_new_points_or_a_request() -> None:
    market = a_market()
    market.send(form())
    results = market.tick(MONDAY + 120 * DAY_MS)
    assert lacks(results, LeadStage) == [("total", "25 more"), ("new_points", "12 more"), REQUEST]


def test_a_disqualified_lead_lacks_a_request_only() -> None:
    market = rejected("wrong_person")
    assert lacks(market.outputs, LeadStage) == [REQUEST]


def test_a_lead_of_an_account_in_question_lacks_a_confirmed_fact() -> None:
    market = rejected("not_our_market")
    results = market.send(*reach_bar("bob", LATER), at_ms=LATER)
    assert [name for name, _ in lacks(results)] == ["account"]
    assert scores(results)[-1].explanation.points_missing == 0


def test_a_lead_without_permission_lacks_the_permission() -> None:
    market = a_market()
    no = Consent(tracking=None, marketing=False)
    results = market.send(form(consent=no), *reach_bar())
    assert lacks(results) == [("marketing_consent", "consent to marketing")]


def test_a_lead_of_an_excluded_company_lacks_a_company_that_is_not_excluded() -> None:
    market = a_market(relationship="competitor")
    assert [name for name, _ in lacks(market.send(*reach_bar()))] == ["exclusion"]


@pytest.mark.parametrize(("event", "names"), [(demo(), []), (form(), ["total"])])
def test_a_lead_in_an_open_cycle_lacks_points_unless_sales_has_it(event: Any, names: list[str]) -> None:
    market = a_market()
    assert [name for name, _ in lacks(market.send(event, at_ms=MONDAY + HOUR_MS))] == names
