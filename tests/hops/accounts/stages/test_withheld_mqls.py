"""An MQL that waits for a rep while its permission or a partner withholds it: it stays an MQL and is not handed off."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Consent
from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    facts,
    form,
    identified,
    reach_bar,
    rep,
    steps,
    story,
)

REFUSED = Consent(tracking=None, marketing=False)
GIVEN = Consent(tracking=None, marketing=True)


@pytest.fixture
def market() -> Market:
    """Ann is an MQL and waits: her desk has no rep yet."""
    made = Market(is_manual=True)
    made.send(facts(), identified(), *reach_bar())
    assert made.stage() is Stage.MQL
    return made


@pytest.mark.parametrize("event", [form(consent=REFUSED), activity("page_view", consent=REFUSED)])
def test_a_waiting_mql_that_refuses_marketing_stays_an_mql_without_a_hand_off(
    market: Market, event: Any
) -> None:
    results = market.send(event)
    assert steps(results) == []
    market.reps(rep("r1"), at_ms=MONDAY + HOUR_MS)
    market.deliver_all(MONDAY + HOUR_MS)
    assert story(market.outputs) == []
    assert market.stage() is Stage.MQL


def test_it_is_due_again_with_the_permission(market: Market) -> None:
    market.send(form(consent=REFUSED))
    market.reps(rep("r1"), at_ms=MONDAY + HOUR_MS)
    market.send(form(consent=GIVEN, at_ms=MONDAY + 2 * HOUR_MS), at_ms=MONDAY + 2 * HOUR_MS)
    market.deliver_all(MONDAY + 2 * HOUR_MS)
    assert story(market.outputs) == ["assigned mql r1"]


def test_a_waiting_mql_whose_account_a_partner_for_qualified_leads_covers_stays_an_mql(
    market: Market,
) -> None:
    results = market.send(facts(region="HI"))
    assert "nurture" not in steps(results)
    assert market.stage() is Stage.MQL


def test_a_waiting_mql_whose_gate_fails_is_outside(market: Market) -> None:
    assert steps(market.send(facts(country="DE"))) == ["outside"]
