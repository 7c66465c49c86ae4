"""The alert about a missing owner is raised once, and cleared by each way in which its cause ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    demo,
    facts,
    rep,
    sales,
    story,
)


def a_market(**named: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False, active=False))
    market.send(facts(**named), demo())
    assert alerts(market.outputs) == ["account_without_owner"]
    return market


@pytest.mark.parametrize("named", [{"owner_rep_id": "own"}, {"relationship": CUSTOMER}])
@pytest.mark.parametrize(
    "ends",
    [
        facts(owner_rep_id="r1"),
        facts(relationship="competitor"),
        facts(relationship="former_customer"),
        facts(primary_key="domain:other.example"),
    ],
    ids=["another owner", "a competitor", "no one is to be named", "it lives elsewhere"],
)
def test_the_alert_is_cleared_when_the_account_needs_no_owner_or_has_one(
    named: dict[str, Any], ends: Any
) -> None:
    market = a_market(**named)
    assert alerts(market.send(ends), cleared=True) == ["account_without_owner"]
    assert market.account().missing == ()


def test_owners_named_by_the_crm_and_by_sales_are_each_reported_once() -> None:
    market = a_market(owner_rep_id="own")
    market.send(sales("reassigned", f"{BANK}#1.1", to_rep_id="nobody"))
    market.send(demo("bob"))
    assert alerts(market.outputs) == ["account_without_owner"] * 2
    assert sorted(market.account().missing) == ["nobody", "own"]
    results = market.send(sales("reassigned", f"{BANK}#1.1", MONDAY + 2 * HOUR_MS, to_rep_id="r1"))
    assert alerts(results, cleared=True) == ["account_without_owner"]
    assert market.account().missing == ("own",)


def test_an_owner_who_is_active_again_at_a_manual_reassignment_is_no_longer_reported() -> None:
    market = a_market(owner_rep_id="own")
    market.is_manual = True
    market.reps(rep("own", at_desk=False))
    market.is_manual = False
    market.send(sales("reassigned", f"{BANK}#1.1", to_rep_id="own"))
    assert alerts(market.outputs, cleared=True) == ["account_without_owner"]
    assert story(market.outputs)[-1] == "reassigned raised_hand own"
