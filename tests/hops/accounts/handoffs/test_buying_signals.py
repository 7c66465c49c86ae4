"""Alerts about buying signals: which rep is notified, and what clears the alert."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.outputs import LeadAlert
from tests.hops.accounts.market import (
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    alerts,
    demo,
    facts,
    form,
    opportunity,
    released,
    rep,
    sales,
)

AFTER = MONDAY + 4 * HOUR_MS
SIGNALS = "  signals: {rules: [pricing, rates, webinar], bundle: 4h}"


def bundles(results: list[Any]) -> list[LeadAlert]:
    """Return the alerts about buying signals that were raised."""
    found = [one for one in results if isinstance(one, LeadAlert) and not one.cleared]
    return [one for one in found if one.alert == "buying_signals"]


def looked_at_prices(**company: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False), rep("new", at_desk=False))
    market.send(facts(**company), form(), activity("page_view", url="https://x.example/pricing"))
    return market


def test_a_bundle_notifies_the_owner_on_whom_the_account_then_depends() -> None:
    market = looked_at_prices(owner_rep_id="own")
    (results,) = market.tick(AFTER)
    assert (results.alert, results.rep_id, results.told) == ("buying_signals", "own", ["own"])
    assert market.account().depends == ("own",)
    market.send(sales("touched", lead_id="ann"), at_ms=AFTER)
    assert market.account().depends == ()


@pytest.mark.parametrize(
    "ends",
    [
        facts(owner_rep_id="new"),
        facts(),
        facts(owner_rep_id="own", relationship="competitor"),
        facts(owner_rep_id="own", primary_key="domain:other.example"),
        released(),
    ],
    ids=["another owner", "nobody", "a competitor", "it lives elsewhere", "the CRM has no such account"],
)
def test_the_alert_is_cleared_when_the_owner_is_no_longer_the_owner(ends: Any) -> None:
    market = looked_at_prices(owner_rep_id="own")
    market.tick(AFTER)
    assert alerts(market.send(ends, at_ms=AFTER), cleared=True) == ["buying_signals"]


def test_the_alert_is_cleared_when_the_owner_leaves_and_when_the_policy_has_no_signals_any_more() -> None:
    market = looked_at_prices(owner_rep_id="own")
    market.tick(AFTER)
    market.reps(rep("own", at_desk=False, active=False), at_ms=AFTER)
    assert alerts(market.outputs, cleared=True) == ["buying_signals"]

    market = looked_at_prices(owner_rep_id="own")
    market.tick(AFTER)
    assert SIGNALS in POLICY_TEXT
    market.follow(POLICY_TEXT.replace(SIGNALS, "").replace("version: 1", "version: 2"), AFTER)
    assert alerts(market.outputs, cleared=True) == ["buying_signals"]


@pytest.mark.parametrize(
    "becomes", [{"relationship": "competitor"}, {"primary_key": "domain:other.example"}, {}]
)
def test_an_unpublished_bundle_is_dropped_when_the_account_has_no_one_to_notify(
    becomes: dict[str, Any],
) -> None:
    market = looked_at_prices(owner_rep_id="own")
    market.send(facts(owner_rep_id="own" if becomes else None, **becomes))
    assert "buying_signals" not in alerts(market.tick(AFTER))


PRICES = "https://x.example/pricing"


@pytest.mark.parametrize(
    ("stand_in", "changes"),
    [("lou", {"deputy_rep_id": "lou", "manager_rep_id": "dana"}), ("dana", {"manager_rep_id": "dana"})],
    ids=["deputy", "manager"],
)
@pytest.mark.parametrize(
    "company",
    [
        {"owner_rep_id": "own", "relationship": "customer"},
        {"open_opportunities": [opportunity("own")]},
        {"owner_rep_id": "own"},
    ],
    ids=["a customer", "an open opportunity", "an owned prospect"],
)
def test_signals_reach_the_substitute_who_works_the_account_and_its_owner(
    company: dict[str, Any], stand_in: str, changes: dict[str, str]
) -> None:
    away = ((MONDAY, MONDAY + DAY_MS),)
    market = Market()
    market.reps(*(rep(one, at_desk=False) for one in ("lou", "dana")))
    market.reps(rep("own", at_desk=False, away=away, **changes))
    market.send(facts(**company), demo(), sales("touched", lead_id="ann", at_ms=MONDAY))
    market.send(activity("page_view", url=PRICES))
    assert [one.told for one in bundles(market.tick(AFTER))] == [[stand_in, "own"]]


def test_signals_reach_the_manager_who_holds_a_desks_lead_while_its_rep_is_away() -> None:
    market = Market()
    market.reps(rep("r1", away=((MONDAY + DAY_MS, MONDAY + 2 * DAY_MS),)), rep("dana", at_desk=False))
    market.send(facts(), demo(), sales("touched", lead_id="ann", at_ms=MONDAY))
    market.tick(MONDAY + DAY_MS)
    market.send(demo(at_ms=MONDAY + DAY_MS), at_ms=MONDAY + DAY_MS)
    assert [one.told[0] for one in bundles(market.tick(AFTER + DAY_MS))] == ["dana"]


def test_an_open_alert_is_raised_again_for_the_rep_who_works_the_account_from_now_on() -> None:
    market = Market()
    market.reps(rep("lou", at_desk=False), rep("dana", at_desk=False))
    away = ((MONDAY + DAY_MS, MONDAY + 2 * DAY_MS),)
    market.reps(rep("own", at_desk=False, deputy_rep_id="lou", away=away))
    market.send(facts(owner_rep_id="own"), form(), activity("page_view", url=PRICES))
    (first,) = bundles(market.tick(AFTER))
    market.send(demo(at_ms=MONDAY + DAY_MS), at_ms=MONDAY + DAY_MS)

    *_, last = bundles(market.outputs)

    assert (first.told, last.told) == (["own"], ["lou", "own"])
    assert last.signals == first.signals
    assert alerts(market.outputs, cleared=True) == ["buying_signals"]
