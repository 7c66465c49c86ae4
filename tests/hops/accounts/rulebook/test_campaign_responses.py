"""Campaigns whose response makes an MQL below the threshold, but past no gate."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas.base import Campaign, Model
from schemas.vocabulary import Request
from tests.hops.accounts.market import (
    DAY_MS,
    MONDAY,
    POLICY,
    POLICY_TEXT,
    Market,
    activity,
    facts,
    form,
    identified,
    rep,
    routings,
    sales,
    steps,
    story,
)
from workers.accounts.rulebook.campaign_responses import Campaigns

TABLE = Campaign(name="CIO-Roundtable Boston")
ATTENDED = "webinar_attended"


@pytest.mark.parametrize(
    ("what", "campaign", "expected"),
    [
        (None, "cio-roundtable", True),
        (None, "CIO-Roundtable Boston", True),
        (ATTENDED, "cio-roundtable 26", True),
        ("webinar_registered", "cio-roundtable 26", True),
        ("page_view", "cio-roundtable 26", False),
        ("email_opened", "cio-roundtable 26", False),
        (None, "the cio-roundtable", False),
        (None, "spring", False),
        (None, None, False),
    ],
)
def test_a_response_is_a_form_or_a_named_activity_of_a_named_campaign(
    what: str | None, campaign: str | None, expected: bool
) -> None:
    assert Campaigns(POLICY).is_response(what, campaign) is expected


def test_without_such_campaigns_nothing_is_a_response() -> None:
    assert not Campaigns(POLICY.model_copy(update={"stages": _without_campaigns()})).is_response(None, "x")


def _without_campaigns() -> Any:
    mql = POLICY.stages.mql.model_copy(update={"or_responds_to": None})
    return POLICY.stages.model_copy(update={"mql": mql})


def a_market(**company: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False))
    market.send(facts(**company), identified(), at_ms=MONDAY - DAY_MS)
    return market


def test_a_response_is_an_mql_below_the_threshold_and_explains_why() -> None:
    market = a_market()
    results = market.send(form(campaign=TABLE))
    assert story(results) == ["assigned mql r1"]
    why = routings(results)[0].explanation
    assert why.reasons[:2] == ["campaign_response", "all_gates_passed"]
    assert why.points_missing > 0


@pytest.mark.parametrize(
    ("company", "title", "stage"),
    [
        ({"country": "DE"}, "CIO", "outside"),
        ({}, "Student", "outside"),
        ({"country": None}, "CIO", "waiting_for_facts"),
    ],
)
def test_a_response_passes_no_failed_or_unknown_gate(company: dict[str, Any], title: str, stage: str) -> None:
    market = a_market(**company)
    assert story(market.send(form(campaign=TABLE, job_title=title))) == []
    assert market.stage() == stage


def test_a_lead_that_responded_is_an_mql_when_the_missing_fact_arrives() -> None:
    market = a_market(country=None)
    market.send(form(campaign=TABLE))
    later_ms = MONDAY + 20 * DAY_MS
    results = market.send(facts(), at_ms=later_ms)
    assert story(results) == ["assigned mql r1"]
    assert routings(results)[0].explanation.reasons[0] == "campaign_response"


def test_response_title_and_pages_make_one_mql_in_any_order() -> None:
    events: list[Model] = [
        activity(ATTENDED, campaign=TABLE, at_ms=MONDAY - 3_600_000),
        form(Request.NEWSLETTER, campaign=None),
        activity("page_view"),
    ]
    for order in permutations(events):
        market = a_market()
        market.send(*order)
        assert story(market.outputs) == ["assigned mql r1"]
        assert market.stage() == "mql"


def test_a_response_of_an_owned_account_goes_to_its_owner() -> None:
    market = a_market(owner_rep_id="own")
    assert story(market.send(form(campaign=TABLE))) == ["assigned mql own"]


def test_after_a_rejection_a_response_alone_does_not_bring_the_lead_back() -> None:
    market = a_market()
    handoff = routings(market.send(form(campaign=TABLE)))[0].handoff_id
    market.send(sales("rejected", handoff, reason="not_now"))
    later_ms = MONDAY + 2 * DAY_MS
    assert story(market.send(form(campaign=TABLE, at_ms=later_ms), at_ms=later_ms)) == []
    assert market.stage() == "recycled"


def test_a_second_response_changes_nothing_and_a_policy_without_the_campaign_has_none() -> None:
    market = a_market()
    market.send(form(campaign=TABLE))
    assert story(market.send(form(campaign=TABLE))) == []

    text = POLICY_TEXT.replace("cio-roundtable*", "golf*")
    other = Market(text)
    other.reps(rep("r1"))
    assert "mql" not in steps(other.send(facts(), identified(), form(campaign=TABLE)))
