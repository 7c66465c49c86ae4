"""Companies that the policy excludes in writing, by domain or by relationship: no hand-off and no points."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import Relationship
from tests.hops.accounts.market import (
    BANK,
    POLICY_TEXT,
    Market,
    demo,
    facts,
    form,
    papers,
    reach_bar,
    rep,
    routings,
    scores,
    steps,
    story,
)


def a_market() -> Market:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts())
    return market


@pytest.mark.parametrize(
    ("account_key", "changes", "reason"),
    [
        (BANK, {"relationship": Relationship.COMPETITOR}, "competitor"),
        ("domain:our-own.example", {}, "own_domain"),
    ],
)
def test_leads_of_an_excluded_account_are_not_handed_off(
    account_key: str, changes: dict[str, Any], reason: str
) -> None:
    market = Market()
    market.reps(rep("r1"))
    results = market.send(
        facts(account_key, **changes), demo(account_key=account_key), *reach_bar(account_key=account_key)
    )
    assert routings(results) == []
    assert steps(results) == ["known", "disqualified"]
    assert scores(results)[-1].explanation.reasons == [reason]
    assert scores(results)[-1].explanation.behaviour == 0


def test_the_lead_of_a_competitor_is_withdrawn_and_comes_back_when_it_no_longer_competes() -> None:
    market = a_market()
    market.send(*reach_bar())
    results = market.send(facts(relationship="competitor"))
    assert (story(results), steps(results)) == (["withdrawn mql -"], ["disqualified"])
    results = market.send(facts())
    assert (story(results), steps(results)) == (["assigned mql r1"], ["mql"])


@pytest.mark.parametrize("relationship", ["competitor", "distributor"])
def test_an_excluded_company_earns_nothing_until_the_exclusion_is_taken_back(relationship: str) -> None:
    market = Market(POLICY_TEXT.replace("[competitor]", "[competitor, distributor]"))
    market.reps(rep("r1"))
    market.send(facts(), form(), *papers(1))
    points = last_behaviour(market.outputs)
    assert points > 0
    assert last_behaviour(market.send(facts(relationship=relationship))) == 0
    assert last_behaviour(market.send(*papers(1))) == 0
    assert last_behaviour(market.send(facts())) > points


def last_behaviour(results: list[Any]) -> int:
    """Return the points of behaviour in the last score. The score's lines add up."""
    explanation = scores(results)[-1].explanation
    assert sum(line.points for line in explanation.points) == explanation.total
    assert explanation.total == explanation.fit + explanation.behaviour
    return explanation.behaviour
